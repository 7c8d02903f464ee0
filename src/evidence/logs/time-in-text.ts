import type { BoxTime } from './box-time.ts'
import { timestampForms } from './timestamp.ts'
import { type Clock, clockOf, newWallTime } from './wall-time.ts'

export interface TimeInText {
  /** Milliseconds since the epoch. */
  readonly atMs: number
  /** First character after it. */
  readonly end: number
}

/**
 * The time that begins at this character, in any of the forms that logs use; undefined when there is none. Forms of plain digits (an epoch, a time
 * without a date) are taken too: the caller knows that a time is expected here. Between month first and day first only the figures decide.
 */
export function timeAt(text: string, at: number, time: BoxTime): TimeInText | undefined {
  const length = Math.min(LONGEST, text.length - at)
  if (length < SHORTEST) return undefined
  for (let next = 0; next < length; next += 1) {
    const code = text.charCodeAt(at + next)
    characters[next] = code < 128 ? code : 0
  }
  const clock = clockFor(time)
  for (const form of timestampForms) {
    const end = form.read(characters, 0, length, wall)
    if (end <= 0) continue
    const atMs = clock(wall)
    if (Number.isNaN(atMs) && wall.kind !== 'boot') continue
    return { atMs, end: at + end }
  }
  return undefined
}

/** `[5.1]` */
const SHORTEST = 5
/** `Wednesday`-long forms with nanoseconds and a zone are below. */
const LONGEST = 48

const characters = new Uint8Array(LONGEST)
const wall = newWallTime()
const clocks = new WeakMap<BoxTime, Clock>()

function clockFor(time: BoxTime): Clock {
  const known = clocks.get(time)
  if (known !== undefined) return known
  const clock = clockOf(time)
  clocks.set(time, clock)
  return clock
}

/** For an event: its time, where the record names one. */
export function atOf(atMs: number | undefined): { readonly atMs?: number } {
  return atMs === undefined || Number.isNaN(atMs) ? {} : { atMs }
}
