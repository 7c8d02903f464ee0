/**
 * Counts of durations in buckets whose bounds grow by a constant factor, so that every quantile is within `RELATIVE_ERROR` of a value that was really added,
 * however many there were; two of them add up without loss. This is DDSketch (Masson, Rim, Lee: "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with
 * Relative-Error Guarantees", PVLDB 12(12), 2019) without its collapsing of buckets: durations have a range, so the number of buckets is bounded anyway.
 */
export interface Durations {
  readonly add: (ms: number) => void
  readonly merge: (other: Durations) => void
  readonly count: () => number
  readonly sumMs: () => number
  /** Undefined: nothing was added. @param share 0 to 1; 0.95 is the duration that 95 % of the requests kept within */
  readonly quantile: (share: number) => number | undefined
  /** How many took longer than this, by at least the relative error. */
  readonly longerThan: (ms: number) => number
  /** For `merge`. */
  readonly buckets: () => Buckets
}

/** One part in a hundred: nobody acts on less. */
export const RELATIVE_ERROR = 0.01

/** Below, everything is equally fast; nginx itself tells whole milliseconds. */
const SHORTEST_MS = 0.001
/** Above, everything is equally slow: 11 days, longer than any connection lives. */
const LONGEST_MS = 1e9

const FACTOR = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const LOG_FACTOR = Math.log(FACTOR)

export function newDurations(): Durations {
  /** Buckets of the first ones, one entry each: most routes and upstreams of a log with very many have a few requests. Undefined: they are counted. */
  let few: number[] | undefined = []
  let first = 0
  let counts = new Uint32Array(0)
  let count = 0
  let sumMs = 0
  const grow = (low: number, high: number): void => {
    const from = counts.length === 0 ? low : Math.min(low, first)
    const to = counts.length === 0 ? high : Math.max(high, first + counts.length - 1)
    // Some room on either side, as the next ones are about as long.
    const wider = new Uint32Array(to - from + 1 + 2 * ROOM)
    wider.set(counts, counts.length === 0 ? 0 : first - from + ROOM)
    counts = wider
    first = from - ROOM
  }
  const increase = (index: number, by: number): void => {
    if (few && few.length + by <= FEW) {
      for (let one = 0; one < by; one++) few.push(index)
      return
    }
    if (few) {
      const known = few
      few = undefined
      for (const each of known) increase(each, 1)
    }
    if (index < first || index >= first + counts.length) grow(index, index)
    counts[index - first] = (counts[index - first] ?? 0) + by
  }
  const buckets = (): Buckets => (few ? countsOf(few) : { first, counts })
  return {
    add: (ms) => {
      if (!(ms >= 0)) return
      count++
      sumMs += Math.min(ms, LONGEST_MS)
      increase(bucketOf(ms), 1)
    },
    merge: (other) => {
      const theirs = other.buckets()
      theirs.counts.forEach((many, place) => {
        if (many > 0) increase(theirs.first + place, many)
      })
      count += other.count()
      sumMs += other.sumMs()
    },
    count: () => count,
    sumMs: () => sumMs,
    quantile: (share) => (count === 0 ? undefined : quantileOf(buckets(), count, share)),
    longerThan: (ms) => {
      const all = buckets()
      const from = Math.max(0, bucketOf(ms) + 1 - all.first)
      return from >= all.counts.length ? 0 : all.counts.subarray(from).reduce((sum, many) => sum + many, 0)
    },
    buckets,
  }
}

interface Buckets {
  readonly first: number
  readonly counts: Uint32Array
}

/** So many are kept one by one: in their buckets they may lie far apart, and take twenty times as much. */
const FEW = 32

function countsOf(few: readonly number[]): Buckets {
  if (few.length === 0) return { first: 0, counts: new Uint32Array(0) }
  const first = Math.min(...few)
  const counts = new Uint32Array(Math.max(...few) - first + 1)
  for (const index of few) counts[index - first] = (counts[index - first] ?? 0) + 1
  return { first, counts }
}

const ROOM = 8

/** Bucket `i` holds what is above `FACTOR ** (i - 1)` and up to `FACTOR ** i`. */
function bucketOf(ms: number): number {
  return Math.ceil(Math.log(Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms))) / LOG_FACTOR)
}

/** The nearest rank (the smallest value that at least this share keeps within); the middle of its bucket, by the relative error. */
function quantileOf({ first, counts }: Buckets, count: number, share: number): number {
  const rank = Math.max(1, Math.ceil(Math.min(1, share) * count))
  let seen = 0
  for (let place = 0; place < counts.length; place++) {
    seen += counts[place] ?? 0
    if (seen >= rank) return (2 * FACTOR ** (first + place)) / (FACTOR + 1)
  }
  return LONGEST_MS
}
