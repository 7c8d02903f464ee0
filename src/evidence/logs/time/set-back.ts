import { offsetsOf, type OffsetAt } from './zone.ts'

/** A moment when the clocks of a zone were set back: what they showed in the time before it they showed again. */
export interface SetBack {
  /** Milliseconds since the epoch, as is whatever came before and after. */
  readonly atMs: number
  readonly byMs: number
  /** What the clocks showed at that moment before they were set back, as if it were UTC. Milliseconds. */
  readonly wallMs: number
}

/** Clocks are set twice a year, in Morocco four times, and never twice within so short a time. Milliseconds. */
const STEP_MS = 7 * 86_400_000
/** A log with one wrong time may seem to go back for ages; older than this nobody looks for the hour. Milliseconds. */
const LONGEST_MS = 20 * 366 * 86_400_000
/** Changes are at full minutes. Milliseconds. */
const EXACT_MS = 60_000

/**
 * Those whose hour may be within a span of times that name no zone, read as the first of the two; in order. Empty: none, or there is no such zone.
 */
export function setBacksWithin(zone: string, fromMs: number, toMs: number): readonly SetBack[] {
  const offsetAt = offsetsOf(zone)
  if (!offsetAt || !(fromMs <= toMs)) return []
  const found: SetBack[] = []
  for (let at = Math.max(fromMs, toMs - LONGEST_MS) - STEP_MS; at <= toMs; at += STEP_MS) {
    const setBack = setBackBetween(offsetAt, at, at + STEP_MS)
    if (setBack && setBack.atMs > fromMs && setBack.atMs - setBack.byMs <= toMs) found.push(setBack)
  }
  return found
}

function setBackBetween(offsetAt: OffsetAt, fromMs: number, toMs: number): SetBack | undefined {
  const [before, after] = [offsetAt(fromMs), offsetAt(toMs)]
  if (after >= before) return undefined
  let [low, high] = [Math.floor(fromMs / EXACT_MS), Math.ceil(toMs / EXACT_MS)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * EXACT_MS) === before) low = middle
    else high = middle
  }
  const atMs = high * EXACT_MS
  return { atMs, byMs: before - after, wallMs: atMs + before }
}
