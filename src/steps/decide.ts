import type { Recorder, RecordDraft } from '../incidents/recorder.ts'
import { situationOf, type Closed, type Situation } from '../incidents/situation.ts'
import { problemOf } from '../incidents/sqlite-failures.ts'
import type { AnyEntry, Store, StoreProblem } from '../incidents/store.ts'

/** An incident that a step reads and writes. */
export interface OpenIncident {
  readonly store: Store
  readonly incident: string
  /** Writes into the same incident. */
  readonly recorder: Recorder
}

/** What to write, or why nothing is to be written. */
export type Decision<T> = { readonly write: RecordDraft } | { readonly leave: T }

export type Decided<T> =
  /** `situation` is the one before the entry. */
  | { readonly how: 'recorded'; readonly entry: AnyEntry; readonly situation: Situation }
  | { readonly how: 'left'; readonly leave: T; readonly situation: Situation }
  | { readonly how: 'failed'; readonly problem: StoreProblem }

/** Somebody else is writing all the time; each try costs a few milliseconds. */
const TRIES = 50

/**
 * Reads where the incident stands, decides on it, and writes only if nobody wrote in between; else it reads what came and decides again. So two people
 * who do the same at once do not both win. Never rejects.
 */
export async function decideAndRecord<T>(
  { store, incident, recorder }: OpenIncident,
  decide: (situation: Situation, entries: readonly AnyEntry[]) => Decision<T>,
): Promise<Decided<T>> {
  try {
    let entries = await store.read(incident)
    for (let attempt = 1; ; attempt += 1) {
      const situation = situationOf(entries)
      const decision = decide(situation, entries)
      if ('leave' in decision) return { how: 'left', leave: decision.leave, situation }
      const recorded = await recorder.record(() => decision.write, [], { after: situation.last.seq })
      if (recorded.how === 'recorded') return { how: 'recorded', entry: recorded.entry, situation }
      if (recorded.how === 'no-incident') throw new Error(`the recorder does not write into ${incident}`)
      if (recorded.problem.kind !== 'moved-on' || attempt === TRIES) return { how: 'failed', problem: recorded.problem }
      entries = [...entries, ...(await store.read(incident, { after: situation.last.seq }))]
    }
  } catch (error) {
    return { how: 'failed', problem: problemOf(error, store.place) }
  }
}

/** Somebody closed it: who, and when. */
export interface ClosedBefore {
  readonly why: 'closed'
  readonly closed: Closed
}
