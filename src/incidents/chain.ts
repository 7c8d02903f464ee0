import { BEFORE_THE_FIRST, evidenceId, headerHash, payloadHash, type StoredEntry } from './entry.ts'
import { evidenceOf, payloads } from './payloads.ts'
import type { Broken } from './store.ts'

/** Goes through the entries of one incident in order; the first that does not fit, or undefined. */
export function auditChain(
  entries: readonly StoredEntry[],
  evidence: (id: string) => Uint8Array | undefined,
): Broken | undefined {
  const purged = new Set(entries.flatMap(purgedBy))
  let prev = BEFORE_THE_FIRST
  for (const [index, entry] of entries.entries()) {
    const why = mistakeIn(entry, index + 1, prev, purged) ?? missingEvidence(entry, evidence)
    if (why) return { seq: index + 1, why }
    prev = entry.hash
  }
  return undefined
}

function mistakeIn(entry: StoredEntry, seq: number, prev: string, purged: ReadonlySet<number>): string | undefined {
  if (entry.seq !== seq) return `entry ${seq} is missing: the next one has the number ${entry.seq}`
  if (entry.prev !== prev) return 'it does not follow the entry before it: one was exchanged or taken out'
  if (entry.hash !== headerHash(entry)) return 'its header was changed after it was written'
  if (entry.salt === undefined || entry.body === undefined)
    return purged.has(seq) ? undefined : 'its payload is gone, and no entry says who purged it'
  return payloadHash(entry.salt, entry.body) === entry.payloadHash
    ? undefined
    : 'what it says was changed after it was written'
}

function missingEvidence({ body }: StoredEntry, evidence: (id: string) => Uint8Array | undefined): string | undefined {
  for (const id of body === undefined ? [] : evidenceOf(parsed(body))) {
    const bytes = evidence(id)
    if (!bytes) return `the evidence ${id.slice(0, 12)} that it rests on is gone`
    if (evidenceId(bytes) !== id) return `the evidence ${id.slice(0, 12)} that it rests on was changed`
  }
  return undefined
}

function purgedBy({ did, body }: StoredEntry): readonly number[] {
  if (did !== 'purged' || body === undefined) return []
  const payload = payloads.purged.safeParse(parsed(body))
  return payload.success ? [payload.data.seq] : []
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
