/** The values that a variable part has most often, counted in bounded memory. */
export interface FrequentValues {
  readonly add: (value: string) => void
  readonly total: () => number
  /** At most so much too low, never too high: a share of 1 / `MOST_VALUES` of all. */
  readonly counts: () => ReadonlyMap<string, number>
}

/** A value with a share above a thousandth is never lost. */
const MOST_VALUES = 1000

/**
 * Counts values exactly as long as there are at most `most` different ones; beyond that each further one takes one off all others, so that those that come
 * most often stay (J. Misra, D. Gries, "Finding Repeated Elements", Science of Computer Programming 2, 1982). A step takes constant time on average.
 */
export function createFrequentValues(most: number = MOST_VALUES): FrequentValues {
  const counts = new Map<string, number>()
  let total = 0
  return {
    add: (value) => {
      total++
      const known = counts.get(value)
      if (known !== undefined || counts.size < most) {
        counts.set(value, (known ?? 0) + 1)
        return
      }
      for (const [each, count] of counts)
        if (count === 1) counts.delete(each)
        else counts.set(each, count - 1)
    },
    total: () => total,
    counts: () => counts,
  }
}
