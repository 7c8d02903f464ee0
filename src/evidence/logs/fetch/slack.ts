import type { BoxTime } from '../time/box-time.ts'
import { setBacksWithin } from '../time/set-back.ts'
import { offsetsOf } from '../time/zone.ts'
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
  const offsetAt = offsetsOf(zone)
  return offsetAt ? Math.max(0, offsetAt(atMs - AROUND_MS) - offsetAt(atMs + AROUND_MS)) : 0
}

/**
 * From which time on lines are wanted that name no zone and are read as the first of the two: earlier than a moment near which the clock was set back, where
 * lines that were written after it bear the times of the hour before. Milliseconds since the epoch.
 */
export function readFrom({ zone }: BoxTime, fromMs: number): number {
  const twice = setBacksWithin(zone, fromMs - AROUND_MS, fromMs).find(
    ({ atMs, byMs }) => fromMs > atMs - byMs && fromMs < atMs + byMs,
  )
  return twice ? Math.max(fromMs, twice.atMs) - twice.byMs : fromMs
}
