import { keptElsewhere } from '../incidents/kept-elsewhere.ts'
import type { Purge, Purged, Store } from '../incidents/store.ts'

export interface PurgeOutcome extends Purged {
  /** Files made of the incident that may still have it. */
  readonly elsewhere: readonly string[]
}

/** Takes out for good what an entry says, and gives what of it stays. Rejects with a `StoreProblem`. */
export async function purge(store: Store, incident: string, seq: number, tombstone: Purge): Promise<PurgeOutcome> {
  const elsewhere = keptElsewhere(await store.read(incident, { after: seq }), seq)
  return { ...(await store.purge(incident, seq, tombstone)), elsewhere }
}
