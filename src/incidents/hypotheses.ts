import type { AnyEntry } from './store.ts'
import type { EntryOf } from './entry.ts'

/** What may be the cause, and what came of it. */
export interface Hypothesis {
  /** 1 for the first one of an incident. */
  readonly number: number
  /** Undefined once it was purged. */
  readonly text: string | undefined
  /** Entry that supposed it. */
  readonly seq: number
  readonly at: string
  readonly by: string
  readonly state: 'open' | Verdict['state']
  /** The last word about it; undefined while it is open. */
  readonly verdict: Verdict | undefined
  /** Words about it before the last one. */
  readonly before: readonly Verdict[]
}

export interface Verdict {
  readonly state: 'ruled-out' | 'confirmed'
  readonly seq: number
  readonly at: string
  readonly by: string
  readonly why: string
  /** Entries that show it. */
  readonly evidence: readonly number[]
}

/**
 * All hypotheses of an incident in the order of their numbers. The last verdict about one counts; but when the incident was opened again, what had been
 * confirmed was not it, or not all of it: it is open again until somebody says so anew, and what was said stands in `before`.
 */
export function hypothesesOf(entries: readonly AnyEntry[]): readonly Hypothesis[] {
  const found = new Map<number, Hypothesis>()
  for (const entry of entries) {
    if (entry.did === 'supposed') suppose(found, entry)
    else if (entry.did === 'ruled-out' || entry.did === 'confirmed') judge(found, entry)
    else if (entry.did === 'opened') openAgain(found)
  }
  return [...found.values()].toSorted((a, b) => a.number - b.number)
}

/** The number that the next one gets. */
export function nextHypothesisNumber(hypotheses: readonly Hypothesis[]): number {
  return Math.max(0, ...hypotheses.map(({ number }) => number)) + 1
}

/** A purged one keeps its place: numbers are given in order, so it had the next one. */
function suppose(found: Map<number, Hypothesis>, { seq, at, by, payload }: EntryOf<'supposed'>): void {
  const number = payload?.hypothesis ?? nextHypothesisNumber([...found.values()])
  const text = payload?.text
  const known = found.get(number)
  found.set(
    number,
    known ? { ...known, text } : { number, text, seq, at, by, state: 'open', verdict: undefined, before: [] },
  )
}

function judge(found: Map<number, Hypothesis>, entry: EntryOf<'ruled-out'> | EntryOf<'confirmed'>): void {
  const { did: state, payload, seq, at, by } = entry
  const known = payload && found.get(payload.hypothesis)
  if (!known) return
  const verdict: Verdict = { state, seq, at, by, why: payload.why, evidence: payload.by }
  const before = known.verdict ? [...known.before, known.verdict] : known.before
  found.set(known.number, { ...known, state, verdict, before })
}

function openAgain(found: Map<number, Hypothesis>): void {
  for (const each of found.values())
    if (each.verdict?.state === 'confirmed')
      found.set(each.number, { ...each, state: 'open', verdict: undefined, before: [...each.before, each.verdict] })
}

/** The verdict of a hypothesis that was confirmed before the incident was opened again, and of which nothing was said since. */
export function lapsedVerdict({ state, before }: Hypothesis): Verdict | undefined {
  const last = before.at(-1)
  return state === 'open' && last?.state === 'confirmed' ? last : undefined
}
