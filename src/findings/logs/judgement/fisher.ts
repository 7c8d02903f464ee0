/**
 * Fisher's exact test, one-sided: how likely at least `hits` of `drawn` have a property by chance, when `marked` of all `total` have it (R. A. Fisher,
 * "Statistical Methods for Research Workers", 1925, § 21.02). Holds for any small number. 0 to 1.
 */
export function chanceOfAtLeast(hits: number, drawn: number, marked: number, total: number): number {
  let sum = 0
  // From the most likely number on each term is smaller than the one before, and soon none counts any more.
  const likely = (drawn * marked) / Math.max(1, total)
  for (let at = Math.max(hits, drawn + marked - total); at <= Math.min(drawn, marked); at++) {
    const term = Math.exp(lnChoose(marked, at) + lnChoose(total - marked, drawn - at) - lnChoose(total, drawn))
    sum += term
    if (at > likely + 1 && term <= sum * NEGLIGIBLE) break
  }
  return Math.min(1, sum)
}

const NEGLIGIBLE = 1e-15

function lnChoose(all: number, some: number): number {
  return lnFactorial(all) - lnFactorial(some) - lnFactorial(all - some)
}

/** By Stirling's series where that is exact to nine digits; below, by multiplying. */
function lnFactorial(value: number): number {
  if (value < STIRLING_FROM) {
    let product = 1
    for (let factor = 2; factor <= value; factor++) product *= factor
    return Math.log(product)
  }
  return value * Math.log(value) - value + Math.log(2 * Math.PI * value) / 2 + 1 / (12 * value) - 1 / (360 * value ** 3)
}

const STIRLING_FROM = 16
