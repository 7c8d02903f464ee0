/** Where a date and time was written down. `wallMs` is that date and time taken as if it were UTC. */
export interface Zone {
  /** Milliseconds since the epoch. */
  readonly utcOf: (wallMs: number) => number
  /** Milliseconds east of UTC on all of that day; NaN when the clocks change about then. */
  readonly offsetOfDay: (wallMs: number) => number
}

/**
 * A zone by its IANA name or as a fixed offset (`+02:00`); UTC when there is no such zone. A time that was skipped in spring is read with the offset that
 * held before, so it lies after the jump; of a time that came twice in autumn the first is meant (as Temporal's `compatible` does).
 */
export function zoneOf(name: string): Zone {
  const fixed = fixedOffset(name)
  if (fixed !== undefined) return fixedZone(fixed)
  const offsetAt = rulesOf(name)
  return offsetAt === undefined ? fixedZone(0) : zoneWith(offsetAt)
}

/** How far a zone is ahead of UTC at a moment of UTC, in milliseconds. Undefined: there is no such zone. */
export function offsetsOf(name: string): OffsetAt | undefined {
  const fixed = fixedOffset(name)
  return fixed === undefined ? rulesOf(name) : () => fixed
}

export type OffsetAt = (atMs: number) => number

/** Milliseconds east of UTC of `UTC`, `+02:00`, `+0200`; undefined: it has rules, or is none. */
function fixedOffset(name: string): number | undefined {
  // Asking for the rules of a zone takes tens of milliseconds, and most servers have this one.
  if (name === 'UTC') return 0
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(name)
  if (!fixed) return undefined
  const minutes = Number(fixed[2]) * 60 + Number(fixed[3])
  return (fixed[1] === '-' ? -minutes : minutes) * 60_000
}

function fixedZone(offset: number): Zone {
  return { utcOf: (wallMs) => wallMs - offset, offsetOfDay: () => offset }
}

const DAY_MS = 86_400_000
/** Offsets have changed at full hours, half hours (Lord Howe) and quarters; never in between since 1972. */
const QUARTER_MS = 900_000
/** Days and quarters that are kept; a log of ten years has 3,650 days. */
const KEPT = 8192

function zoneWith(offsetAt: OffsetAt): Zone {
  const days = new Map<number, number>()
  const quarters = new Map<number, number>()
  const ofDay = (wallMs: number): number => {
    const day = Math.floor(wallMs / DAY_MS)
    return kept(days, day, () => offsetOfDay(offsetAt, day))
  }
  return {
    offsetOfDay: ofDay,
    utcOf: (wallMs) => {
      if (Number.isNaN(wallMs)) return NaN
      const allDay = ofDay(wallMs)
      if (!Number.isNaN(allDay)) return wallMs - allDay
      const quarter = Math.floor(wallMs / QUARTER_MS)
      return wallMs - kept(quarters, quarter, () => offsetOfWall(offsetAt, quarter * QUARTER_MS))
    },
  }
}

function kept(cache: Map<number, number>, key: number, compute: () => number): number {
  const known = cache.get(key)
  if (known !== undefined) return known
  if (cache.size >= KEPT) cache.clear()
  const value = compute()
  cache.set(key, value)
  return value
}

/** NaN when it is not the same all day, in whatever zone. */
function offsetOfDay(offsetAt: OffsetAt, day: number): number {
  const before = offsetAt((day - 1) * DAY_MS)
  return before === offsetAt((day + 2) * DAY_MS) ? before : NaN
}

function offsetOfWall(offsetAt: OffsetAt, wallMs: number): number {
  const before = offsetAt(wallMs - DAY_MS)
  const after = offsetAt(wallMs + DAY_MS)
  if (offsetAt(wallMs - before) === before) return before
  return offsetAt(wallMs - after) === after ? after : before
}

/** Undefined: no such zone. */
function rulesOf(name: string): OffsetAt | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    return (atMs) => offsetBy(format, atMs)
  } catch {
    return undefined
  }
}

function offsetBy(format: Intl.DateTimeFormat, atMs: number): number {
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(atMs)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000
}

/**
 * Minutes east of UTC for the abbreviations that mean one zone only; undefined for others (IST, CST and BST each mean several), which are read in the
 * zone of the box: a program writes the abbreviation of the zone that it runs in.
 */
export function minutesOfAbbreviation(word: string): number | undefined {
  return ABBREVIATIONS[word]
}

const ABBREVIATIONS: Readonly<Record<string, number>> = {
  UTC: 0,
  GMT: 0,
  WET: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  EST: -300,
  EDT: -240,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  JST: 540,
  KST: 540,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
}
