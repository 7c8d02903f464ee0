import { DOT, NONE, SPACE, digit, hexadecimal } from './time-digits.ts'
import { fraction } from './written-clock.ts'
import type { WallTime } from './wall-time.ts'

/** How many digits there are says the unit; so many seconds are September 2001 to November 2286. */
export function epoch(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  let next = at
  let seconds = 0
  let below = 0
  const last = Math.min(end, at + 20)
  for (; next < last; next += 1) {
    const value = digit(bytes[next])
    if (value < 0) break
    if (next - at < 10) seconds = seconds * 10 + value
    else if (next - at < 13) below = below * 10 + value
  }
  const digits = next - at
  if ((digits !== 10 && digits !== 13 && digits !== 16 && digits !== 19) || seconds < 1_000_000_000) return NONE
  if (digits === 10 && bytes[next] === DOT && next + 1 < end && digit(bytes[next + 1]) >= 0) {
    next = fraction(bytes, next + 1, end, wall)
    below = wall.millisecond
  }
  wall.kind = 'epoch'
  wall.sinceMs = seconds * 1000 + below
  return next
}

/** Seconds of TAI from 2^62 on, then nanoseconds, in hexadecimal (cr.yp.to/libtai/tai64.html); TAI is 37 s ahead of UTC since 2017, tai64n counts 10. */
export function tai64n(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (end - at < 25 || bytes[at] !== 0x40 || bytes[at + 1] !== 0x34 || bytes[at + 2] !== 0x30) return NONE
  let seconds = 0
  for (let next = at + 3; next < at + 17; next += 1) {
    const value = hexadecimal(bytes[next])
    if (value < 0) return NONE
    seconds = seconds * 16 + value
  }
  let nanoseconds = 0
  for (let next = at + 17; next < at + 25; next += 1) {
    const value = hexadecimal(bytes[next])
    if (value < 0) return NONE
    nanoseconds = nanoseconds * 16 + value
  }
  if (seconds < 1_000_000_000 || seconds > 10_000_000_000) return NONE
  wall.kind = 'epoch'
  wall.sinceMs = (seconds - TAI_AHEAD_S) * 1000 + Math.floor(nanoseconds / 1_000_000)
  return at + 25
}

const TAI_AHEAD_S = 10

export function boot(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (bytes[at] !== 0x5b) return NONE
  let next = at + 1
  const last = Math.min(end, at + 16)
  while (next < last && bytes[next] === SPACE) next += 1
  let seconds = 0
  const first = next
  for (; next < last; next += 1) {
    const value = digit(bytes[next])
    if (value < 0) break
    seconds = seconds * 10 + value
  }
  if (next === first || bytes[next] !== DOT || next + 1 >= end || digit(bytes[next + 1]) < 0) return NONE
  const after = fraction(bytes, next + 1, end, wall)
  if (after >= end || bytes[after] !== 0x5d) return NONE
  wall.kind = 'boot'
  wall.sinceMs = seconds * 1000 + wall.millisecond
  return after + 1
}
