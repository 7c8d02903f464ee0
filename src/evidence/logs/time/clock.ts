import type { BoxTime } from './box-time.ts'
import { type Clock, clockOf, newWallTime, NO_ZONE } from './wall-time.ts'

/** What a record tells of its time, part by part: a layout may spread it over several places. Months from 1. */
export interface ClockParts {
  year?: number
  month?: number
  day?: number
  hour?: number
  minute?: number
  second?: number
  /** Beyond the whole second. */
  millisecond?: number
  /** East of UTC. Missing: the clock on the box's wall. */
  offsetMinutes?: number
  /** Whole seconds since the epoch; then only `millisecond` counts beside it. */
  epochSeconds?: number
  /** The hour is counted to 12, and this half of the day is meant. */
  afternoon?: boolean
}

/** Milliseconds since the epoch. Undefined: no day is told, or there is no such day. */
export function epochOfParts(parts: ClockParts, time: BoxTime): number | undefined {
  const millisecond = parts.millisecond ?? 0
  if (parts.epochSeconds !== undefined) return parts.epochSeconds * 1000 + millisecond
  const { year = 0, month, day, hour = 0, minute = 0, second = 0, offsetMinutes: zone = NO_ZONE, afternoon } = parts
  if (month === undefined || day === undefined) return undefined
  const wallHour = afternoon === undefined ? hour : (hour % 12) + (afternoon ? 12 : 0)
  const atMs = clockFor(time)({ ...newWallTime(), year, month, day, hour: wallHour, minute, second, millisecond, zone })
  return Number.isNaN(atMs) ? undefined : atMs
}

/** Making one asks for the rules of the zone, which takes longer than reading a line. */
const clocks = new WeakMap<BoxTime, Clock>()

function clockFor(time: BoxTime): Clock {
  const known = clocks.get(time)
  if (known !== undefined) return known
  const clock = clockOf(time)
  clocks.set(time, clock)
  return clock
}

/** `+0200`, `+02:00`, `+02`, `Z` at this place. */
export function readOffset(text: string, at: number): { readonly minutes: number; readonly end: number } | undefined {
  const first = text.charCodeAt(at)
  if (first === 0x5a) return { minutes: 0, end: at + 1 }
  if (first !== 0x2b && first !== 0x2d) return undefined
  const hours = digitsAt(text, at + 1, 2)
  if (hours < 0) return undefined
  const colon = text.charCodeAt(at + 3) === 0x3a ? 1 : 0
  const minutes = digitsAt(text, at + 3 + colon, 2)
  const size = hours * 60 + Math.max(0, minutes)
  return { minutes: first === 0x2b ? size : -size, end: minutes < 0 ? at + 3 : at + 5 + colon }
}

/** The number that exactly so many digits make at this place; -1 when they are none. */
export function digitsAt(text: string, at: number, count: number): number {
  let value = 0
  for (let next = at; next < at + count; next++) {
    const digit = text.charCodeAt(next) - 0x30
    // NaN beyond the end
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value
}

/** January is 1; 0 is none. Case does not matter. */
export function monthAt(text: string, at: number): number {
  const code =
    ((text.charCodeAt(at) | 0x20) << 16) | ((text.charCodeAt(at + 1) | 0x20) << 8) | (text.charCodeAt(at + 2) | 0x20)
  return MONTHS.indexOf(code) + 1
}

const MONTHS: readonly number[] = 'jan feb mar apr may jun jul aug sep oct nov dec'
  .split(' ')
  .map((name) => (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2))
