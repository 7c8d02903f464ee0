import { keptElsewhere } from '../incidents/kept-elsewhere.ts'
import { debtsOf, endOf, holdingsOf, mayHold } from '../incidents/holding.ts'
import type { AnyEntry, Purge, Purged, Store } from '../incidents/store.ts'

export interface PurgeOutcome extends Purged {
  /** Files made of the incident that may still have it. */
  readonly elsewhere: readonly string[]
}

/** Takes out for good what an entry says, and gives what of it stays. Rejects with a `StoreProblem`. */
export async function purge(store: Store, incident: string, seq: number, tombstone: Purge): Promise<PurgeOutcome> {
  const entries = await store.read(incident)
  const elsewhere = keptElsewhere(
    entries.filter((entry) => entry.seq > seq),
    seq,
  )
  const entry = entries.find((each) => each.seq === seq)
  const counts = entry ? whatCounts(entries, entry) : {}
  return { ...(await store.purge(incident, seq, { ...tombstone, ...counts })), elsewhere }
}

/** That something is over is no secret of an entry, and nobody could say it any more without it. */
function whatCounts(entries: readonly AnyEntry[], entry: AnyEntry): Pick<Purge, 'of' | 'over'> {
  const isOpen = [...holdingsOf(entries), ...debtsOf(entries)].some(({ seq }) => seq === entry.seq)
  return { of: endOf(entry), over: mayHold(entry) && !isOpen ? true : undefined }
}
