import { closeSync, openSync, rmSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as others } from 'node:timers/promises'
import type { StoredEntry } from '../entry.ts'
import { evidenceOf, wordsOf } from '../payloads.ts'
import { headerValues } from './entries.ts'
import { statementsOf, type Statements } from './statements.ts'

/**
 * Entries of an import on their way into the record, in a file of their own beside it: reading them, and all that is worked out of them, takes most of the
 * time, and nobody has to wait for it. Then SQL alone moves them.
 */
export interface Staging {
  /** Of one incident, in order. */
  add(entry: StoredEntry): void
  /** All were added. */
  end(): void
}

/** Attaches an empty one to a connection. What lies in its place is of an import that was killed; `removeStaging` takes it away. */
export function stagingIn(database: DatabaseSync, file: string): Staging {
  removeStaging(file)
  // SQLite would let others read what it makes.
  closeSync(openSync(file, 'wx', 0o600))
  const sql = statementsOf(database)
  sql.run('ATTACH ? AS staged', file)
  database.exec(TABLES)
  database.exec('BEGIN')
  return { add: (entry) => stage(sql, entry), end: () => database.exec('COMMIT') }
}

export function removeStaging(file: string): void {
  for (const end of ['', '-journal']) rmSync(`${file}${end}`, { force: true })
}

/** Nothing of it has to outlive a power loss, or the import. */
const TABLES = `
PRAGMA staged.journal_mode = MEMORY;
PRAGMA staged.synchronous = OFF;
CREATE TABLE staged.arriving (
  seq INTEGER PRIMARY KEY, v INTEGER, at TEXT, by TEXT, did TEXT, box TEXT, hostname TEXT, machine_id TEXT, boot_id TEXT,
  payload_hash TEXT, prev TEXT, hash TEXT, salt TEXT, body TEXT, words TEXT
) STRICT;
CREATE TABLE staged.uses (seq INTEGER, evidence TEXT, PRIMARY KEY (seq, evidence)) STRICT, WITHOUT ROWID;`

function stage(sql: Statements, entry: StoredEntry): void {
  const { v, seq, salt, body } = entry
  const isThere = salt !== undefined && body !== undefined
  const payload: unknown = isThere ? JSON.parse(body) : undefined
  sql.run(
    'INSERT INTO staged.arriving VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    seq,
    v,
    ...headerValues(entry),
    isThere ? salt : null,
    isThere ? body : null,
    isThere ? wordsOf(payload) : null,
  )
  if (isThere) for (const id of evidenceOf(payload)) sql.run('INSERT INTO staged.uses VALUES (?, ?)', seq, id)
}

/** So many at a time, some tens of milliseconds: what else this process does goes on in between. Entries. */
const SLICE = 2_000

/** Inside of a transaction: those behind a number of an incident, with what is derived from them. */
export async function moveStaged(sql: Statements, incident: string, after: number): Promise<void> {
  const last = Number(sql.row('SELECT max(seq) AS seq FROM staged.arriving')?.['seq'] ?? 0)
  for (let from = after; from < last; from += SLICE) {
    for (const move of MOVES) sql.run(move, incident, from, from + SLICE)
    await others()
  }
}

const ROWS = 'FROM staged.arriving AS here'
const NAMED = 'JOIN main.entries AS named ON named.incident = ?1 AND named.seq = here.seq'
const RANGE = 'here.seq > ?2 AND here.seq <= ?3'
const MOVES: readonly string[] = [
  `INSERT INTO main.entries (v, incident, seq, at, by, did, box, hostname, machine_id, boot_id, payload_hash, prev, hash)
    SELECT v, ?1, seq, at, by, did, box, hostname, machine_id, boot_id, payload_hash, prev, hash ${ROWS} WHERE ${RANGE} ORDER BY seq`,
  `INSERT INTO main.payloads (entry, salt, body) SELECT named.id, salt, body ${ROWS} ${NAMED} WHERE ${RANGE} AND body IS NOT NULL`,
  `INSERT INTO main.search (rowid, words) SELECT named.id, words ${ROWS} ${NAMED} WHERE ${RANGE} AND body IS NOT NULL`,
  `INSERT INTO main.evidence_uses (evidence, entry) SELECT here.evidence, named.id FROM staged.uses AS here ${NAMED} WHERE ${RANGE}`,
]

/** The first entry of a copy that is another one here: from there on the two went different ways. */
export function partedAt(sql: Statements, incident: string): number | undefined {
  const seq = sql.row(
    `SELECT min(here.seq) AS seq ${ROWS} JOIN main.entries AS ours ON ours.incident = ? AND ours.seq = here.seq WHERE ours.hash <> here.hash`,
    incident,
  )?.['seq']
  return seq === undefined || seq === null ? undefined : Number(seq)
}
