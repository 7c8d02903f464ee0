import { minutesOfAbbreviation } from './zone.ts'
import { NO_ZONE, type WallTime } from './wall-time.ts'

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

const NONE = -1

const SPACE = 0x20
const COMMA = 0x2c
const DASH = 0x2d
const DOT = 0x2e
const SLASH = 0x2f
const COLON = 0x3a
const PLUS = 0x2b
const UNDERSCORE = 0x5f

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

/** How many digits there are says the unit; so many seconds are September 2001 to November 2286. */
function epoch(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
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
function tai64n(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
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

function boot(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
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

/** `3:04:05`, `03:04`, `03:04:05.678901`, `03:04:05,678`, `03.04.05.678`, `3:04:05 PM`, each with a zone or without. */
function clock(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
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
function clockDigits(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
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
function fraction(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
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

/** `Z`, `+02`, `+0200`, `+02:00`; behind a space only with four digits, or as an abbreviation that means one zone. */
function zoneAfter(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (at >= end) return at
  const spaced = bytes[at] === SPACE
  const from = spaced ? at + 1 : at
  const sign = bytes[from]
  if (!spaced && (sign === 0x5a || sign === 0x7a)) {
    if (from + 1 < end && isLetter(bytes[from + 1])) return at
    wall.zone = 0
    return from + 1
  }
  if (sign === PLUS || sign === DASH) return offset(bytes, at, from, end, wall)
  return spaced && from < end && isCapital(sign) ? abbreviation(bytes, at, from, end, wall) : at
}

function offset(bytes: Uint8Array, at: number, from: number, end: number, wall: WallTime): number {
  const hours = two(bytes, from + 1, end)
  if (hours < 0 || hours > 14) return at
  const colon = from + 3 < end && bytes[from + 3] === COLON ? 1 : 0
  const minutes = two(bytes, from + 3 + colon, end)
  const whole = minutes >= 0 && minutes < 60
  const after = whole ? from + 5 + colon : from + 3
  if (after < end && (digit(bytes[after]) >= 0 || bytes[after] === DASH)) return at
  if (!whole && bytes[at] === SPACE) return at
  const east = hours * 60 + (whole ? minutes : 0)
  wall.zone = bytes[from] === DASH ? -east : east
  return after
}

/** Capitals of three or four letters, looked up by their bytes; an unknown word is left for what comes after. */
function abbreviation(bytes: Uint8Array, at: number, from: number, end: number, wall: WallTime): number {
  let next = from
  let packed = 0
  while (next < end && next - from < 5 && isCapital(bytes[next])) {
    packed = packed * 32 + ((bytes[next] ?? 0) & 31)
    next += 1
  }
  const last = bytes[next - 1]
  // All of them end in T, but UTC and MSK: words of level go no further.
  if (last !== 0x54 && last !== 0x43 && last !== 0x4b) return at
  if (next - from < 3 || next - from > 4 || (next < end && (isLetter(bytes[next]) || digit(bytes[next]) >= 0)))
    return at
  if (PACKED_LOCAL.has(packed)) return next
  const minutes = PACKED.get(packed)
  if (minutes === undefined) return at
  wall.zone = minutes
  return next
}

function packedOf(word: string): number {
  let packed = 0
  for (let at = 0; at < word.length; at += 1) packed = packed * 32 + (word.charCodeAt(at) & 31)
  return packed
}

const PACKED: ReadonlyMap<number, number> = new Map(
  'UTC GMT WET WEST CET CEST EET EEST MSK EST EDT MST MDT PST PDT JST KST AEST AEDT NZST NZDT'
    .split(' ')
    .map((word) => [packedOf(word), minutesOfAbbreviation(word) ?? 0]),
)
/** Each means several zones: the time is read in that of the box. */
const PACKED_LOCAL: ReadonlySet<number> = new Set(['IST', 'CST', 'CDT', 'BST', 'SST', 'AST', 'ADT'].map(packedOf))

/** -1 when it is no digit. */
function digit(byte: number | undefined): number {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : -1
}

function hexadecimal(byte: number | undefined): number {
  const value = digit(byte)
  if (value >= 0 || byte === undefined) return value
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

function two(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1
  const tens = (bytes[at] as number) - 0x30
  const ones = (bytes[at + 1] as number) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/** A day of two places, the first of which may be a space. */
function dayAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1
  return bytes[at] === SPACE ? digit(bytes[at + 1]) : two(bytes, at, end)
}

function four(bytes: Uint8Array, at: number, end: number): number {
  const high = two(bytes, at, end)
  const low = two(bytes, at + 2, end)
  return high < 0 || low < 0 ? -1 : high * 100 + low
}

function isLetter(byte: number | undefined): boolean {
  const letter = (byte ?? 0) | 0x20
  return letter >= 0x61 && letter <= 0x7a
}

function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a
}

/** 1 to 12; 0 when there is no English name of a month. */
function monthAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 3 > end) return 0
  const month = MONTH_BY_ENDING[endingOf(bytes, at)] ?? 0
  return month > 0 && ((bytes[at] ?? 0) | 0x20) === MONTH_INITIALS[month] ? month : 0
}

function weekdayAt(bytes: Uint8Array, at: number): boolean {
  const weekday = WEEKDAY_BY_ENDING[endingOf(bytes, at)] ?? 0
  return weekday > 0 && ((bytes[at] ?? 0) | 0x20) === WEEKDAY_INITIALS[weekday]
}

/** The second and third letter, of whatever case, as ten bits: they differ for all months, and for all weekdays. */
function endingOf(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1] ?? 0
  const third = bytes[at + 2] ?? 0
  return second >= 0x41 && third >= 0x41 ? ((second & 31) << 5) | (third & 31) : 0
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const WEEKDAYS = 'mon tue wed thu fri sat sun'.split(' ')
const MONTH_BY_ENDING = byEnding(MONTHS)
const WEEKDAY_BY_ENDING = byEnding(WEEKDAYS)
const MONTH_INITIALS = [0, ...MONTHS.map((name) => name.charCodeAt(0))]
const WEEKDAY_INITIALS = [0, ...WEEKDAYS.map((name) => name.charCodeAt(0))]

/** The number of the name, from one on, under its ending. */
function byEnding(names: readonly string[]): Uint8Array {
  const table = new Uint8Array(1024)
  for (const [index, name] of names.entries()) table[endingOf(new TextEncoder().encode(name), 0)] = index + 1
  return table
}
