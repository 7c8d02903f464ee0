/** So many of so many. */
export interface Share {
  readonly hits: number
  readonly of: number
}

/**
 * How surely a share is another one than before: the log-likelihood ratio G² of the two by two table, positive where it rose, negative where it fell. Unlike
 * Pearson's χ² it may be trusted with small counts (Dunning: "Accurate Methods for the Statistics of Surprise and Coincidence", Computational Linguistics
 * 19(1), 1993). 0 when one of them has nothing.
 */
export function shareChange(before: Share, after: Share): number {
  if (before.of <= 0 || after.of <= 0) return 0
  const pooled = (before.hits + after.hits) / (before.of + after.of)
  const g2 = deviance(before, pooled) + deviance(after, pooled)
  const rose = after.hits / after.of > before.hits / before.of
  return rose ? Math.max(0, g2) : -Math.max(0, g2)
}

/** G² from here on comes by chance once in a thousand times (χ² with one degree of freedom). */
export const SURE = 10.83

function deviance({ hits, of }: Share, expected: number): number {
  return 2 * (term(hits, of * expected) + term(of - hits, of * (1 - expected)))
}

function term(observed: number, expected: number): number {
  return observed <= 0 || expected <= 0 ? 0 : observed * Math.log(observed / expected)
}
