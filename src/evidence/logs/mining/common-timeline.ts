import { fit } from './time-buckets.ts'
import type { Timeline } from './timeline.ts'

/** The narrowest timeline that has room for all of these, with the origin of the first one. */
export function commonTimeline(timelines: readonly Timeline[]): Timeline {
  const [any] = timelines
  const originMs = any?.originMs ?? 0
  const widest = timelines.reduce((widthMs, each) => Math.max(widthMs, each.widthMs), any?.widthMs ?? 1_000)
  let lowest = Infinity
  let highest = -Infinity
  for (const timeline of timelines) {
    if (timeline.buckets === 0) continue
    lowest = Math.min(lowest, placeOf(timeline, 0, originMs, widest))
    highest = Math.max(highest, placeOf(timeline, timeline.buckets - 1, originMs, widest))
  }
  if (lowest > highest) return { originMs, widthMs: widest, first: 0, buckets: 0 }
  const fitted = fit(lowest, highest)
  return {
    originMs,
    widthMs: widest * 2 ** fitted.halvings,
    first: fitted.lowest,
    buckets: fitted.highest - fitted.lowest + 1,
  }
}

/** Adds counts of one timeline to those of a common one. Exact where both have one origin; else each bucket counts where its middle lies. */
export function addCounts(into: Uint32Array, timeline: Timeline, counts: Uint32Array, of: Timeline): void {
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at] as number
    if (count === 0) continue
    const place = placeOf(of, at, timeline.originMs, timeline.widthMs) - timeline.first
    into[place] = (into[place] ?? 0) + count
  }
}

/** The bucket of a timeline with this origin and width in which the middle of bucket `at` lies. */
function placeOf(timeline: Timeline, at: number, originMs: number, widthMs: number): number {
  const middleMs = (timeline.first + at + 0.5) * timeline.widthMs + (timeline.originMs - originMs)
  return Math.floor(middleMs / widthMs)
}
