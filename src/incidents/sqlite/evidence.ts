import type * as Zlib from 'node:zlib'
import { EVIDENCE_LIMIT, evidenceId } from '../entry.ts'
import type { Statements } from './statements.ts'
import { StoreProblem, type EntryName, type Purged } from '../store.ts'

/** Loaded when there is evidence: it costs a twentieth of a short command. */
const zlib = (): typeof Zlib => process.getBuiltinModule('node:zlib')

/** A piece as it is stored. */
export interface PackedEvidence {
  readonly id: string
  readonly bytes: number
  readonly zstd: Uint8Array
}

/** Outside of a transaction: nobody else has to wait for it. */
export function packedEvidence(bytes: Uint8Array): PackedEvidence {
  if (bytes.length > EVIDENCE_LIMIT)
    throw new StoreProblem(
      'too-large',
      `a piece of evidence of ${bytes.length} bytes is more than the record keeps (${EVIDENCE_LIMIT}).`,
      'Keep it as a file and note where it is.',
    )
  return { id: evidenceId(bytes), bytes: bytes.length, zstd: zlib().zstdCompressSync(bytes) }
}

export function insertEvidence(sql: Statements, { id, bytes, zstd }: PackedEvidence): void {
  sql.run('INSERT INTO evidence (id, bytes, zstd) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', id, bytes, zstd)
}

export function evidenceBytes(sql: Statements, id: string): Uint8Array | undefined {
  const blob = sql.row('SELECT zstd FROM evidence WHERE id = ?', id)?.['zstd']
  return blob instanceof Uint8Array ? zlib().zstdDecompressSync(blob, { maxOutputLength: EVIDENCE_LIMIT }) : undefined
}

/** What is wrong with a piece that an entry names. */
export function evidenceMistake(sql: Statements, id: string): string | undefined {
  const short = id.slice(0, 12)
  const length = sql.row('SELECT bytes FROM evidence WHERE id = ?', id)?.['bytes']
  if (length === undefined) return `the evidence ${short} that it rests on is gone`
  try {
    const bytes = evidenceBytes(sql, id)
    if (bytes && bytes.length === length && evidenceId(bytes) === id) return undefined
  } catch {
    // It cannot even be unpacked.
  }
  return `the evidence ${short} that it rests on was changed`
}

/** Content addresses of what an entry rests on. */
export function evidenceUsedBy(sql: Statements, entry: number): readonly string[] {
  return sql
    .rows('SELECT evidence FROM evidence_uses WHERE entry = ? ORDER BY evidence', entry)
    .map((row) => String(row['evidence']))
}

/** After the payload of that entry was purged: what nothing else names goes, and what others name stays. */
export function releaseEvidence(sql: Statements, entry: number): Pick<Purged, 'removed' | 'shared'> {
  const used = evidenceUsedBy(sql, entry)
  sql.run('DELETE FROM evidence_uses WHERE entry = ?', entry)
  const uses = used.map((evidence) => ({ evidence, by: namersOf(sql, evidence) }))
  const removed = uses.filter(({ by }) => by.length === 0).map(({ evidence }) => evidence)
  for (const evidence of removed) sql.run('DELETE FROM evidence WHERE id = ?', evidence)
  return { removed, shared: uses.filter(({ by }) => by.length > 0) }
}

function namersOf(sql: Statements, evidence: string): readonly EntryName[] {
  return sql
    .rows(
      `SELECT incident, seq FROM evidence_uses JOIN entries ON entries.id = evidence_uses.entry WHERE evidence = ?
        ORDER BY incident, seq`,
      evidence,
    )
    .map((row) => ({ incident: String(row['incident']), seq: Number(row['seq']) }))
}
