import type { SQLOutputValue } from 'node:sqlite'
import { randomHex } from '../../base/random.ts'
import { fitting, type Fit } from '../../base/shape.ts'
import { parsedBody } from '../chain.ts'
import { BEFORE_THE_FIRST, ENTRY_VERSION, headerHash, headerText, payloadHash } from '../entry.ts'
import type { BoxIdentity, Draft, Entry, Header, StoredEntry } from '../entry.ts'
import { bodyMistake, headerMistake } from '../entry-form.ts'
import { evidenceOf, isDid, payloads, wordsOf } from '../payloads.ts'
import type { List, Statements } from './statements.ts'
import { StoreProblem, type AnyEntry, type ReadRange } from '../store.ts'

/** Of an entry with what it says, in the order of `storedOf`. */
export const COLUMNS =
  'id, v, incident, seq, at, by, did, box, hostname, machine_id, boot_id, payload_hash, prev, hash, salt, body'
const ENTRIES = `SELECT ${COLUMNS} FROM entries LEFT JOIN payloads ON payloads.entry = entries.id`

/** Inside of a transaction. The evidence that it names is there. */
export function appendEntry(sql: Statements, incident: string, draft: Draft, after?: number): Entry {
  const last = sql.row('SELECT seq, hash FROM entries WHERE incident = ? ORDER BY seq DESC LIMIT 1', incident)
  const seq = Number(last?.['seq'] ?? 0)
  if (after !== undefined && after !== seq) throw movedOn(incident, seq, after)
  if (!last && draft.did !== 'opened') throw noSuchIncident(incident)
  const entry = entryOfDraft(incident, draft, { seq, hash: String(last?.['hash'] ?? BEFORE_THE_FIRST) })
  insertEntry(sql, entry)
  return anyEntry(entry) as Entry
}

/** The entry that a draft becomes after that one. One that has not the form of an entry is a mistake of our own, and is not written. */
function entryOfDraft(
  incident: string,
  { at, by, did, box, identity, payload }: Draft,
  before: { readonly seq: number; readonly hash: string },
): StoredEntry {
  const salt = randomHex(16)
  const body = JSON.stringify(payload)
  const header: Omit<Header, 'hash'> = {
    v: ENTRY_VERSION,
    incident,
    seq: before.seq + 1,
    at,
    by: headerText(by),
    did,
    box: box === undefined ? undefined : headerText(box),
    identity: identity && identityText(identity),
    payloadHash: payloadHash(salt, body),
    prev: before.hash,
  }
  const mistake = headerMistake(header) ?? bodyMistake(body) ?? payloadMistake(did, body)
  if (mistake !== undefined) throw new Error(`a ${did} entry has not the form of one: ${mistake}`)
  return { ...header, hash: headerHash(header), salt, body }
}

/** What in a payload that is about to be written does not fit its kind: a mistake of our own. */
function payloadMistake(did: keyof typeof payloads, body: string): string | undefined {
  const fit: Fit<unknown> = payloads[did].read(JSON.parse(body))
  return fit.ok ? undefined : `${fit.where}: ${fit.what}`
}

function identityText({ hostname, machineId, bootId }: BoxIdentity): BoxIdentity {
  return {
    hostname: headerText(hostname),
    ...(machineId === undefined ? {} : { machineId: headerText(machineId) }),
    ...(bootId === undefined ? {} : { bootId: headerText(bootId) }),
  }
}

/** Of the columns from `at` to `hash`, in the order of the table. */
export function headerValues(entry: StoredEntry): readonly (string | null)[] {
  const { at, by, did, box, identity, payloadHash, prev, hash } = entry
  const machine = [identity?.hostname ?? null, identity?.machineId ?? null, identity?.bootId ?? null]
  return [at, by, did, box ?? null, ...machine, payloadHash, prev, hash]
}

/** As it is; with what is derived from it. */
function insertEntry(sql: Statements, entry: StoredEntry): void {
  const { v, incident, seq, salt, body } = entry
  sql.run(
    `INSERT INTO entries (v, incident, seq, at, by, did, box, hostname, machine_id, boot_id, payload_hash, prev, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    v,
    incident,
    seq,
    ...headerValues(entry),
  )
  const id = idOf(sql, incident, seq)
  if (id === undefined || salt === undefined || body === undefined) return
  const payload: unknown = JSON.parse(body)
  sql.run('INSERT INTO payloads (entry, salt, body) VALUES (?, ?, ?)', id, salt, body)
  sql.run('INSERT INTO search (rowid, words) VALUES (?, ?)', id, wordsOf(payload))
  for (const evidence of evidenceOf(payload))
    sql.run('INSERT INTO evidence_uses (evidence, entry) VALUES (?, ?)', evidence, id)
}

/** Number of its row, which payload, evidence and words point at. */
export function idOf(sql: Statements, incident: string, seq: number): number | undefined {
  const row = sql.row('SELECT id FROM entries WHERE incident = ? AND seq = ?', incident, seq)
  return row && Number(row['id'])
}

/** In order. */
export function readEntries(sql: Statements, incident: string, range: ReadRange): readonly AnyEntry[] {
  const { after = 0, limit = -1, last = false } = range
  const select = `${ENTRIES} WHERE incident = ? AND seq > ? ORDER BY seq ${last ? 'DESC' : 'ASC'} LIMIT ?`
  const rows = sql.lists(select, incident, after, limit)
  if (rows.length === 0) mustExist(sql, incident)
  const entries = rows.map(entryOf)
  return last ? entries.toReversed() : entries
}

/** As they are stored, one at a time. */
export function* storedEntries(sql: Statements, incident: string): Iterable<StoredEntry & { readonly id: number }> {
  for (const row of sql.each(`${ENTRIES} WHERE incident = ? ORDER BY seq`, incident))
    yield { ...storedOf(row), id: Number(row[0]) }
}

export function storedEntry(sql: Statements, incident: string, seq: number): StoredEntry | undefined {
  return sql.lists(`${ENTRIES} WHERE incident = ? AND seq = ?`, incident, seq).map(storedOf)[0]
}

export function mustExist(sql: Statements, incident: string): void {
  if (!sql.row('SELECT 1 FROM entries WHERE incident = ? LIMIT 1', incident)) throw noSuchIncident(incident)
}

/** From the values of `COLUMNS`. */
export function entryOf(values: List): AnyEntry {
  return anyEntry(storedOf(values))
}

function storedOf(values: List): StoredEntry {
  const [, v, incident, seq, at, by, did, box, hostname, machineId, bootId, payloadHash, prev, hash, salt, body] =
    values
  return {
    v: Number(v),
    incident: String(incident),
    seq: Number(seq),
    at: String(at),
    by: String(by),
    did: String(did),
    box: textOf(box),
    identity: identityOf(textOf(hostname), textOf(machineId), textOf(bootId)),
    payloadHash: String(payloadHash),
    prev: String(prev),
    hash: String(hash),
    salt: textOf(salt),
    body: textOf(body),
  }
}

function textOf(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function identityOf(hostname?: string, machineId?: string, bootId?: string): BoxIdentity | undefined {
  if (hostname === undefined && machineId === undefined && bootId === undefined) return undefined
  return { hostname: hostname ?? '', machineId, bootId }
}

/** Readers ignore what they do not know: a kind, or a payload, of another version comes as `other`. */
function anyEntry({ body, did, ...header }: StoredEntry): AnyEntry {
  if (body === undefined && isDid(did)) return { ...header, did, payload: undefined } as Entry
  const payload = body === undefined ? undefined : parsedBody(body)
  const known = isDid(did) ? fitting<unknown>(payloads[did], payload) : undefined
  if (known !== undefined) return { ...header, did, payload: known } as Entry
  return { ...header, did: 'other', saysDid: did, payload }
}

function movedOn(incident: string, seq: number, after: number): StoreProblem {
  return new StoreProblem(
    'moved-on',
    `incident ${incident} has moved on: its last entry is ${seq}, not ${after}.`,
    'Look at what was written meanwhile (`halligan timeline`), then do it again.',
  )
}

function noSuchIncident(incident: string): StoreProblem {
  return new StoreProblem(
    'no-such-incident',
    `there is no incident ${headerText(incident)}.`,
    '`halligan list` shows those that are.',
  )
}
