import type { DatabaseSync } from 'node:sqlite'
import { targetOf } from '../chain.ts'
import { copyAudit, notIntact, type CopySummary } from '../copy-audit.ts'
import type { StoredEntry } from '../entry.ts'
import { evidenceOf } from '../payloads.ts'
import { idOf, insertEntry, mustExist, storedEntries } from './entries.ts'
import { evidenceBytes, insertEvidence, packedEvidence } from './evidence.ts'
import { forget, rewriteSearch } from './purge.ts'
import { rollBack, statementsOf, type Statements } from './statements.ts'
import { StoreProblem, type Adopted, type CopyItem } from '../store.ts'

/** An incident at one moment, over a connection of its own: others write on meanwhile. */
export function* copyOf(database: DatabaseSync, incident: string): Iterable<CopyItem> {
  const sql = statementsOf(database)
  database.exec('BEGIN')
  try {
    mustExist(sql, incident)
    for (const { id: _, ...entry } of storedEntries(sql, incident)) yield { entry }
    for (const row of sql.each(NAMED, incident)) {
      const evidence = String(row[0])
      const bytes = evidenceBytes(sql, evidence)
      if (bytes) yield { evidence, bytes }
    }
  } finally {
    rollBack(database)
  }
}

const NAMED = `SELECT DISTINCT evidence FROM evidence_uses JOIN entries ON entries.id = evidence_uses.entry
  WHERE incident = ? ORDER BY evidence`

/** Goes through a copy without writing anything. */
export async function verifiedCopy(items: AsyncIterable<CopyItem>): Promise<CopySummary> {
  const audit = copyAudit()
  for await (const item of items) audit.next(item)
  return audit.end()
}

/**
 * Writes a copy that was verified, over a connection of its own, in one transaction. What the copy has beyond ours is added; where the two went
 * different ways, nothing is. It is verified once more on the way, since a file may change between two readings.
 */
export async function adoptCopy(
  database: DatabaseSync,
  items: AsyncIterable<CopyItem>,
  verified: CopySummary,
): Promise<Adopted> {
  const sql = statementsOf(database)
  const audit = copyAudit()
  const adoption = adoptionInto(sql, verified.incident)
  // Entries come before the evidence that they name.
  database.exec('BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON')
  try {
    for await (const item of items) {
      audit.next(item)
      adoption.next(item)
    }
    if (audit.end().head !== verified.head) throw notIntact('it changed while it was read')
    const added = adoption.end()
    database.exec('COMMIT')
    return { ...verified, added }
  } catch (error) {
    rollBack(database)
    throw error
  }
}

interface Adoption {
  next(item: CopyItem): void
  /** How many entries were new. */
  end(): number
}

function adoptionInto(sql: Statements, incident: string): Adoption {
  const tombstones: StoredEntry[] = []
  const wanted = new Set<string>()
  let added = 0
  const takeEntry = (entry: StoredEntry): void => {
    const ours = sql.row('SELECT hash FROM entries WHERE incident = ? AND seq = ?', incident, entry.seq)?.['hash']
    if (ours === entry.hash) return
    if (ours !== undefined) throw parted(incident, entry.seq)
    insertEntry(sql, entry)
    added += 1
    if (entry.did === 'purged') tombstones.push(entry)
    for (const id of entry.body === undefined ? [] : evidenceOf(JSON.parse(entry.body))) wanted.add(id)
  }
  return {
    next: (item) => {
      if ('entry' in item) takeEntry(item.entry)
      else if (wanted.has(item.evidence)) insertEvidence(sql, packedEvidence(item.bytes))
    },
    end: () => {
      const forgotten = tombstones.filter((tombstone) => forgetOurs(sql, tombstone))
      if (forgotten.length > 0) rewriteSearch(sql)
      return added
    },
  }
}

/** A tombstone that came with a copy stands for its entry here as well: the payload that we still had goes. False when there was none. */
function forgetOurs(sql: Statements, tombstone: StoredEntry): boolean {
  const target = targetOf(tombstone)
  const id = target === undefined ? undefined : idOf(sql, tombstone.incident, target)
  if (id === undefined || !sql.row('SELECT 1 FROM payloads WHERE entry = ?', id)) return false
  forget(sql, id)
  return true
}

function parted(incident: string, seq: number): StoreProblem {
  return new StoreProblem(
    'already-there',
    `incident ${incident} is here already, and the two went different ways from entry ${seq} on.`,
    'Nothing was imported. Import it into another HALLIGAN_HOME to read it.',
  )
}
