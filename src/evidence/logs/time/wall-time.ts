import type { BoxTime } from './box-time.ts'
import { type Zone, zoneOf } from './zone.ts'

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
 * such day. Lines come in order of time: nearly all have the date of the one before, for which all is worked out already.
 */
export function clockOf(time: BoxTime): Clock {
  const zone = zoneOf(time.zone)
  const dated = dateReader(time, zone)
  let { year, month, day } = { year: -1, month: -1, day: -1 }
  let known: KnownDay = { dayMs: NaN, localMs: NaN }
  return (wall) => {
    if (wall.kind === 'epoch') return wall.sinceMs
    if (wall.kind === 'boot') return time.bootedAtMs === undefined ? NaN : time.bootedAtMs + wall.sinceMs
    if (wall.hour > 23 || wall.minute > 59 || wall.second > 60) return NaN
    if (wall.month === 0) return lastOfDay(wall, time, zone)
    if (wall.day !== day || wall.month !== month || wall.year !== year) {
      known = dated(wall)
      ;({ year, month, day } = wall)
      // Whether that day is in this year or the last depends on the hour, too.
      if (known.byHour) day = -1
    }
    const inDayMs = ((wall.hour * 60 + wall.minute) * 60 + wall.second) * 1000 + wall.millisecond
    if (wall.zone !== NO_ZONE) return known.dayMs + inDayMs - wall.zone * 60_000
    return Number.isNaN(known.localMs) ? zone.utcOf(known.dayMs + inDayMs) : known.localMs + inDayMs
  }
}

interface KnownDay {
  /** Midnight as if in UTC; NaN: no such date. */
  readonly dayMs: number
  /** Midnight in the zone of the box; NaN when the clocks change about that day. */
  readonly localMs: number
  readonly byHour?: boolean
}

function dateReader(time: BoxTime, zone: Zone): (wall: WallTime) => KnownDay {
  const latestMs = time.nowMs + AHEAD_MS
  const thisYear = new Date(time.nowMs).getUTCFullYear()
  const known = (dayMs: number) => ({ dayMs, localMs: dayMs - (Number.isNaN(dayMs) ? NaN : zone.offsetOfDay(dayMs)) })
  return ({ year, month, day, hour, minute, zone: written }) => {
    if (year > 0) return known(midnight(year, month, day))
    for (let guess = thisYear + 1; guess > thisYear - YEARS_BACK; guess -= 1) {
      const dayMs = midnight(guess, month, day)
      const wallMs = dayMs + (hour * 60 + minute) * 60_000
      const atMs = written === NO_ZONE ? zone.utcOf(wallMs) : wallMs - written * 60_000
      if (atMs <= latestMs) return { ...known(dayMs), byHour: Math.abs(yearsApart(dayMs, latestMs)) < NEAR_MS }
    }
    return known(NaN)
  }
}

/** 29 February may be eight years ago (1896 to 1904, 2096 to 2104). */
const YEARS_BACK = 9

/** Milliseconds to the nearest day that is some years from the other. */
function yearsApart(oneMs: number, otherMs: number): number {
  const years = Math.round((otherMs - oneMs) / YEAR_MS)
  return otherMs - oneMs - years * YEAR_MS
}

const YEAR_MS = 365.2425 * 86_400_000
/** Leap days, zones and the hour of the day. */
const NEAR_MS = 4 * 86_400_000

/** How far a line may be ahead of the box's clock: the clock may have been asked a little earlier, or written in another zone. */
const AHEAD_MS = 86_400_000

/** NaN when there is no such date. */
function midnight(year: number, month: number, day: number): number {
  return day >= 1 && day <= daysIn(year, month) ? Date.UTC(year, month - 1, day) : NaN
}

const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : (DAYS[month] ?? 0)
}

function lastOfDay(wall: WallTime, time: BoxTime, zone: Zone): number {
  const today = Math.floor(time.nowMs / DAY_MS) * DAY_MS
  const inDayMs = ((wall.hour * 60 + wall.minute) * 60 + wall.second) * 1000 + wall.millisecond
  for (let ahead = 1; ahead >= -1; ahead -= 1) {
    const wallMs = today + ahead * DAY_MS + inDayMs
    const atMs = wall.zone === NO_ZONE ? zone.utcOf(wallMs) : wallMs - wall.zone * 60_000
    if (atMs <= time.nowMs + CLOCK_AHEAD_MS) return atMs
  }
  return NaN
}

const DAY_MS = 86_400_000
/** Lines that were written while the box was asked. */
const CLOCK_AHEAD_MS = 600_000
