import type { BoxTime } from './box-time.ts'
import { zoneOf } from './zone.ts'

/** A time as it stands on a line. One object is written over and over, so that reading a time allocates nothing. */
export interface WallTime {
  kind: 'wall' | 'epoch' | 'boot'
  /** 0: none is written. */
  year: number
  /** 1 to 12; 0: no date is written. */
  month: number
  day: number
  hour: number
  minute: number
  second: number
  millisecond: number
  /** Minutes east of UTC; `NO_ZONE` when none is written. */
  zone: number
  /** Of kind `epoch` and `boot`: milliseconds since then. */
  sinceMs: number
}

export const NO_ZONE = 99_999

/** A fraction first: the field then holds any number without a new object for each. */
export function newWallTime(): WallTime {
  return {
    kind: 'wall',
    year: 0,
    month: 0,
    day: 0,
    hour: 0,
    minute: 0,
    second: 0,
    millisecond: 0,
    zone: 0,
    sinceMs: 0.5,
  }
}

/** Milliseconds since the epoch; NaN when there is no such date (30 February). */
export type Clock = (wall: WallTime) => number

/**
 * Reads times by the clock and zone of the box. Without a year it is the latest one in which the time is not in the future; without a date, the latest
 * such day.
 */
export function clockOf(time: BoxTime): Clock {
  const zone = zoneOf(time.zone)
  const latestMs = time.nowMs + AHEAD_MS
  const thisYear = new Date(time.nowMs).getUTCFullYear()
  const utcOf = (wall: WallTime, dayMs: number) => {
    const wallMs = dayMs + ((wall.hour * 60 + wall.minute) * 60 + wall.second) * 1000 + wall.millisecond
    return wall.zone === NO_ZONE ? zone(wallMs) : wallMs - wall.zone * 60_000
  }
  const dayOf = cachedDay()
  return (wall) => {
    if (wall.kind === 'epoch') return wall.sinceMs
    if (wall.kind === 'boot') return time.bootedAtMs === undefined ? NaN : time.bootedAtMs + wall.sinceMs
    if (wall.hour > 23 || wall.minute > 59 || wall.second > 60) return NaN
    if (wall.month === 0) return lastOfDay(wall, time, utcOf)
    if (wall.year > 0) return utcOf(wall, dayOf(wall.year, wall.month, wall.day))
    for (let year = thisYear + 1; year > thisYear - 9; year -= 1) {
      const atMs = utcOf(wall, dayOf(year, wall.month, wall.day))
      if (atMs <= latestMs) return atMs
    }
    return NaN
  }
}

/** How far a line may be ahead of the box's clock: the clock may have been asked a little earlier, or written in another zone. */
const AHEAD_MS = 86_400_000

/** Lines come in order of time: nearly all have the date of the one before. */
function cachedDay(): (year: number, month: number, day: number) => number {
  let lastKey = -1
  let lastMs = NaN
  return (year, month, day) => {
    const key = (year * 16 + month) * 32 + day
    if (key !== lastKey) {
      lastKey = key
      lastMs = day >= 1 && day <= daysIn(year, month) ? Date.UTC(year, month - 1, day) : NaN
    }
    return lastMs
  }
}

const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : (DAYS[month] ?? 0)
}

function lastOfDay(wall: WallTime, time: BoxTime, utcOf: (wall: WallTime, dayMs: number) => number): number {
  const day = Math.floor(time.nowMs / DAY_MS) * DAY_MS
  for (let ahead = 1; ahead >= -1; ahead -= 1) {
    const atMs = utcOf(wall, day + ahead * DAY_MS)
    if (atMs <= time.nowMs + CLOCK_AHEAD_MS) return atMs
  }
  return NaN
}

const DAY_MS = 86_400_000
/** Lines that were written while the box was asked. */
const CLOCK_AHEAD_MS = 600_000
