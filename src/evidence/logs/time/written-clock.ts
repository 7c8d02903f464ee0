import { COLON, COMMA, DOT, NONE, SPACE, digit, isLetter, two } from './time-digits.ts'
import { zoneAfter } from './written-zone.ts'
import { NO_ZONE, type WallTime } from './wall-time.ts'

/** `3:04:05`, `03:04`, `03:04:05.678901`, `03:04:05,678`, `03.04.05.678`, `3:04:05 PM`, each with a zone or without. */
export function clock(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  let next = at
  let hour = two(bytes, at, end)
  if (hour >= 0) next += 2
  else {
    hour = at < end ? digit(bytes[at]) : -1
    if (hour < 0) return NONE
    next += 1
  }
  const mark = bytes[next]
  if (mark !== COLON && mark !== DOT) return NONE
  const minute = two(bytes, next + 1, end)
  if (minute < 0 || minute > 59 || hour > 23) return NONE
  next += 3
  wall.kind = 'wall'
  wall.hour = hour
  wall.minute = minute
  wall.second = 0
  wall.millisecond = 0
  wall.zone = NO_ZONE
  if (next < end && bytes[next] === mark) {
    const second = two(bytes, next + 1, end)
    if (second < 0 || second > 60) return NONE
    wall.second = second
    next += 3
    next = fractionOf(bytes, next, end, wall)
  }
  return zoneAfter(bytes, halfOfDay(bytes, next, end, wall), end, wall)
}

/** `030405`, `030405.678` */
export function clockDigits(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  const hour = two(bytes, at, end)
  const minute = two(bytes, at + 2, end)
  const second = two(bytes, at + 4, end)
  if (hour < 0 || minute < 0 || second < 0 || hour > 23 || minute > 59 || second > 60) return NONE
  if (at + 6 < end && digit(bytes[at + 6]) >= 0) return NONE
  wall.kind = 'wall'
  wall.hour = hour
  wall.minute = minute
  wall.second = second
  wall.millisecond = 0
  wall.zone = NO_ZONE
  return zoneAfter(bytes, fractionOf(bytes, at + 6, end, wall), end, wall)
}

function fractionOf(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (at + 1 >= end) return at
  const mark = bytes[at]
  if ((mark !== DOT && mark !== COMMA && mark !== COLON) || digit(bytes[at + 1]) < 0) return at
  return fraction(bytes, at + 1, end, wall)
}

/** What is below a millisecond is left out. */
export function fraction(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  let next = at
  let milliseconds = 0
  let digits = 0
  for (; next < end; next += 1) {
    const value = digit(bytes[next])
    if (value < 0) break
    if (digits < 3) milliseconds = milliseconds * 10 + value
    digits += 1
  }
  wall.millisecond = digits === 1 ? milliseconds * 100 : digits === 2 ? milliseconds * 10 : milliseconds
  return next
}

/** `AM`, `PM`, with a space before it or not. */
function halfOfDay(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  const from = bytes[at] === SPACE ? at + 1 : at
  if (from + 2 > end || ((bytes[from + 1] ?? 0) | 0x20) !== 0x6d) return at
  const half = (bytes[from] ?? 0) | 0x20
  if ((half !== 0x61 && half !== 0x70) || wall.hour > 12 || (from + 2 < end && isLetter(bytes[from + 2]))) return at
  wall.hour = (wall.hour % 12) + (half === 0x70 ? 12 : 0)
  return from + 2
}
