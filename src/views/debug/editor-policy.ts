import type { Configuration } from '../../boxes/configuration.ts'
import { PRICES, type Price } from '../../boxes/price.ts'
import { highestPriceOf } from '../../boxes/selection.ts'

/** What the policy of a box says to a debugger for an editor. Neither where it allows it. */
export interface EditorPolicy {
  /** Why nothing is attached; goes on after a colon, without a full stop. */
  readonly refused: string | undefined
  /** What is done in spite of it (`--anyway`): a sentence for the record. */
  readonly overridden: string | undefined
}

export function editorPolicy(
  box: string,
  settings: Configuration,
  { price, anyway }: { readonly price: Price; readonly anyway: string | undefined },
): EditorPolicy {
  const allowed = highestPriceOf(box, settings)
  if (allowed === undefined || PRICES.indexOf(price) <= PRICES.indexOf(allowed))
    return { refused: undefined, overridden: undefined }
  const said = `policy of ${box} in ${settings.file} allows ${allowed} at most, and this is ${price}`
  return anyway === undefined
    ? { refused: `the ${said}`, overridden: undefined }
    : { refused: undefined, overridden: `The ${said}.` }
}
