import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fchmodSync, openSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { auditChain } from './chain.ts'
import {
  BEFORE_THE_FIRST,
  ENTRY_VERSION,
  evidenceId,
  headerHash,
  payloadHash,
  type Draft,
  type Entry,
  type StoredEntry,
} from './entry.ts'
import { fileModeIn, makeHome, syncFolder } from './home.ts'
import { evidenceOf, isDid, payloads, wordsOf } from './payloads.ts'
import { problemOf } from './sqlite-failures.ts'
import { APPLICATION_ID, MIGRATIONS } from './sqlite-schema.ts'
import {
  StoreProblem,
  type AnyEntry,
  type IncidentCopy,
  type IncidentSummary,
  type Purge,
  type Store,
} from './store.ts'

/** Another console holds the lock for some milliseconds (one fsync); one that holds it this long hangs. Milliseconds. */
const LOCK_LIMIT_MS = 10_000
/** A new entry of another process is seen within this; a look costs some ten microseconds. Milliseconds. */
const POLL_MS = 50
/** One piece of evidence: far above what is kept of any output (the limits are at the commands), below SQLite's 1 GB for a value. Bytes. */
const EVIDENCE_LIMIT = 256 * 1024 * 1024

/** Opens the record in this folder, and makes it where there is none yet. Throws a `StoreProblem`. */
export function openSqliteStore(folder: string): Store {
  const file = path.join(folder, 'record.db')
  const database = guarded(file, () => opened(folder, file))
  return sqliteStore(database, file)
}

function opened(folder: string, file: string): DatabaseSync {
  makeHome(folder)
  const isNew = !existsSync(file)
  if (isNew) createEmpty(folder, file)
  const database = new DatabaseSync(file, { timeout: LOCK_LIMIT_MS })
  try {
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON')
    migrate(database, file)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** With the mode that the folder asks for; SQLite gives its -wal and -shm the same. */
function createEmpty(folder: string, file: string): void {
  const descriptor = openSync(file, 'a', 0o600)
  fchmodSync(descriptor, fileModeIn(folder))
  closeSync(descriptor)
  syncFolder(folder)
}

function migrate(database: DatabaseSync, file: string): void {
  const number = (pragma: string): number => Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0])
  const application = number('application_id')
  const version = number('user_version')
  if (application !== APPLICATION_ID && (application !== 0 || version !== 0))
    throw new StoreProblem(
      'corrupt',
      `${file} is a database of another program.`,
      'Set HALLIGAN_HOME to another folder.',
    )
  if (version > MIGRATIONS.length)
    throw new StoreProblem(
      'newer',
      `the record in ${file} was written by a newer Halligan (form ${version}, this one knows ${MIGRATIONS.length}).`,
      'Use that newer Halligan; nothing was changed.',
    )
  if (version === MIGRATIONS.length) return
  // Outside of a transaction, and kept by the file from then on.
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have done it while we waited for the lock.
    for (let step = number('user_version'); step < MIGRATIONS.length; step++) database.exec(MIGRATIONS[step] ?? '')
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`)
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw problemOf(error, file)
  }
}

type Row = Readonly<Record<string, SQLOutputValue>>

interface Statements {
  readonly run: (sql: string, ...values: readonly SQLInputValue[]) => void
  readonly row: (sql: string, ...values: readonly SQLInputValue[]) => Row | undefined
  readonly rows: (sql: string, ...values: readonly SQLInputValue[]) => readonly Row[]
}

function statementsOf(database: DatabaseSync): Statements {
  const known = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const statement = known.get(sql) ?? database.prepare(sql)
    known.set(sql, statement)
    return statement
  }
  return {
    run: (sql, ...values) => void prepared(sql).run(...values),
    row: (sql, ...values) => prepared(sql).get(...values),
    rows: (sql, ...values) => prepared(sql).all(...values),
  }
}

function sqliteStore(database: DatabaseSync, file: string): Store {
  const sql = statementsOf(database)
  const attempt = async <T>(work: () => T): Promise<T> => guarded(file, work)
  const transaction = <T>(work: () => T): Promise<T> =>
    attempt(() => {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        // A full disk has ended it already.
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
    })
  const newerThan = (incident: string, after: number): boolean =>
    sql.row('SELECT 1 FROM entries WHERE incident = ? AND seq > ? LIMIT 1', incident, after) !== undefined

  return {
    place: file,
    append: (incident, draft, condition) => transaction(() => append(sql, incident, draft, condition?.after)),
    read: (incident, { after = 0, limit = -1, last = false } = {}) =>
      attempt(() => {
        const rows = sql.rows(
          `SELECT * FROM (${ENTRIES} WHERE incident = ? AND seq > ? ORDER BY seq ${last ? 'DESC' : 'ASC'} LIMIT ?) ORDER BY seq`,
          incident,
          after,
          limit,
        )
        if (rows.length === 0) mustExist(sql, incident)
        return rows.map(entryOf)
      }),
    list: () => attempt(() => sql.rows(LIST).map(summaryOf)),
    subscribe: async function* (incident, after, signal) {
      let seen = after
      while (!signal.aborted) {
        if (await attempt(() => newerThan(incident, seen))) {
          for (const entry of await this.read(incident, { after: seen })) {
            seen = entry.seq
            yield entry
          }
        } else await pause(POLL_MS, undefined, { signal }).catch(() => {})
      }
    },
    putEvidence: (bytes) =>
      attempt(() => {
        if (bytes.length > EVIDENCE_LIMIT)
          throw new StoreProblem(
            'too-large',
            `a piece of evidence of ${bytes.length} bytes is more than the record keeps (${EVIDENCE_LIMIT}).`,
            'Keep it as a file and note where it is.',
          )
        const id = evidenceId(bytes)
        if (!sql.row('SELECT 1 FROM evidence WHERE id = ?', id)) insertEvidence(sql, id, bytes)
        return id
      }),
    getEvidence: (id) => attempt(() => evidenceBytes(sql, id)),
    search: (words, limit) => attempt(() => search(sql, words, limit)),
    purge: async (incident, seq, tombstone) => {
      const entry = await transaction(() => purge(sql, incident, seq, tombstone))
      // What was taken out is overwritten in the file (secure_delete), and must not live on in the log of changes.
      await attempt(() => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'))
      return entry
    },
    adopt: (copy) => transaction(() => adopt(sql, copy)),
    copy: (incident) =>
      attempt(() => {
        mustExist(sql, incident)
        const entries = sql.rows(`${ENTRIES} WHERE incident = ? ORDER BY seq`, incident).map(storedOf)
        const named = sql.rows(
          'SELECT DISTINCT evidence FROM evidence_uses JOIN entries ON entries.id = evidence_uses.entry WHERE incident = ?',
          incident,
        )
        const evidence = named.flatMap(({ evidence: id }): [string, Uint8Array][] => {
          const bytes = evidenceBytes(sql, String(id))
          return bytes ? [[String(id), bytes]] : []
        })
        return { incident, entries, evidence: new Map(evidence) }
      }),
    audit: (incident) =>
      attempt(() => {
        mustExist(sql, incident)
        return auditChain(sql.rows(`${ENTRIES} WHERE incident = ? ORDER BY seq`, incident).map(storedOf), (id) =>
          evidenceBytes(sql, id),
        )
      }),
    close: () => attempt(() => database.close()),
  }
}

const ENTRIES = `SELECT id, v, incident, seq, at, by, did, box, identity, payload_hash, prev, hash, salt, body
  FROM entries LEFT JOIN payloads ON payloads.entry = entries.id`

function append(sql: Statements, incident: string, draft: Draft, after: number | undefined): Entry {
  const last = sql.row('SELECT seq, hash FROM entries WHERE incident = ? ORDER BY seq DESC LIMIT 1', incident)
  const seq = Number(last?.['seq'] ?? 0)
  if (!last && draft.did !== 'opened') throw noSuchIncident(incident)
  if (after !== undefined && after !== seq)
    throw new StoreProblem(
      'moved-on',
      `incident ${incident} has moved on: its last entry is ${seq}, not ${after}.`,
      'Look at what was written meanwhile (`halligan catch-up`), then do it again.',
    )
  const salt = randomBytes(16).toString('hex')
  const body = JSON.stringify(draft.payload)
  const header = {
    v: ENTRY_VERSION,
    incident,
    seq: seq + 1,
    at: draft.at,
    by: plain(draft.by),
    did: draft.did,
    box: draft.box === undefined ? undefined : plain(draft.box),
    identity: draft.identity && {
      hostname: plain(draft.identity.hostname),
      machineId: draft.identity.machineId && plain(draft.identity.machineId),
      bootId: draft.identity.bootId && plain(draft.identity.bootId),
    },
    payloadHash: payloadHash(salt, body),
    prev: String(last?.['hash'] ?? BEFORE_THE_FIRST),
  }
  const stored: StoredEntry = { ...header, hash: headerHash(header), salt, body }
  insert(sql, stored)
  return anyEntry(stored) as Entry
}

/** Text of a header survives the database as it is: no lone surrogates, no control characters. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  return text.toWellFormed().replaceAll(/[\u0000-\u001f\u007f]/g, '?')
}

function insert(sql: Statements, entry: StoredEntry): void {
  const { v, incident, seq, at, by, did, box, identity, payloadHash, prev, hash, salt, body } = entry
  sql.run(
    'INSERT INTO entries (v, incident, seq, at, by, did, box, identity, payload_hash, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    v,
    incident,
    seq,
    at,
    by,
    did,
    box ?? null,
    identity ? JSON.stringify(identity) : null,
    payloadHash,
    prev,
    hash,
  )
  if (salt === undefined || body === undefined) return
  const id = Number(sql.row('SELECT id FROM entries WHERE incident = ? AND seq = ?', incident, seq)?.['id'])
  const payload: unknown = JSON.parse(body)
  const words = wordsOf(payload)
  sql.run('INSERT INTO payloads (entry, salt, body, words) VALUES (?, ?, ?, ?)', id, salt, body, words)
  sql.run('INSERT INTO search (rowid, words) VALUES (?, ?)', id, words)
  for (const evidence of evidenceOf(payload))
    sql.run('INSERT INTO evidence_uses (evidence, entry) VALUES (?, ?)', evidence, id)
}

function insertEvidence(sql: Statements, id: string, bytes: Uint8Array): void {
  sql.run('INSERT INTO evidence (id, bytes, zstd) VALUES (?, ?, ?)', id, bytes.length, zstdCompressSync(bytes))
}

function evidenceBytes(sql: Statements, id: string): Uint8Array | undefined {
  const blob = sql.row('SELECT zstd FROM evidence WHERE id = ?', id)?.['zstd']
  return blob instanceof Uint8Array ? zstdDecompressSync(blob, { maxOutputLength: EVIDENCE_LIMIT }) : undefined
}

function purge(sql: Statements, incident: string, seq: number, { at, by, why }: Purge): Entry {
  mustExist(sql, incident)
  const row = sql.row(`${ENTRIES} WHERE incident = ? AND seq = ?`, incident, seq)
  if (!row)
    throw new StoreProblem(
      'no-such-entry',
      `incident ${incident} has no entry ${seq}.`,
      '`halligan timeline` lists them.',
    )
  if (row['body'] === null)
    throw new StoreProblem(
      'no-such-entry',
      `entry ${seq} of ${incident} was purged before.`,
      'There is nothing left of it.',
    )
  const id = Number(row['id'])
  const tombstone = append(sql, incident, { at, by, did: 'purged', payload: { seq, why } }, undefined)
  const stone = sql.row('SELECT id FROM entries WHERE incident = ? AND seq = ?', incident, tombstone.seq)
  sql.run('INSERT INTO purges (entry, tombstone) VALUES (?, ?)', id, Number(stone?.['id']))
  const used = sql.rows('SELECT evidence FROM evidence_uses WHERE entry = ?', id).map((use) => String(use['evidence']))
  forget(sql, id)
  sql.run('DELETE FROM evidence_uses WHERE entry = ?', id)
  for (const evidence of used)
    sql.run(
      'DELETE FROM evidence WHERE id = ? AND NOT EXISTS (SELECT 1 FROM evidence_uses WHERE evidence = ?)',
      evidence,
      evidence,
    )
  return tombstone
}

function forget(sql: Statements, id: number): void {
  const words = String(sql.row('SELECT words FROM payloads WHERE entry = ?', id)?.['words'])
  sql.run("INSERT INTO search (search, rowid, words) VALUES ('delete', ?, ?)", id, words)
  sql.run('DELETE FROM payloads WHERE entry = ?', id)
}

/** What the copy has beyond ours is added; where the two went different ways, nothing is. */
function adopt(sql: Statements, { incident, entries, evidence }: IncidentCopy): void {
  const ours = sql.rows('SELECT hash FROM entries WHERE incident = ? ORDER BY seq', incident).map((row) => row['hash'])
  const parted = entries.findIndex(({ hash }, index) => index < ours.length && ours[index] !== hash)
  if (parted >= 0)
    throw new StoreProblem(
      'already-there',
      `incident ${incident} is here already, and the two went different ways from entry ${parted + 1} on.`,
      'Nothing was imported. Import it into another HALLIGAN_HOME to read it.',
    )
  const added = entries.slice(ours.length)
  const named = new Set(added.flatMap(({ body }) => (body === undefined ? [] : evidenceOf(JSON.parse(body)))))
  for (const id of named) {
    const bytes = evidence.get(id)
    if (bytes && !sql.row('SELECT 1 FROM evidence WHERE id = ?', id)) insertEvidence(sql, id, bytes)
  }
  for (const entry of added) insert(sql, entry)
  for (const entry of added) if (entry.did === 'purged') markPurged(sql, entry)
}

/** A tombstone that came with a copy stands for its entry here as well; a payload of ours that it names goes. */
function markPurged(sql: Statements, { incident, seq, body }: StoredEntry): void {
  const payload = payloads.purged.safeParse(body === undefined ? undefined : JSON.parse(body))
  if (!payload.success) return
  const idOf = (number: number): number | undefined => {
    const row = sql.row('SELECT id FROM entries WHERE incident = ? AND seq = ?', incident, number)
    return row && Number(row['id'])
  }
  const [entry, stone] = [idOf(payload.data.seq), idOf(seq)]
  if (entry === undefined || stone === undefined) return
  sql.run('INSERT OR IGNORE INTO purges (entry, tombstone) VALUES (?, ?)', entry, stone)
  if (!sql.row('SELECT 1 FROM payloads WHERE entry = ?', entry)) return
  forget(sql, entry)
  sql.run('DELETE FROM evidence_uses WHERE entry = ?', entry)
}

function search(sql: Statements, words: string, limit: number): readonly AnyEntry[] {
  const terms = words.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
  if (terms.length === 0) return []
  const query = `${terms.map((term) => `"${term.replaceAll('"', '""')}"`).join(' ')}*`
  return sql
    .rows(
      `SELECT entries.*, salt, body FROM search JOIN payloads ON payloads.entry = search.rowid
        JOIN entries ON entries.id = search.rowid WHERE search MATCH ? ORDER BY rank LIMIT ?`,
      query,
      limit,
    )
    .map(entryOf)
}

function storedOf(row: Row): StoredEntry {
  const text = (name: string): string => String(row[name])
  const optional = (name: string): string | undefined => (typeof row[name] === 'string' ? row[name] : undefined)
  const identity = optional('identity')
  return {
    v: Number(row['v']),
    incident: text('incident'),
    seq: Number(row['seq']),
    at: text('at'),
    by: text('by'),
    did: text('did'),
    box: optional('box'),
    identity: identity === undefined ? undefined : JSON.parse(identity),
    payloadHash: text('payload_hash'),
    prev: text('prev'),
    hash: text('hash'),
    salt: optional('salt'),
    body: optional('body'),
  }
}

function entryOf(row: Row): AnyEntry {
  return anyEntry(storedOf(row))
}

/** Readers ignore what they do not know: a kind, or a payload, of another version comes as `other`. */
function anyEntry({ body, did, ...header }: StoredEntry): AnyEntry {
  if (body === undefined && isDid(did)) return { ...header, did, payload: undefined }
  const payload: unknown = body === undefined ? undefined : JSON.parse(body)
  const known = isDid(did) ? payloads[did].safeParse(payload) : undefined
  if (isDid(did) && known?.success) return { ...header, did, payload: known.data } as Entry
  return { ...header, did: 'other', saysDid: did, payload }
}

/** One row an incident: its first entry, its last, who has it, whether it is closed. */
const LIST = `
SELECT first.incident, first.at AS opened_at, first.by AS opened_by, payloads.body, last.seq AS entries, last.at AS last_at, last.hash AS head,
  coalesce((SELECT by FROM entries WHERE incident = first.incident AND did = 'took-over' ORDER BY seq DESC LIMIT 1), first.by) AS holder,
  (SELECT at FROM entries AS closed WHERE incident = first.incident AND did = 'closed'
    AND seq > (SELECT max(seq) FROM entries WHERE incident = first.incident AND did = 'opened') ORDER BY seq DESC LIMIT 1) AS closed_at
FROM entries AS first
JOIN entries AS last ON last.incident = first.incident
  AND last.seq = (SELECT max(seq) FROM entries WHERE incident = first.incident)
LEFT JOIN payloads ON payloads.entry = first.id
WHERE first.seq = 1 ORDER BY last.id DESC`

function summaryOf(row: Row): IncidentSummary {
  const opening = payloads.opened.safeParse(typeof row['body'] === 'string' ? JSON.parse(row['body']) : undefined)
  return {
    id: String(row['incident']),
    title: opening.success ? opening.data.title : '(purged)',
    openedAt: String(row['opened_at']),
    openedBy: String(row['opened_by']),
    holder: String(row['holder']),
    closedAt: typeof row['closed_at'] === 'string' ? row['closed_at'] : undefined,
    entries: Number(row['entries']),
    lastAt: String(row['last_at']),
    head: String(row['head']),
  }
}

function mustExist(sql: Statements, incident: string): void {
  if (!sql.row('SELECT 1 FROM entries WHERE incident = ? LIMIT 1', incident)) throw noSuchIncident(incident)
}

function noSuchIncident(incident: string): StoreProblem {
  return new StoreProblem(
    'no-such-incident',
    `there is no incident ${plain(incident)}.`,
    '`halligan list` shows those that are.',
  )
}
