import type { Configuration } from '../boxes/configuration.ts'
import { PRICES, type Price } from '../boxes/price.ts'
import { highestPriceOf } from '../boxes/selection.ts'

/** That the policy of a box forbids something. */
export interface BeyondPolicy {
  /** What it allows at most. */
  readonly allowed: Price
  /** Goes on after other words, without a full stop. */
  readonly clause: string
  readonly sentence: string
}

/** Undefined: its policy allows it, or it has none. */
export function beyondPolicyOf(
  box: string,
  price: Price,
  settings: Configuration,
  what = `this is ${price}`,
): BeyondPolicy | undefined {
  const allowed = highestPriceOf(box, settings)
  if (allowed === undefined || PRICES.indexOf(price) <= PRICES.indexOf(allowed)) return undefined
  const said = `policy of ${box} in ${settings.file} allows ${allowed} at most, and ${what}`
  return { allowed, clause: `the ${said}`, sentence: `The ${said}.` }
}
