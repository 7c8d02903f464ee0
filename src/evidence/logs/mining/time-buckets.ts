import type { Timeline } from './timeline.ts'

/**
 * Counts by time, in one series for each row. Buckets lie in a ring, so that times may come in any order; when the times that were seen no longer fit into `MOST_BUCKETS`, each
 * bucket becomes twice as wide. Which width comes out depends on the span alone, not on the order.
 */
export function createTimeBuckets(originMs: number): TimeBuckets {
  let counts = new Uint32Array(0)
  let series = 0
  const free: number[] = []
  let widthMs = NARROWEST_MS
  let lowest = 0
  let highest = -1

  /** The bucket's number afterwards. */
  const widen = (bucket: number): number => {
    const empty = highest < lowest
    const oldLowest = lowest
    const oldHighest = highest
    const fitted = fit(empty ? bucket : Math.min(lowest, bucket), empty ? bucket : Math.max(highest, bucket))
    if (!empty && fitted.halvings > 0) fold(counts, oldLowest, oldHighest, 2 ** fitted.halvings)
    lowest = fitted.lowest
    highest = fitted.highest
    widthMs *= 2 ** fitted.halvings
    return Math.floor(bucket / 2 ** fitted.halvings)
  }

  /** Bucket `last` is of these times: nearly each record is of the same one as the record before, and dividing takes longer than comparing. */
  const span = new Float64Array([Infinity, -Infinity])
  let last = 0

  const bucketOf = (atMs: number): number => {
    if (atMs >= (span[0] as number) && atMs < (span[1] as number)) return last
    const bucket = Math.floor((atMs - originMs) / widthMs)
    last = bucket < lowest || bucket > highest ? widen(bucket) : bucket
    span[0] = originMs + last * widthMs
    span[1] = originMs + (last + 1) * widthMs
    return last
  }

  return {
    see: bucketOf,
    begin: () => {
      const freed = free.pop()
      if (freed !== undefined) return freed
      if (counts.length < ++series * MOST_BUCKETS) {
        const larger = new Uint32Array(Math.max(FIRST_SERIES, 2 * series) * MOST_BUCKETS)
        larger.set(counts)
        counts = larger
      }
      return series - 1
    },
    add: (one, atMs) => {
      const at = one * MOST_BUCKETS + (bucketOf(atMs) & RING)
      counts[at] = (counts[at] as number) + 1
    },
    moveInto: (one, into) => {
      const [from, to] = [one * MOST_BUCKETS, into * MOST_BUCKETS]
      for (let at = 0; at < MOST_BUCKETS; at++)
        counts[to + at] = (counts[to + at] as number) + (counts[from + at] as number)
      counts.fill(0, from, from + MOST_BUCKETS)
      free.push(one)
    },
    timeline: () => ({ originMs, widthMs, first: highest < lowest ? 0 : lowest, buckets: highest - lowest + 1 }),
    countsOf: (one, into) => {
      for (let at = 0; at < into.length; at++) into[at] = counts[one * MOST_BUCKETS + ((lowest + at) & RING)] as number
    },
    countOnce: (atMs, into) => {
      into[bucketOf(atMs) - lowest] = 1
    },
  }
}

export interface TimeBuckets {
  /** The timeline reaches as far as this. */
  readonly see: (atMs: number) => void
  /** A series of counts begins; gives its number. */
  readonly begin: () => number
  readonly add: (series: number, atMs: number) => void
  /** Adds the counts of one series to another one; the first is free for use. */
  readonly moveInto: (series: number, into: number) => void
  readonly timeline: () => Timeline
  /** Fills in the counts of a series, one for each bucket of the timeline. */
  readonly countsOf: (series: number, into: Uint32Array) => void
  /** The same for a single record, which needs no series. */
  readonly countOnce: (atMs: number, into: Uint32Array) => void
}

/** How often two neighbours must become one until `lowest` to `highest` fit into `MOST_BUCKETS`, and which they are then. */
export function fit(lowest: number, highest: number): { lowest: number; highest: number; halvings: number } {
  let halvings = 0
  while (highest - lowest >= MOST_BUCKETS) {
    lowest = Math.floor(lowest / 2)
    highest = Math.floor(highest / 2)
    halvings++
  }
  return { lowest, highest, halvings }
}

/** A power of two (the ring). Enough to see an onset within a two-hundredth of the span; 16,000 rows take 16 MB. */
const MOST_BUCKETS = 256
const NARROWEST_MS = 1_000
/** Series for which room is made at first. */
const FIRST_SERIES = 256

const RING = MOST_BUCKETS - 1

function fold(counts: Uint32Array, lowest: number, highest: number, by: number): void {
  const folded = new Uint32Array(MOST_BUCKETS)
  for (let row = 0; row < counts.length; row += MOST_BUCKETS) {
    folded.fill(0)
    for (let bucket = lowest; bucket <= highest; bucket++) {
      const at = Math.floor(bucket / by) & RING
      folded[at] = (folded[at] as number) + (counts[row + (bucket & RING)] as number)
    }
    counts.set(folded, row)
  }
}
