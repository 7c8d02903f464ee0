import { nextHypothesisNumber, type Hypothesis, type Verdict } from '../incidents/hypotheses.ts'
import type { AnyEntry } from '../incidents/store.ts'
import { decideAndRecord, type ClosedBefore, type Decided, type OpenIncident } from './decide.ts'

/** Writes down what may be the cause; two who do so at once get two numbers. */
export function suppose(open: OpenIncident, text: string): Promise<Decided<ClosedBefore>> {
  return decideAndRecord<ClosedBefore>(open, ({ hypotheses, closed }) =>
    closed
      ? { leave: { why: 'closed', closed } }
      : { write: { did: 'supposed', payload: { hypothesis: nextHypothesisNumber(hypotheses), text } } },
  )
}

export interface Judgement {
  readonly state: Verdict['state']
  readonly number: number
  readonly why: string
  /** Numbers of the entries that show it. */
  readonly evidence: readonly number[]
}

export type NotJudged =
  | ClosedBefore
  | { readonly why: 'no-such-hypothesis'; readonly known: readonly Hypothesis[] }
  /** There are no entries with these numbers, or they were purged and show nothing any more. */
  | { readonly why: 'no-such-entry'; readonly missing: readonly number[]; readonly purged: readonly number[] }

/** Rules a hypothesis out, or confirms it, by entries that show it. What was said of it before stays in the record, and the last word counts. */
export function judge(open: OpenIncident, { state, number, why, evidence }: Judgement): Promise<Decided<NotJudged>> {
  return decideAndRecord<NotJudged>(open, ({ hypotheses, closed }, entries) => {
    if (closed) return { leave: { why: 'closed', closed } }
    if (!hypotheses.some((each) => each.number === number))
      return { leave: { why: 'no-such-hypothesis', known: hypotheses } }
    const without = withoutEvidence(entries, evidence)
    if (without.missing.length + without.purged.length > 0) return { leave: { why: 'no-such-entry', ...without } }
    return { write: { did: state, payload: { hypothesis: number, why, by: evidence } } }
  })
}

function withoutEvidence(
  entries: readonly AnyEntry[],
  wanted: readonly number[],
): { readonly missing: readonly number[]; readonly purged: readonly number[] } {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]))
  return {
    missing: wanted.filter((seq) => !bySeq.has(seq)),
    purged: wanted.filter((seq) => bySeq.has(seq) && bySeq.get(seq)?.payload === undefined),
  }
}
