import type { Holder } from '../incidents/situation.ts'
import { decideAndRecord, type ClosedBefore, type Decided, type OpenIncident } from './decide.ts'

export type NotTaken =
  | ClosedBefore
  | { readonly why: 'yours'; readonly holder: Holder }
  /** Somebody else took it after it was asked for. */
  | { readonly why: 'taken'; readonly holder: Holder }

/**
 * Records that this person has the incident from now on, or takes back what they handed over and nobody has taken yet. Of two who take it at once, the
 * second is told of the first.
 */
export function takeOver(open: OpenIncident, me: string): Promise<Decided<NotTaken>> {
  let from: Holder | undefined
  return decideAndRecord<NotTaken>(open, ({ closed, holder, handedOver }) => {
    if (closed) return { leave: { why: 'closed', closed } }
    if (holder.by === me && !handedOver) return { leave: { why: 'yours', holder } }
    from ??= holder
    if (from.seq !== holder.seq) return { leave: { why: 'taken', holder } }
    return { write: { did: 'took-over', payload: { from: holder.by } } }
  })
}
