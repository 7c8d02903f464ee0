import type { Broken, IncidentSummary, Store } from '../incidents/store.ts'

export interface AuditOutcome {
  readonly incidents: readonly AuditedIncident[]
  /** What is wrong with the record beside the chains, in sentences. */
  readonly record: readonly string[]
}

export interface AuditedIncident {
  readonly id: string
  readonly entries: number
  readonly head: string
  readonly broken: Broken | undefined
}

/** Goes through the chains of these incidents and through the record as a whole. Rejects with a `StoreProblem`. */
export async function audit(store: Store, incidents: readonly IncidentSummary[]): Promise<AuditOutcome> {
  const audited: AuditedIncident[] = []
  for (const { id, entries, head } of incidents) audited.push({ id, entries, head, broken: await store.audit(id) })
  return { incidents: audited, record: await store.examine() }
}

/**
 * Where the entry with this hash stands, or with one that begins so: whoever noted the head of an incident (a hand-over, a write-up and an export print it)
 * sees that nothing before it was changed or taken out since.
 */
export async function findHead(
  store: Store,
  incidents: readonly IncidentSummary[],
  head: string,
): Promise<{ readonly id: string; readonly seq: number } | undefined> {
  for (const { id } of incidents) {
    const found = (await store.read(id)).find(({ hash }) => hash.startsWith(head.toLowerCase()))
    if (found) return { id, seq: found.seq }
  }
  return undefined
}
