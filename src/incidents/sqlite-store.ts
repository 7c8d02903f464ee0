import { statfsSync } from 'node:fs'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { Draft } from './entry.ts'
import { evidenceOf } from './payloads.ts'
import { alone } from './home-lock.ts'
import { auditIncident, examineFile } from './sqlite/audit.ts'
import {
  adoptEvidence,
  adoptStaged,
  removeStrays,
  stageEntries,
  verifiedCopy,
  type VerifiedCopy,
} from './sqlite/adoption.ts'
import { removeStaging } from './sqlite/staging.ts'
import { copyOf } from './sqlite/copies.ts'
import { newerForm, openRecord, pragma, type RecordDatabase } from './sqlite/database.ts'
import { appendEntry, readEntries } from './sqlite/entries.ts'
import { evidenceBytes, insertEvidence, packedEvidence, type PackedEvidence } from './sqlite/evidence.ts'
import { comesTrue, whenFree } from './sqlite/lock-wait.ts'
import { problemOf } from './sqlite-failures.ts'
import { purgeEntry } from './sqlite/purge.ts'
import { MIGRATIONS } from './sqlite/schema.ts'
import { searchEntries } from './sqlite/search.ts'
import { inTransaction, statementsOf, type Statements } from './sqlite/statements.ts'
import { summaries } from './sqlite/summaries.ts'
import type { Adopted, AnyEntry, CopyItem, Store } from './store.ts'

/** A new entry of another process is seen within this; a look costs some ten microseconds. Milliseconds. */
const POLL_MS = 50
/** Readers are done in some milliseconds, but for an export; a purge does not wait for that. Milliseconds. */
const READER_LIMIT_MS = 2000
/** Of the home folder, locked while one imports. */
const IMPORT_LOCK = 'import.lock'
/** So many entries are read at a time of an incident that is followed. */
const FOLLOWED_AT_ONCE = 1000

/** Opens the record in this folder, and makes it where there is none yet. Throws a `StoreProblem`. */
export function openSqliteStore(folder: string): Store {
  return storeIn(openRecord(folder))
}

function storeIn(record: RecordDatabase): Store {
  const { database, file } = record
  const sql = statementsOf(database)
  const attempt = async <T>(work: () => T): Promise<Awaited<T>> => {
    try {
      return await whenFree(work)
    } catch (error) {
      throw problemOf(error, file)
    }
  }
  /** The entries of an import are written over a connection of its own, while others of this process go on: what they write waits here, and not for its lock. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => T): Promise<Awaited<T>> => {
    const turn = last.then(() => {
      if (record.unwritable) throw record.unwritable
      return attempt(work)
    })
    last = turn.catch(() => {})
    return turn
  }
  const write = <T>(work: () => T): Promise<Awaited<T>> =>
    inTurn(() =>
      inTransaction(database, () => {
        // A newer version may have changed the tables while this process was running.
        const form = pragma(database, 'user_version')
        if (form !== MIGRATIONS.length) throw newerForm(file, form, MIGRATIONS.length)
        return work()
      }),
    )
  return {
    place: file,
    append: (incident, draft, { after, evidence = [] } = {}) =>
      attempt(() => {
        const packed = evidence.map(packedEvidence)
        mustBeNamed(packed, draft)
        return write(() => {
          for (const each of packed) insertEvidence(sql, each)
          return appendEntry(sql, incident, draft, after)
        })
      }),
    read: (incident, range = {}) => attempt(() => readEntries(sql, incident, range)),
    list: () => attempt(() => summaries(sql)),
    subscribe: (incident, after, signal) =>
      followed(signal, after, (seen) =>
        attempt(() => readEntries(sql, incident, { after: seen, limit: FOLLOWED_AT_ONCE })),
      ),
    getEvidence: (id) => attempt(() => evidenceBytes(sql, id)),
    search: (words, limit) => attempt(() => searchEntries(sql, words, limit)),
    purge: async (incident, seq, tombstone) => {
      const purged = await write(() => purgeEntry(sql, incident, seq, tombstone))
      return { ...purged, overwritten: await inTurn(() => overwritten(record)) }
    },
    copy: (incident) => copied(record, incident),
    adopt: async (copy) => {
      const verified = await attempt(() => verifiedCopy(copy()))
      return attempt(() => adopted(record, copy, verified, { sql, write, inTurn }))
    },
    audit: (incident) => attempt(() => auditIncident(sql, incident)),
    // SQLite's search index takes what another console wrote since for damage, over a connection that has read of it before.
    examine: () => attempt(() => over(record, examineFile)),
    close: () => attempt(() => record.close()),
  }
}

/** What no entry names would never be found again, and never be purged: a mistake of our own. */
function mustBeNamed(packed: readonly PackedEvidence[], { payload, did }: Draft): void {
  const named = new Set(evidenceOf(payload))
  const stray = packed.find(({ id }) => !named.has(id))
  if (stray) throw new Error(`a ${did} entry was given the evidence ${stray.id.slice(0, 12)}, which it does not name`)
}

async function* followed(
  signal: AbortSignal,
  after: number,
  read: (seen: number) => Promise<readonly AnyEntry[]>,
): AsyncIterable<AnyEntry> {
  let seen = after
  while (!signal.aborted) {
    const entries = await read(seen)
    for (const entry of entries) {
      seen = entry.seq
      yield entry
    }
    if (entries.length === 0) await pause(POLL_MS, undefined, { signal }).catch(() => {})
  }
}

async function* copied(record: RecordDatabase, incident: string): AsyncIterable<CopyItem> {
  try {
    const connection = record.connect()
    try {
      yield* copyOf(connection, incident)
    } finally {
      connection.close()
    }
  } catch (error) {
    throw problemOf(error, record.file)
  }
}

interface Turns {
  readonly sql: Statements
  readonly write: <T>(work: () => T) => Promise<Awaited<T>>
  readonly inTurn: <T>(work: () => T) => Promise<Awaited<T>>
}

/** One import at a time, so that it is plain whose the evidence is that no entry names yet. */
async function adopted(
  record: RecordDatabase,
  copy: () => AsyncIterable<CopyItem>,
  verified: VerifiedCopy,
  { sql, write, inTurn }: Turns,
): Promise<Adopted> {
  if (record.unwritable) throw record.unwritable
  const home = path.dirname(record.file)
  const mustHaveRoom = (bytes: number): void => mustHaveRoomFor(home, bytes)
  const staging = path.join(home, STAGING)
  return alone(home, IMPORT_LOCK, async () => {
    await removeStrays(sql, write)
    try {
      await adoptEvidence(sql, copy(), verified, { write, mustHaveRoom })
      const added = await over(record, async (connection) => {
        const tombstones = await stageEntries(connection, staging, copy(), verified)
        return inTurn(() => adoptStaged(connection, verified.summary.incident, tombstones))
      })
      // A tombstone in it may have taken out a payload of ours.
      await inTurn(() => overwritten(record))
      return { ...verified.summary, added }
    } catch (error) {
      // Where even that fails, the next import does it.
      await removeStrays(sql, write).catch(() => {})
      throw error
    } finally {
      removeStaging(staging)
    }
  })
}

/** Of an import that goes on; that of one that was killed is in the way of the next, which removes it. */
const STAGING = 'import.partial'

/** It is written to the log first, then into the database; and what was written must be taken out again, by way of the log, if not all of it fits. */
const ROOM_FACTOR = 3

/** A disk that is full to the last byte would not even let go of what an import has brought. Throws as the file system does. */
function mustHaveRoomFor(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize >= bytes * ROOM_FACTOR) return
  throw Object.assign(new Error(`ENOSPC: ${bytes} bytes of evidence do not fit`), { code: 'ENOSPC' })
}

async function over<T>(record: RecordDatabase, work: (connection: DatabaseSync) => T | Promise<T>): Promise<T> {
  const connection = record.connect()
  try {
    return await work(connection)
  } finally {
    connection.close()
  }
}

/** What was taken out is overwritten in the file (secure_delete) once the log is in it; the log is then cut to nothing. False while another reader needs it. */
function overwritten({ database }: RecordDatabase): Promise<boolean> {
  const cut = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)')
  return comesTrue(() => cut.get()?.['busy'] === 0, READER_LIMIT_MS)
}
