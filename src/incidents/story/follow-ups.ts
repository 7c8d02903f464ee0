import type { AnyEntry } from '../store.ts'
import type { Change } from './changes.ts'
import type { Course } from './course.ts'
import type { Hypothesis } from './hypotheses.ts'
import type { BoxStory, State } from './sights.ts'
import { those } from './told.ts'

/** What is still to do, as far as the record can tell. */
export type FollowUp =
  | { readonly kind: 'debt'; readonly seq: number; readonly what: string; readonly box: string | undefined }
  | {
      readonly kind: 'still-there'
      readonly seq: number
      readonly what: string
      readonly box: string | undefined
      readonly undo: string | undefined
    }
  | { readonly kind: 'not-verified'; readonly seq: number; readonly what: string }
  | { readonly kind: 'no-cause' }
  | { readonly kind: 'open-hypothesis'; readonly seq: number; readonly number: number; readonly text: string }
  | { readonly kind: 'overrode'; readonly seq: number; readonly what: string; readonly reason: string }
  | { readonly kind: 'not-ok'; readonly seq: number; readonly box: string; readonly state: State }
  | { readonly kind: 'job-running'; readonly seq: number; readonly box: string | undefined; readonly line: string }
  | { readonly kind: 'not-told'; readonly seq: number }
  | { readonly kind: 'noted'; readonly seq: number; readonly text: string }

export interface FollowUpParts {
  readonly entries: readonly AnyEntry[]
  readonly boxes: readonly BoxStory[]
  readonly changes: readonly Change[]
  readonly hypotheses: readonly Hypothesis[]
  readonly course: Course
  readonly hasCause: boolean
  /** What people wrote down as to be done. */
  readonly noted: readonly { readonly seq: number; readonly text: string }[]
}

/** What is urgent first: what is on a box and not in the repository, what still runs, what nobody verified. */
export function followUpsOf(parts: FollowUpParts): readonly FollowUp[] {
  const { entries, changes, hypotheses, hasCause, noted } = parts
  const inPlace = changes.filter(({ undone }) => undone === undefined)
  const isDebt = (change: Change): boolean => change.debt && change.linked.length === 0
  return [
    ...inPlace.filter(isDebt).map(({ seq, what, box }): FollowUp => ({ kind: 'debt', seq, what, box })),
    ...inPlace
      .filter((change) => change.running || (change.how === 'relieved' && change.undo !== undefined))
      .map(({ seq, what, box, undo }): FollowUp => ({ kind: 'still-there', seq, what, box, undo })),
    ...jobsRunning(entries),
    ...notVerified(parts),
    ...boxesNotOk(parts),
    ...(hasCause ? [] : [{ kind: 'no-cause' } as const]),
    ...hypotheses.flatMap(({ ended, supposed, number, text }): readonly FollowUp[] =>
      ended || !supposed ? [] : [{ kind: 'open-hypothesis', seq: supposed.seq, number, text: text ?? '' }],
    ),
    ...those(entries, 'overrode').map(({ seq, payload }): FollowUp => ({
      kind: 'overrode',
      seq,
      what: payload.what,
      reason: payload.reason,
    })),
    ...those(entries, 'notified')
      .filter(({ payload }) => !payload.ok)
      .map(({ seq }): FollowUp => ({ kind: 'not-told', seq })),
    ...noted.map(({ seq, text }): FollowUp => ({ kind: 'noted', seq, text })),
  ]
}

/** The last change that is still in place, when nothing good was found after it. */
function notVerified({ entries, changes }: FollowUpParts): readonly FollowUp[] {
  const last = changes.findLast(({ how, undone }) => how === 'changed' && undone === undefined)
  if (!last) return []
  const good = those(entries, 'verified').some(({ seq, payload }) => payload.good && seq > last.seq)
  return good ? [] : [{ kind: 'not-verified', seq: last.seq, what: last.what }]
}

function boxesNotOk({ boxes }: FollowUpParts): readonly FollowUp[] {
  return boxes.flatMap(({ box, sights }): readonly FollowUp[] => {
    const last = sights.at(-1)
    return last && last.state !== 'ok' ? [{ kind: 'not-ok', seq: last.seq, box, state: last.state }] : []
  })
}

function jobsRunning(entries: readonly AnyEntry[]): readonly FollowUp[] {
  const runs = those(entries, 'ran')
  const collected = new Set(runs.flatMap(({ payload }) => (payload.of === undefined ? [] : [payload.of])))
  return runs
    .filter(({ seq, payload }) => payload.state === 'running' && !collected.has(seq))
    .map(({ seq, box, payload }) => ({ kind: 'job-running', seq, box, line: payload.line }))
}
