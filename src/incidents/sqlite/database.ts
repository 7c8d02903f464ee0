import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { problemOf } from '../sqlite-failures.ts'
import { createRecord } from './create.ts'
import { LOCK_LIMIT_MS, STANDSTILL_MS } from './lock-wait.ts'
import { copyToRead } from './read-only.ts'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'
import { inTransaction } from './statements.ts'
import { StoreProblem, type StoreProblemKind } from '../store.ts'

/** Of the file beside the database that changes go to first, when all of it is in the database: a large import leaves no large file. Bytes. */
const LOG_KEPT_BYTES = 16 * 1024 * 1024
/** A disk that is full, or read-only: what is there can be read all the same. */
const READABLE: ReadonlySet<StoreProblemKind> = new Set<StoreProblemKind>(['not-writable', 'disk-full'])

export interface RecordDatabase {
  /** Where the record is, for messages. */
  readonly file: string
  readonly database: DatabaseSync
  /** One more connection; whoever asks for it closes it. */
  readonly connect: () => DatabaseSync
  /** Why nothing can be written. What is read is then a copy of the record at this moment. */
  readonly unwritable: StoreProblem | undefined
  /** Closes it, and takes the copy away if there is one. */
  readonly close: () => void
}

/**
 * Opens the record in this folder, makes it where there is none yet, and takes it to the form of this version. One that cannot be written is read from a
 * copy, since SQLite writes beside a database in WAL mode even to read it (sqlite.org/wal.html#readonly). Throws a `StoreProblem`.
 */
export function openRecord(folder: string, migrations: readonly string[] = MIGRATIONS): RecordDatabase {
  const file = path.join(folder, 'record.db')
  try {
    if (!existsSync(file)) createRecord(folder, file, (fresh) => migrate(fresh, file, migrations))
    const database = opened(file, file, migrations)
    const connect = (): DatabaseSync => opened(file, file, migrations)
    return { file, database, connect, unwritable: undefined, close: () => database.close() }
  } catch (error) {
    const problem = problemOf(error, file)
    if (!READABLE.has(problem.kind) || !existsSync(file)) throw problem
    return openCopy(file, problem, migrations)
  }
}

function openCopy(file: string, problem: StoreProblem, migrations: readonly string[]): RecordDatabase {
  const copy = copyToRead(file, problem)
  try {
    const database = opened(copy.file, file, migrations)
    const close = (): void => {
      database.close()
      copy.remove()
    }
    return { file, database, connect: () => opened(copy.file, file, migrations), unwritable: problem, close }
  } catch (error) {
    copy.remove()
    throw problemOf(error, file)
  }
}

/** @param shownAs how messages name it */
function opened(file: string, shownAs: string, migrations: readonly string[]): DatabaseSync {
  const { size } = statSync(file)
  // SQLite takes an empty file for a database that is not there yet; ours never is one.
  if (size < SMALLEST) throw cutOff(shownAs, size)
  // Whoever opens it needs no lock of a writer, but to take it to another form: with all of this process standing still, once in the life of a record.
  const database = new DatabaseSync(file, { timeout: LOCK_LIMIT_MS })
  try {
    mustBeOurs(database, shownAs)
    database.exec(SETTINGS)
    mustHaveLog(database)
    database.enableDefensive(true)
    migrate(database, shownAs, migrations)
    // From here on others are waited for in `whenFree`.
    database.exec(`PRAGMA busy_timeout = ${STANDSTILL_MS}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Acknowledged is on the disk's own medium, on macOS too (fullfsync); what is taken out is overwritten; sorting leaves no copies in /tmp; and a file that
 * somebody prepared cannot make us run anything (sqlite.org/security.html).
 */
const SETTINGS = `
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA journal_size_limit = ${LOG_KEPT_BYTES};`

/** The smallest page (sqlite.org/fileformat.html#the_database_header). Bytes. */
const SMALLEST = 512

function cutOff(file: string, size: number): StoreProblem {
  return new StoreProblem(
    'corrupt',
    `${file} was cut to ${size} bytes, or is no record of Halligan.`,
    'Put the last backup in its place; or move it away to begin anew, and import the last export.',
  )
}

function mustBeOurs(database: DatabaseSync, file: string): void {
  if (pragma(database, 'application_id') === APPLICATION_ID) return
  throw new StoreProblem('corrupt', `${file} is a database of another program.`, 'Set HALLIGAN_HOME to another folder.')
}

/** Some database tools leave a file in another mode, in which a commit is not on disk when it comes back (sqlite.org/pragma.html#pragma_synchronous). */
function mustHaveLog(database: DatabaseSync): void {
  const mode = (name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.['journal_mode']
  if (mode('journal_mode') !== 'wal') mode('journal_mode = WAL')
}

/** Takes the record forward to this version, unless another process has done so; refuses that of a newer version, and changes nothing. */
function migrate(database: DatabaseSync, file: string, migrations: readonly string[]): void {
  if (formOf(database, file, migrations) === migrations.length) return
  inTransaction(database, () => {
    const form = formOf(database, file, migrations)
    for (const step of migrations.slice(form)) database.exec(step)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`)
  })
}

/** How many migrations it has been through. */
function formOf(database: DatabaseSync, file: string, migrations: readonly string[]): number {
  const form = pragma(database, 'user_version')
  if (form <= migrations.length) return form
  throw newerForm(file, form, migrations.length)
}

export function newerForm(file: string, form: number, known: number): StoreProblem {
  return new StoreProblem(
    'newer',
    `the record in ${file} was written by a newer Halligan (form ${form}, this one knows ${known}).`,
    'Use that newer Halligan; nothing was changed.',
  )
}

export function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}
