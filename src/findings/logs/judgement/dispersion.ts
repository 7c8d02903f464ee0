/**
 * How much more unevenly records come than single independent ones would (variance over mean of the counts of equal spans: 1 for a Poisson process). By it
 * the evidence of a pattern that comes in bursts is divided: quasi-likelihood (R. W. M. Wedderburn, "Quasi-likelihood functions, generalized linear
 * models, and the Gauss-Newton method", Biometrika 61, 1974; P. McCullagh, J. A. Nelder, "Generalized Linear Models", 2nd ed. 1989, 4.5).
 *
 * The spans are one bucket, two, four … as long as there are enough of them, and the most uneven of these counts: bursts that come seldom, and drift, show
 * in long spans only. Few spans tell little: the figure is drawn towards that of other patterns by `PRIOR_SPANS` spans like theirs. At least 1.
 *
 * @param usual of other patterns of the same logs
 */
export function dispersionOf(counts: ArrayLike<number>, from: number, to: number, usual = 1): number {
  return mostUneven([{ from, to }], counts, usual)
}

/** The same of a series that changes at a border: on both sides together, each about its own mean. */
export function withinDispersion(counts: ArrayLike<number>, border: number, usual: number): number {
  return mostUneven(
    [
      { from: 0, to: border },
      { from: border, to: counts.length },
    ],
    counts,
    usual,
  )
}

/** How unevenly the patterns of some logs come for the most part: of a quarter of them more than this, so that bursts are expected where they are common. */
export function usualDispersion(dispersions: readonly number[]): number {
  const sorted = dispersions.toSorted((a, b) => a - b)
  return Math.max(1, sorted[Math.floor(sorted.length * 0.75)] ?? 1)
}

interface Part {
  readonly from: number
  readonly to: number
}

function mostUneven(parts: readonly Part[], counts: ArrayLike<number>, usual: number): number {
  const longest = Math.max(...parts.map(({ from, to }) => to - from))
  if (longest < SPANS_NEEDED) return Math.max(1, usual)
  let most = 1
  // What the shorter spans told is where the longer ones, of which there are fewer, start from.
  let expected = usual
  for (let width = 1; Math.floor(longest / width) >= SPANS_NEEDED; width *= 2) {
    let uneven = expected * PRIOR_SPANS
    let spans = PRIOR_SPANS
    for (const part of parts) {
      const own = unevenIn(part, counts, width)
      uneven += own.uneven
      spans += own.spans
    }
    expected = uneven / spans
    most = Math.max(most, expected)
  }
  return most
}

/** Pearson's statistic of spans of one width, and its degrees of freedom. */
function unevenIn(
  { from, to }: Part,
  counts: ArrayLike<number>,
  width: number,
): { readonly uneven: number; readonly spans: number } {
  const spans = Math.floor((to - from) / width)
  if (spans < 2) return { uneven: 0, spans: 0 }
  // The last ones: what is left over lies far from the onset.
  const start = to - spans * width
  let sum = 0
  let squares = 0
  for (let span = 0; span < spans; span++) {
    let inside = 0
    for (let at = start + span * width; at < start + (span + 1) * width; at++) inside += counts[at] ?? 0
    sum += inside
    squares += inside * inside
  }
  if (sum === 0) return { uneven: 0, spans: 0 }
  const mean = sum / spans
  return { uneven: (squares - sum * mean) / mean, spans: spans - 1 }
}

/** Fewer have no variance to speak of. */
const SPANS_NEEDED = 4
const PRIOR_SPANS = 4
