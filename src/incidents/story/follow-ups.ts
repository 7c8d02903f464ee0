import type { Holding } from '../holding.ts'
import type { Situation } from '../situation.ts'
import type { AnyEntry } from '../store.ts'
import { told } from '../told.ts'
import type { Change } from './changes.ts'
import type { BoxSights, State } from './sights.ts'
import type { TopicNote } from './topics.ts'

/** What is still to do, as far as the record can tell. */
export type FollowUp =
  | { readonly kind: 'debt'; readonly seq: number; readonly what: string; readonly box: string | undefined }
  | { readonly kind: 'holding'; readonly holding: Holding }
  | { readonly kind: 'not-verified'; readonly seq: number; readonly what: string }
  | { readonly kind: 'no-cause' }
  | { readonly kind: 'open-hypothesis'; readonly seq: number; readonly number: number; readonly text: string }
  | { readonly kind: 'overrode'; readonly seq: number; readonly what: string; readonly reason: string }
  | { readonly kind: 'not-ok'; readonly seq: number; readonly box: string; readonly state: State }
  | { readonly kind: 'not-told'; readonly seq: number }
  | { readonly kind: 'noted'; readonly seq: number; readonly text: string }

export interface FollowUpParts {
  readonly entries: readonly AnyEntry[]
  readonly situation: Situation
  readonly boxes: readonly BoxSights[]
  readonly changes: readonly Change[]
  readonly notes: readonly TopicNote[]
  readonly hasCause: boolean
}

/** What is urgent first: what is on a box and not in the repository, what still runs, what nobody verified. */
export function followUpsOf(parts: FollowUpParts): readonly FollowUp[] {
  const { entries, situation, hasCause, notes } = parts
  const { debts, holdings, hypotheses, untold } = situation
  return [
    ...debts.map(({ seq, what, box }): FollowUp => ({ kind: 'debt', seq, what, box })),
    ...holdings.map((holding): FollowUp => ({ kind: 'holding', holding })),
    ...notVerified(parts),
    ...boxesNotOk(parts),
    ...(hasCause ? [] : [{ kind: 'no-cause' } as const]),
    ...hypotheses
      .filter(({ state }) => state === 'open')
      .map(({ seq, number, text }): FollowUp => ({ kind: 'open-hypothesis', seq, number, text: text ?? '' })),
    ...told(entries, 'overrode').map(({ seq, payload }): FollowUp => ({
      kind: 'overrode',
      seq,
      what: payload.what,
      reason: payload.reason,
    })),
    ...[...new Set(untold.map(({ of }) => of))].map((seq): FollowUp => ({ kind: 'not-told', seq })),
    ...notes
      .filter(({ topic }) => topic === 'follow-up')
      .map(({ seq, text }): FollowUp => ({ kind: 'noted', seq, text })),
  ]
}

/** The last change that is still in place, when nothing good was found after it. */
function notVerified({ entries, changes }: FollowUpParts): readonly FollowUp[] {
  const last = changes.findLast(({ how, undone }) => how === 'changed' && undone === undefined)
  if (!last) return []
  const good = told(entries, 'verified').some(({ seq, payload }) => payload.good && seq > last.seq)
  return good ? [] : [{ kind: 'not-verified', seq: last.seq, what: last.what }]
}

function boxesNotOk({ boxes }: FollowUpParts): readonly FollowUp[] {
  return boxes.flatMap(({ box, sights }): readonly FollowUp[] => {
    const last = sights.at(-1)
    return last && last.state !== 'ok' ? [{ kind: 'not-ok', seq: last.seq, box, state: last.state }] : []
  })
}
