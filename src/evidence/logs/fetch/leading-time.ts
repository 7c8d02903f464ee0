import type { LineLayout } from '../layout/line-layout.ts'

/** A line of `short-unix` has at least this before its point (since 2001), and less than that for centuries. Digits. */
const LEAST_DIGITS = 9
const MOST_DIGITS = 12
const RFC3339_BYTES = 'YYYY-MM-DDThh:mm:ss'.length
/** Up to 191 (RFC 5424). */
const PRIORITY_DIGITS = 3
const [OPENED, CLOSED] = [0x3c, 0x3e]
const [DOT, ZERO, NINE, SPACE, TAB, LETTER_T] = [0x2e, 0x30, 0x39, 0x20, 0x09, 0x54]

/**
 * Lines that begin with, behind a priority (`<3>`) where there is one, the time that a program of the box gave them: seconds since the epoch (`1700000000.123456 web-1 app[7]: …`, journald's
 * `short-unix`) or RFC 3339 in UTC (`2026-01-02T03:04:05.123456789Z …`, what `docker logs --timestamps` begins each line with).
 */
export const leadingTime: LineLayout = {
  timeOf: (bytes, start, end) => {
    const at = priorityEnd(bytes, start, end)
    const seconds = secondsAt(bytes, at, end)
    return Number.isNaN(seconds) ? dateAt(bytes, at, end) : seconds
  },
  continues: (bytes, start, end) => Number.isNaN(leadingTime.timeOf(bytes, start, end)),
  bodyOf: (bytes, start, end) => {
    let at = start
    while (at < end && bytes[at] !== SPACE && bytes[at] !== TAB) at += 1
    return Math.min(end, at + 1)
  },
}

/** Behind `<3>` or `<>`; else where the line begins. */
function priorityEnd(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== OPENED) return start
  let at = start + 1
  while (at < end && at - start <= PRIORITY_DIGITS && isDigit(bytes[at])) at += 1
  return at < end && bytes[at] === CLOSED ? at + 1 : start
}

function secondsAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  let value = 0
  for (; at < end && isDigit(bytes[at]) && at - start <= MOST_DIGITS; at += 1)
    value = value * 10 + (bytes[at] ?? 0) - ZERO
  if (at - start < LEAST_DIGITS || at - start > MOST_DIGITS || bytes[at] !== DOT) return Number.NaN
  return value * 1000 + fraction(bytes, at + 1, end)
}

function dateAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < RFC3339_BYTES || bytes[start + 10] !== LETTER_T) return Number.NaN
  const [year, month, day] = [digits(bytes, start, 4), digits(bytes, start + 5, 2), digits(bytes, start + 8, 2)]
  const [hour, minute, second] = [
    digits(bytes, start + 11, 2),
    digits(bytes, start + 14, 2),
    digits(bytes, start + 17, 2),
  ]
  const whole = Date.UTC(year, month - 1, day, hour, minute, second)
  const after = start + RFC3339_BYTES
  return whole + (bytes[after] === DOT ? fraction(bytes, after + 1, end) : 0)
}

function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0
  for (let at = start; at < start + count; at += 1) {
    if (!isDigit(bytes[at])) return Number.NaN
    value = value * 10 + (bytes[at] ?? 0) - ZERO
  }
  return value
}

/** Milliseconds of a decimal fraction of a second. */
function fraction(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  let unit = 100
  for (let at = start; at < end && isDigit(bytes[at]); at += 1, unit /= 10) value += ((bytes[at] ?? 0) - ZERO) * unit
  return value
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
