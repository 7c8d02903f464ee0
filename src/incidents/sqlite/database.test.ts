import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from '../sqlite-store.ts'
import { openRecord } from './database.ts'
import { MIGRATIONS } from './schema.ts'

let folder: string
let home: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'database-'))
  home = path.join(folder, 'home')
})
afterEach(() => rmSync(folder, { recursive: true }))

const LATER = [...MIGRATIONS, 'ALTER TABLE entries ADD COLUMN later TEXT']
const OPENED = {
  at: '2026-01-02T03:04:05.678Z',
  by: 'amy@web-1',
  did: 'opened',
  payload: { title: 'x', boxes: [] },
} as const

function form(database: DatabaseSync): unknown {
  return database.prepare('PRAGMA user_version').get()?.['user_version']
}

describe('a record', () => {
  it('that is there already wins over one that was made at the same time', () => {
    const first = openRecord(home)
    first.database.exec('CREATE TABLE mark (x)')
    const second = openRecord(home)
    expect(second.database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'mark'").get()).toEqual({
      n: 1,
    })
    second.close()
    first.close()
    expect(readdirSync(home)).toEqual(['record.db'])
  })

  it('syncs what it acknowledges, overwrites what it takes out, and trusts no schema', () => {
    const { database, close } = openRecord(home)
    const setting = (name: string): unknown => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]
    const names = [
      'journal_mode',
      'synchronous',
      'secure_delete',
      'foreign_keys',
      'trusted_schema',
      'temp_store',
      'fullfsync',
    ]
    expect(names.map(setting)).toEqual(['wal', 2, 1, 1, 0, 2, 1])
    expect(() => database.exec("UPDATE search_content SET c0 = 'x'")).toThrow(/may not be modified/)
    close()
  })

  it('that a database tool left in another mode is put back into its own', () => {
    openRecord(home).close()
    const tool = new DatabaseSync(path.join(home, 'record.db'))
    tool.exec('PRAGMA journal_mode = DELETE')
    tool.close()
    const { database, close } = openRecord(home)
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    close()
  })

  it('of an earlier form is taken forward, once, also by several at a time', () => {
    openRecord(home).close()
    const [one, other] = [openRecord(home, LATER), openRecord(home, LATER)]
    expect([form(one.database), form(other.database)]).toEqual([LATER.length, LATER.length])
    one.close()
    other.close()
  })

  it('is not taken back by one who waited while a newer version took it forward', async () => {
    openRecord(home).close()
    const newer = new DatabaseSync(path.join(home, 'record.db'))
    newer.exec('BEGIN IMMEDIATE')
    const script = `import { openRecord } from '${import.meta.dirname}/database.ts'
      process.stdout.write('begins')
      try { openRecord(${JSON.stringify(home)}, ${JSON.stringify(LATER)}) } catch (error) { process.stdout.write(error.kind) }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    const [first] = (await once(child.stdout, 'data')) as [Buffer]
    let said = first.toString()
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    // It has seen the form before this by now, and waits for our lock; were it slower, it would see the newer form at once.
    await pause(300)
    newer.exec('PRAGMA user_version = 99; COMMIT')
    await new Promise((resolve) => child.once('close', resolve))
    expect(said).toBe('beginsnewer')
    expect(form(newer)).toBe(99)
    newer.close()
  })

  it('whose migration fails stays as it was', () => {
    openRecord(home).close()
    const before = readFileSync(path.join(home, 'record.db'))
    expect(() => openRecord(home, [...MIGRATIONS, 'CREATE TABLE more (x); SELECT no_such_function()'])).toThrow(
      /no_such_function/,
    )
    const store = openSqliteStore(home)
    expect(readFileSync(path.join(home, 'record.db')).equals(before)).toBe(true)
    return store.examine().then(async (said) => {
      expect(said).toEqual([])
      await store.close()
    })
  })

  it('that a newer version took forward meanwhile is written no more by us', async () => {
    const store = openSqliteStore(home)
    await store.append('20260102-bcdf', OPENED)
    openRecord(home, LATER).close()
    await expect(store.append('20260102-bcdf', OPENED)).rejects.toMatchObject({ kind: 'newer' })
    expect(await store.read('20260102-bcdf')).toHaveLength(1)
    await store.close()
  })
})

describe('what was purged', () => {
  /** No search for a word must find it in the bytes: SQLite's search index keeps parts of words. */
  function pieces(secret: string): readonly string[] {
    return Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8))
  }

  it('is in none of the bytes of the record, its evidence neither', async () => {
    const { evidenceId } = await import('../entry.ts')
    const { randomBytes } = await import('node:crypto')
    const secrets = Array.from({ length: 5 }, () => `zq${randomBytes(12).toString('hex')}`)
    const store = openSqliteStore(home)
    await store.append('20260102-bcdf', OPENED)
    const author = { at: OPENED.at, by: OPENED.by }
    for (const [at, secret] of secrets.entries()) {
      const bytes = Buffer.from(`${secret} in evidence `.repeat(at * 400 + 1))
      const payload = { text: `${secret} `.repeat(at * 300 + 1), evidence: [evidenceId(bytes)] }
      await store.append('20260102-bcdf', { ...author, did: 'noted', payload }, { evidence: [bytes] })
      await store.append('20260102-bcdf', { ...author, did: 'noted', payload: { text: `between ${at}` } })
    }
    const files = (): string =>
      readdirSync(home)
        .map((name) => readFileSync(path.join(home, name), 'latin1'))
        .join('')
    expect(secrets.flatMap(pieces).every((piece) => files().includes(piece))).toBe(true)
    for (let at = 0; at < secrets.length; at++)
      expect(await store.purge('20260102-bcdf', 2 + 2 * at, { ...author, why: 'x' })).toMatchObject({
        overwritten: true,
      })
    const left = (): readonly string[] => secrets.flatMap(pieces).filter((piece) => files().includes(piece))
    expect(left()).toEqual([])
    await store.close()
    expect(left()).toEqual([])
  })

  it('is said to be in the log still while another reader holds it', async () => {
    const store = openSqliteStore(home)
    await store.append('20260102-bcdf', OPENED)
    const reader = new DatabaseSync(path.join(home, 'record.db'))
    reader.exec('BEGIN; SELECT * FROM entries')
    expect(await store.purge('20260102-bcdf', 1, { at: OPENED.at, by: OPENED.by, why: 'x' })).toMatchObject({
      overwritten: false,
    })
    reader.exec('COMMIT')
    reader.close()
    await store.close()
  })
})

describe('a file that is left over', () => {
  it('from a console that was killed while it made the record does no harm', () => {
    openRecord(home).close()
    writeFileSync(path.join(home, 'record.db.1-abcd.new'), 'half')
    openRecord(home).close()
    expect(readdirSync(home).toSorted()).toEqual(['record.db', 'record.db.1-abcd.new'])
  })
})
