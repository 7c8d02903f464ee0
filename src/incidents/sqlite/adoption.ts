import type { DatabaseSync } from 'node:sqlite'
import { targetOf } from '../chain.ts'
import { copyAudit, notIntact, type CopySummary } from '../copy-audit.ts'
import type { StoredEntry } from '../entry.ts'
import { evidenceOf } from '../payloads.ts'
import { idOf } from './entries.ts'
import { insertEvidence, packedEvidence, type PackedEvidence } from './evidence.ts'
import { forget, rewriteSearch } from './purge.ts'
import { moveStaged, partedAt, stagingIn } from './staging.ts'
import { rollBack, statementsOf, type Statements } from './statements.ts'
import { StoreProblem, type CopyItem } from '../store.ts'

// A copy is read three times: to verify it; for its evidence, which nobody sees before an entry names it; for its entries, which are staged, and moved in one transaction.

/** Evidence is written so much at a time: some ten milliseconds, in which others wait. One piece may be more. Bytes, as packed. */
const BATCH_BYTES = 4 * 1024 * 1024
const BATCH_PIECES = 500

/** A copy that was verified. */
export interface VerifiedCopy {
  readonly summary: CopySummary
  /** Of its entries as they were read: a file may change between two readings. */
  readonly fingerprint: string
}

/** Goes through a copy without writing anything. */
export async function verifiedCopy(items: AsyncIterable<CopyItem>): Promise<VerifiedCopy> {
  const audit = copyAudit()
  const entries = fingerprint()
  for await (const item of items) {
    audit.next(item)
    if ('entry' in item) entries.next(item.entry)
  }
  return { summary: audit.end(), fingerprint: entries.value() }
}

/**
 * Puts in the evidence of those entries of a copy that are not here. Packed outside of a transaction: nobody else has to wait for it.
 *
 * @param write does this in one transaction
 * @param mustHaveRoom throws where the disk has no room for so many bytes
 */
export async function adoptEvidence(
  sql: Statements,
  items: AsyncIterable<CopyItem>,
  { summary: { incident }, fingerprint: expected }: VerifiedCopy,
  { write, mustHaveRoom }: EvidenceWriter,
): Promise<void> {
  const entries = fingerprint()
  const wanted = new Set<string>()
  let batch: PackedEvidence[] = []
  let bytes = 0
  const flush = async (): Promise<void> => {
    mustHaveRoom(bytes)
    await write(() => batch.forEach((each) => insertEvidence(sql, each)))
    batch = []
    bytes = 0
  }
  for await (const item of items) {
    if ('entry' in item) {
      entries.next(item.entry)
      if (isNew(sql, incident, item.entry)) for (const id of evidenceIn(item.entry)) wanted.add(id)
    } else if (wanted.has(item.evidence) && !sql.row('SELECT 1 FROM evidence WHERE id = ?', item.evidence)) {
      const packed = packedEvidence(item.bytes)
      if (packed.id !== item.evidence) throw changed()
      batch.push(packed)
      bytes += packed.zstd.length
      if (bytes >= BATCH_BYTES || batch.length >= BATCH_PIECES) await flush()
    }
  }
  if (entries.value() !== expected) throw changed()
  if (batch.length > 0) await flush()
}

export interface EvidenceWriter {
  readonly write: (work: () => void) => Promise<void>
  readonly mustHaveRoom: (bytes: number) => void
}

/** Reads the entries of a copy into a staging file that is attached to this connection. Nobody has to wait for it. */
export async function stageEntries(
  database: DatabaseSync,
  file: string,
  items: AsyncIterable<CopyItem>,
  { summary, fingerprint: expected }: VerifiedCopy,
): Promise<readonly StoredEntry[]> {
  const staging = stagingIn(database, file)
  const entries = fingerprint()
  const tombstones: StoredEntry[] = []
  let read = 0
  try {
    for await (const item of items) {
      if (!('entry' in item)) break
      entries.next(item.entry)
      staging.add(item.entry)
      if (item.entry.did === 'purged') tombstones.push(item.entry)
      if ((read += 1) === summary.entries) break
    }
    if (entries.value() !== expected) throw changed()
    staging.end()
    return tombstones
  } catch (error) {
    rollBack(database)
    throw error
  }
}

/**
 * Moves the staged entries, whose evidence is there, into the record in one transaction. What the copy has beyond ours is added; where the two went different
 * ways, nothing is. Gives how many were new.
 */
export async function adoptStaged(
  database: DatabaseSync,
  incident: string,
  tombstones: readonly StoredEntry[],
): Promise<number> {
  const sql = statementsOf(database)
  database.exec('BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON')
  try {
    const parting = partedAt(sql, incident)
    if (parting !== undefined) throw parted(incident, parting)
    const before = lastOf(sql, incident)
    await moveStaged(sql, incident, before)
    const forgotten = tombstones.filter((tombstone) => tombstone.seq > before && forgetOurs(sql, tombstone))
    if (forgotten.length > 0) rewriteSearch(sql)
    mustHaveEvidence(sql, incident)
    const added = lastOf(sql, incident) - before
    database.exec('COMMIT')
    return added
  } catch (error) {
    rollBack(database)
    throw error
  }
}

function lastOf(sql: Statements, incident: string): number {
  return Number(sql.row('SELECT max(seq) AS seq FROM entries WHERE incident = ?', incident)?.['seq'] ?? 0)
}

/**
 * Takes out evidence that no entry names: of an import that failed or was killed. To be called while no other import goes on.
 *
 * @param write does this in one transaction
 */
export async function removeStrays(sql: Statements, write: (work: () => void) => Promise<void>): Promise<void> {
  const strays = sql.rows(`SELECT id FROM evidence WHERE ${IS_STRAY}`).map((row) => String(row['id']))
  for (const id of strays) await write(() => sql.run(`DELETE FROM evidence WHERE id = ? AND ${IS_STRAY}`, id))
}

const IS_STRAY = 'NOT EXISTS (SELECT 1 FROM evidence_uses WHERE evidence_uses.evidence = evidence.id)'

/** Somebody may have purged an entry that rested on it too, since it was seen to be here. */
function mustHaveEvidence(sql: Statements, incident: string): void {
  const missing = sql.row(
    `SELECT 1 FROM entries JOIN evidence_uses ON evidence_uses.entry = entries.id
      WHERE incident = ? AND evidence NOT IN (SELECT id FROM evidence) LIMIT 1`,
    incident,
  )
  if (missing)
    throw new StoreProblem(
      'moved-on',
      `evidence of incident ${incident} was purged here while it was imported.`,
      'Nothing was imported. Import it again.',
    )
}

interface Fingerprint {
  next(entry: StoredEntry): void
  value(): string
}

function fingerprint(): Fingerprint {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  return {
    next: (entry) => void hash.update(`${JSON.stringify(entry)}\n`),
    value: () => hash.digest('hex'),
  }
}

function changed(): StoreProblem {
  return notIntact('it changed while it was read')
}

function evidenceIn({ body }: StoredEntry): readonly string[] {
  return body === undefined ? [] : evidenceOf(JSON.parse(body))
}

/** Throws where the two went different ways. */
function isNew(sql: Statements, incident: string, { seq, hash }: StoredEntry): boolean {
  const ours = sql.row('SELECT hash FROM entries WHERE incident = ? AND seq = ?', incident, seq)?.['hash']
  if (ours !== undefined && ours !== hash) throw parted(incident, seq)
  return ours === undefined
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
