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
  copy(text, at, length)
  const end = readAt(0, length, clockFor(time), false)
  return end === -1 ? undefined : { atMs: lastMs, end: at + end }
}

/** The first time that begins within so many characters, at the beginning of a word. Plain digits are one only at the very beginning. */
export function firstTime(
  text: string,
  within: number,
  time: BoxTime,
): (TimeInText & { readonly start: number }) | undefined {
  const length = Math.min(text.length, within + LONGEST, characters.length)
  copy(text, 0, length)
  const clock = clockFor(time)
  for (let at = 0; at < Math.min(within, length); at += 1) {
    if (!mayBegin(characters[at] ?? 0) || (at > 0 && isWithinWord(characters[at - 1] ?? 0))) continue
    const end = readAt(at, Math.min(length, at + LONGEST), clock, at > 1)
    if (end !== -1) return { atMs: lastMs, start: at, end }
  }
  return undefined
}

/** `[5.1]` */
const SHORTEST = 5
/** A weekday, a date, nanoseconds and a zone. */
const LONGEST = 48

const characters = new Uint8Array(512)
const wall = newWallTime()
/** What `readAt` has read. */
let lastMs = NaN

function copy(text: string, from: number, length: number): void {
  for (let next = 0; next < length; next += 1) {
    const code = text.charCodeAt(from + next)
    characters[next] = code < 128 ? code : 0
  }
}

/** End of the time that begins there; -1 when there is none. */
function readAt(at: number, end: number, clock: Clock, datedOnly: boolean): number {
  for (const form of timestampForms) {
    if (datedOnly && form.bare) continue
    const stop = form.read(characters, at, end, wall)
    if (stop <= 0) continue
    lastMs = clock(wall)
    if (!Number.isNaN(lastMs) || wall.kind === 'boot') return stop
  }
  return -1
}

/** A digit, a capital letter (months, weekdays, klog), `@` (TAI64N), `[` (the kernel). */
function mayBegin(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x40 && code <= 0x5b)
}

/** Letters, digits and `_ . : / -`. */
function isWithinWord(code: number): boolean {
  return (
    (code >= 0x2d && code <= 0x3a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f
  )
}

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
