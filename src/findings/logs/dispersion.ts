/**
 * How much more unevenly records come than single independent ones would (variance over mean of the counts of equal spans: 1 for a Poisson process). By it
 * the evidence of a pattern that comes in bursts is divided: quasi-likelihood (R. W. M. Wedderburn, "Quasi-likelihood functions, generalized linear
 * models, and the Gauss-Newton method", Biometrika 61, 1974; P. McCullagh, J. A. Nelder, "Generalized Linear Models", 2nd ed. 1989, 4.5).
 *
 * The spans are one bucket, two, four … as long as there are enough of them, and the most uneven of these counts: bursts that come seldom, and drift, show
 * in long spans only. Few spans tell little: the figure is drawn towards 1 by `PRIOR_SPANS` spans that are even. At least 1.
 */
export function dispersionOf(counts: ArrayLike<number>, from: number, to: number): number {
  let most = 1
  for (let width = 1; Math.floor((to - from) / width) >= SPANS_NEEDED; width *= 2) {
    const spans = Math.floor((to - from) / width)
    // The last ones, so that what is left over lies far from the onset.
    const start = to - spans * width
    let sum = 0
    let squares = 0
    for (let span = 0; span < spans; span++) {
      let inside = 0
      for (let at = start + span * width; at < start + (span + 1) * width; at++) inside += counts[at] ?? 0
      sum += inside
      squares += inside * inside
    }
    if (sum === 0) continue
    const mean = sum / spans
    const uneven = (squares - sum * mean) / mean
    most = Math.max(most, (uneven + PRIOR_SPANS) / (spans - 1 + PRIOR_SPANS))
  }
  return most
}

/** Fewer have no variance to speak of. */
const SPANS_NEEDED = 4
const PRIOR_SPANS = 4
