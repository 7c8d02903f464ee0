import type { Configuration } from '../../boxes/configuration.ts'
import type { Price } from '../../boxes/price.ts'
import { beyondPolicyOf } from '../beyond-policy.ts'

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
  const beyond = beyondPolicyOf(box, price, settings)
  if (!beyond) return { refused: undefined, overridden: undefined }
  return anyway === undefined
    ? { refused: beyond.clause, overridden: undefined }
    : { refused: undefined, overridden: beyond.sentence }
}
