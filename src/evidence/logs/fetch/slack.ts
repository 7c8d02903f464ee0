import type { BoxTime } from '../time/box-time.ts'
import type { LogWindow } from '../window.ts'

/** A time without a zone may be off by the change itself, and a line of the hour before it may come after. Milliseconds. */
const AROUND_MS = 2 * 3_600_000

/**
 * By how much the clock of a zone was set back near a window: times that name no zone stand twice in a log then, and which of the two is meant is not
 * to be told. 0: it was not.
 */
export function clockSetBack({ zone }: BoxTime, { fromMs, toMs }: LogWindow): number {
  return Math.max(...[fromMs, toMs].map((at) => (at === undefined ? 0 : setBackAround(zone, at))))
}

function setBackAround(zone: string, atMs: number): number {
  const before = offsetOf(zone, atMs - AROUND_MS)
  const after = offsetOf(zone, atMs + AROUND_MS)
  return Math.max(0, before - after)
}

/** Milliseconds that a zone is ahead of UTC; 0 where the zone is not known. */
function offsetOf(zone: string, atMs: number): number {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(atMs)
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  } catch {
    return 0
  }
}
