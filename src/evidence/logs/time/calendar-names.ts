/** 1 to 12; 0 when there is no English name of a month. */
export function monthAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 3 > end) return 0
  const month = MONTH_BY_ENDING[endingOf(bytes, at)] ?? 0
  return month > 0 && ((bytes[at] ?? 0) | 0x20) === MONTH_INITIALS[month] ? month : 0
}

export function weekdayAt(bytes: Uint8Array, at: number): boolean {
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
