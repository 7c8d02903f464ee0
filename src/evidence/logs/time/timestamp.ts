import { monthAt, weekdayAt } from './calendar-names.ts'
import { boot, epoch, tai64n } from './counted-time.ts'
import { COLON, COMMA, DASH, DOT, NONE, SLASH, SPACE, UNDERSCORE, dayAt, digit, four, two } from './time-digits.ts'
import { clock, clockDigits } from './written-clock.ts'
import type { WallTime } from './wall-time.ts'

/**
 * A way of writing a time. `read` takes the time that begins at `at` and gives the first byte after it, or -1 when there is none; it looks at no byte from
 * `end` on and allocates nothing.
 */
export interface TimestampForm {
  readonly id: string
  /** So many digits alone (epoch, a bare time of day) are a time only where one is expected: at the beginning or behind its key. */
  readonly bare: boolean
  readonly read: (bytes: Uint8Array, at: number, end: number, wall: WallTime) => number
}

/** In the order in which they are tried: what asks for more comes first. */
export const timestampForms: readonly TimestampForm[] = [
  // 2024-01-02T03:04:05.678+02:00, 2024-01-02 03:04:05,678, 2024/01/02 03:04:05, 2024-01-02-03.04.05.678901
  { id: 'iso', bare: false, read: iso },
  // 10/Oct/2000:13:55:36 -0700
  { id: 'access', bare: false, read: access },
  // Fri Sep 09 10:42:29.902022 2011
  { id: 'ctime', bare: false, read: ctime },
  // Jan  2 03:04:05, Jan 2 2024 03:04:05, Jan 02, 2024 3:04:05 PM
  { id: 'month-day', bare: false, read: monthDay },
  // 02 Jan 2024 03:04:05.678, 02-Jan-2024 03:04:05, Tue, 02 Jan 2024 03:04:05 GMT
  { id: 'day-month', bare: false, read: dayMonth },
  // 01/02/2024 03:04:05, 1/2/2024, 3:04:05 AM: the month first, as in the United States
  { id: 'month-first', bare: false, read: (bytes, at, end, wall) => numbered(bytes, at, end, wall, true) },
  // 02.01.2024 03:04:05, 02/01/2024 03:04:05: the day first
  { id: 'day-first', bare: false, read: (bytes, at, end, wall) => numbered(bytes, at, end, wall, false) },
  // 20240102 030405, 20240102T030405Z, 20240102-03:04:05:678, 20240102 03:04:05
  { id: 'compact', bare: false, read: compact },
  // I0102 03:04:05.678901
  { id: 'klog', bare: true, read: klog },
  // 17/06/09 20:10:40, 170609 20:10:40, 081109 203615
  { id: 'short-year', bare: false, read: shortYear },
  // 01-02 03:04:05.678
  { id: 'month-day-digits', bare: false, read: monthDayDigits },
  // 1704164645, 1704164645.678, 1704164645678, …678901, …678901234
  { id: 'epoch', bare: true, read: epoch },
  // @4000000065937e3f2ef02e94
  { id: 'tai64n', bare: true, read: tai64n },
  // [   12.345678]
  { id: 'boot', bare: true, read: boot },
  // 03:04:05.678
  { id: 'time-of-day', bare: true, read: timeOfDay },
]

function iso(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (end - at < 16) return NONE
  const mark = bytes[at + 4]
  if ((mark !== DASH && mark !== SLASH && mark !== DOT) || bytes[at + 7] !== mark) return NONE
  const century = two(bytes, at, end)
  const year = two(bytes, at + 2, end)
  if (century < 19 || century > 21 || year < 0) return NONE
  if (!date(wall, century * 100 + year, two(bytes, at + 5, end), two(bytes, at + 8, end))) return NONE
  const between = bytes[at + 10] ?? 0
  if (between !== 0x54 && between !== SPACE && between !== 0x74 && between !== DASH && between !== UNDERSCORE)
    return NONE
  return clock(bytes, bytes[at + 11] === SPACE ? at + 12 : at + 11, end, wall)
}

function access(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (end - at < 20 || bytes[at + 2] !== SLASH || bytes[at + 6] !== SLASH) return NONE
  if (
    bytes[at + 11] !== COLON ||
    !date(wall, four(bytes, at + 7, end), monthAt(bytes, at + 3, end), two(bytes, at, end))
  )
    return NONE
  return clock(bytes, at + 12, end, wall)
}

function ctime(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (end - at < 24 || bytes[at + 3] !== SPACE || bytes[at + 7] !== SPACE || !weekdayAt(bytes, at)) return NONE
  if (!date(wall, 0, monthAt(bytes, at + 4, end), dayAt(bytes, at + 8, end))) return NONE
  const after = clock(bytes, at + 11, end, wall)
  if (after < 0 || bytes[after] !== SPACE) return NONE
  const year = four(bytes, after + 1, end)
  if (year < 1900) return NONE
  wall.year = year
  return after + 5
}

function monthDay(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (end - at < 14 || bytes[at + 3] !== SPACE) return NONE
  const month = monthAt(bytes, at, end)
  if (month === 0) return NONE
  // A day of one digit stands behind a second space, or is followed at once by what comes next.
  const short = bytes[at + 4] !== SPACE && (bytes[at + 5] === SPACE || bytes[at + 5] === COMMA)
  const day = short ? digit(bytes[at + 4]) : dayAt(bytes, at + 4, end)
  if (!date(wall, 0, month, day)) return NONE
  let next = at + (short ? 5 : 6)
  if (bytes[next] === COMMA) next += 1
  if (bytes[next] !== SPACE) return NONE
  const year = four(bytes, next + 1, end)
  if (year > 1900 && bytes[next + 5] === SPACE) {
    wall.year = year
    next += 5
  }
  return clock(bytes, next + 1, end, wall)
}

function dayMonth(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  let from = at
  if (bytes[at + 3] === COMMA && bytes[at + 4] === SPACE && weekdayAt(bytes, at)) from = at + 5
  if (end - from < 19) return NONE
  const digits = bytes[from + 1] === SPACE || bytes[from + 1] === DASH ? 1 : 2
  const mark = bytes[from + digits]
  if ((mark !== SPACE && mark !== DASH && mark !== SLASH) || bytes[from + digits + 4] !== mark) return NONE
  const day = digits === 1 ? digit(bytes[from]) : two(bytes, from, end)
  if (!date(wall, four(bytes, from + digits + 5, end), monthAt(bytes, from + digits + 1, end), day)) return NONE
  const between = bytes[from + digits + 9]
  if (wall.year < 1900 || (between !== SPACE && between !== COLON)) return NONE
  return clock(bytes, from + digits + 10, end, wall)
}

function numbered(bytes: Uint8Array, at: number, end: number, wall: WallTime, monthFirst: boolean): number {
  if (end - at < 14) return NONE
  const one = digit(bytes[at + 1]) < 0 ? 1 : 2
  const mark = bytes[at + one]
  if (mark !== SLASH && (mark !== DOT || monthFirst) && mark !== DASH) return NONE
  const first = one === 1 ? digit(bytes[at]) : two(bytes, at, end)
  const second = at + one + 1
  const other = bytes[second + 1] === mark ? 1 : 2
  if (bytes[second + other] !== mark) return NONE
  const middle = other === 1 ? digit(bytes[second]) : two(bytes, second, end)
  const year = four(bytes, second + other + 1, end)
  if (year < 1900 || !date(wall, year, monthFirst ? first : middle, monthFirst ? middle : first)) return NONE
  let next = second + other + 5
  if (bytes[next] === COMMA) next += 1
  if (bytes[next] !== SPACE && bytes[next] !== DASH && bytes[next] !== COLON && bytes[next] !== 0x54) return NONE
  return clock(bytes, next + 1, end, wall)
}

function compact(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (end - at < 15) return NONE
  const year = four(bytes, at, end)
  if (year < 1970 || year > 2199 || !date(wall, year, two(bytes, at + 4, end), two(bytes, at + 6, end))) return NONE
  const between = bytes[at + 8]
  if (between !== SPACE && between !== 0x54 && between !== DASH && between !== UNDERSCORE) return NONE
  return bytes[at + 11] === COLON ? clock(bytes, at + 9, end, wall) : clockDigits(bytes, at + 9, end, wall)
}

function klog(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  const letter = bytes[at]
  if (letter !== 0x49 && letter !== 0x57 && letter !== 0x45 && letter !== 0x46) return NONE
  if (end - at < 14 || bytes[at + 5] !== SPACE || !date(wall, 0, two(bytes, at + 1, end), two(bytes, at + 3, end)))
    return NONE
  return clock(bytes, at + 6, end, wall)
}

function shortYear(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (end - at < 13) return NONE
  const year = two(bytes, at, end)
  if (year < 0) return NONE
  const mark = bytes[at + 2]
  if (mark === SLASH || mark === DASH) {
    if (bytes[at + 5] !== mark || bytes[at + 8] !== SPACE) return NONE
    if (!date(wall, 2000 + year, two(bytes, at + 3, end), two(bytes, at + 6, end))) return NONE
    return clock(bytes, at + 9, end, wall)
  }
  if (bytes[at + 6] !== SPACE || !date(wall, 2000 + year, two(bytes, at + 2, end), two(bytes, at + 4, end))) return NONE
  const from = bytes[at + 7] === SPACE ? at + 8 : at + 7
  return bytes[from + 1] === COLON || bytes[from + 2] === COLON
    ? clock(bytes, from, end, wall)
    : clockDigits(bytes, from, end, wall)
}

function monthDayDigits(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (end - at < 14 || bytes[at + 5] !== SPACE) return NONE
  const mark = bytes[at + 2]
  if (mark !== DASH && mark !== DOT && mark !== SLASH) return NONE
  if (!date(wall, 0, two(bytes, at, end), two(bytes, at + 3, end))) return NONE
  return clock(bytes, at + 6, end, wall)
}

function timeOfDay(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (end - at < 8 || bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return NONE
  wall.year = 0
  wall.month = 0
  wall.day = 0
  return clock(bytes, at, end, wall)
}

/** False when there is no such date in any year. */
function date(wall: WallTime, year: number, month: number, day: number): boolean {
  wall.year = year
  wall.month = month
  wall.day = day
  return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}
