import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { asCopy, forgedEntries, noted, OPENED } from '../../test/record/forge.ts'
import { evidenceId, type Draft } from './entry.ts'
import { openSqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

const INCIDENT = '20260102-bcdf'
const AUTHOR = { at: '2026-01-02T03:04:05.678Z', by: 'amy@web-1' }

function note(text: string): Draft {
  return { ...AUTHOR, did: 'noted', payload: { text } }
}

/** Calls back at each turn of the event loop's timers, until it gives true. */
function eachTurn(act: () => boolean): void {
  setTimeout(() => {
    if (!act()) eachTurn(act)
  }, 10)
}

// SQLite's own waiting stands still with the whole process: no heartbeat goes to the boxes, and they end what runs there.
describe('while something else holds the record', () => {
  let folder: string
  let store: Store
  let holder: DatabaseSync
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'held-'))
    store = openSqliteStore(folder)
    await store.append(INCIDENT, { ...AUTHOR, did: 'opened', payload: { title: 'x', boxes: [] } })
    holder = new DatabaseSync(path.join(folder, 'record.db'))
  })
  afterEach(async () => {
    holder.close()
    await store.close()
    rmSync(folder, { recursive: true })
  })

  it('to write, all else of this process goes on, and entries come in the order in which they were appended', async () => {
    holder.exec('BEGIN IMMEDIATE')
    let turns = 0
    eachTurn(() => {
      turns += 1
      if (turns < 20) return false
      holder.exec('COMMIT')
      return true
    })
    const appended = await Promise.all(['one', 'two', 'three'].map((text) => store.append(INCIDENT, note(text))))
    expect(turns).toBe(20)
    expect(appended.map(({ seq }) => seq)).toEqual([2, 3, 4])
    expect(await store.audit(INCIDENT)).toBeUndefined()
  })

  it('to read, a purge waits for it, and all else of this process goes on', async () => {
    await store.append(INCIDENT, note('secret'))
    holder.exec('BEGIN; SELECT * FROM entries')
    let turns = 0
    eachTurn(() => {
      turns += 1
      if (turns < 20) return false
      holder.exec('COMMIT')
      return true
    })
    expect(await store.purge(INCIDENT, 2, { ...AUTHOR, why: 'x' })).toMatchObject({ overwritten: true })
    expect(turns).toBe(20)
  })
})

describe('the search index', () => {
  it('is not taken for damaged when another console wrote since it was read', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'index-'))
    const [store, other] = [openSqliteStore(folder), openSqliteStore(folder)]
    await other.append(INCIDENT, { ...AUTHOR, did: 'opened', payload: { title: 'x', boxes: [] } })
    expect(await store.audit(INCIDENT)).toBeUndefined()
    await other.append(INCIDENT, note('meanwhile'))
    expect(await store.examine()).toEqual([])
    await store.close()
    await other.close()
    rmSync(folder, { recursive: true })
  })
})

describe('an import that is killed', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'killed-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('leaves evidence at most, which the audit tells and the next import takes out', async () => {
    const bytes = randomBytes(5 * 1024 * 1024)
    const more = Buffer.from('more')
    const entries = forgedEntries([OPENED, noted('x', [evidenceId(bytes), evidenceId(more)])])
    writeFileSync(path.join(folder, 'entries.json'), JSON.stringify(entries))
    writeFileSync(path.join(folder, 'evidence'), bytes)
    const home = path.join(folder, 'home')
    const script = `
      import { readFileSync } from 'node:fs'
      import { evidenceId } from '${import.meta.dirname}/entry.ts'
      import { openSqliteStore } from '${import.meta.dirname}/sqlite-store.ts'
      const bytes = readFileSync('${folder}/evidence')
      const entries = JSON.parse(readFileSync('${folder}/entries.json', 'utf8'))
      const more = Buffer.from('more')
      const items = async function* () {
        for (const entry of entries) yield { entry }
        yield { evidence: evidenceId(bytes), bytes }
        if ((reading += 1) === 2) process.kill(process.pid, 'SIGKILL')
        yield { evidence: evidenceId(more), bytes: more }
      }
      let reading = 0
      await openSqliteStore('${home}').adopt(items)`
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script])
    expect(child.signal, child.stderr.toString()).toBe('SIGKILL')
    const store = openSqliteStore(home)
    expect(await store.list()).toEqual([])
    expect(await store.examine()).toEqual([expect.stringMatching(/^Evidence that no entry names .*: 1\.$/)])
    await store.adopt(asCopy(forgedEntries([OPENED]).map((entry) => ({ entry }))))
    expect(await store.examine()).toEqual([])
    expect(await store.getEvidence(evidenceId(bytes))).toBeUndefined()
    await store.close()
  })
})

describe('an import', () => {
  let home: string
  let store: Store
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'import-'))
    store = openSqliteStore(home)
  })
  afterEach(async () => {
    await store.close()
    rmSync(home, { recursive: true })
  })
  const staged = (): readonly string[] => readdirSync(home).filter((name) => name.startsWith('import.partial'))

  it('of more entries than are moved at a time has all of them, with their words and what they rest on', async () => {
    const bytes = Buffer.from('raw answer')
    const notes = Array.from({ length: 4_100 }, (_each, at) => noted(`note ${at}`, [evidenceId(bytes)]))
    const entries = forgedEntries([OPENED, ...notes])
    const copy = asCopy([...entries.map((entry) => ({ entry })), { evidence: evidenceId(bytes), bytes }])
    expect(await store.adopt(copy)).toMatchObject({ added: 4_101, evidence: 1 })
    expect(await store.audit(INCIDENT)).toBeUndefined()
    expect(await store.examine()).toEqual([])
    expect((await store.search('4099', 9)).map(({ seq }) => seq)).toEqual([4_101])
    expect(staged()).toEqual([])
    expect(await store.adopt(copy)).toMatchObject({ added: 0 })
  })

  it('clears away what one that was killed had staged, and leaves nothing of one that fails', async () => {
    writeFileSync(path.join(home, 'import.partial'), 'half a file')
    writeFileSync(path.join(home, 'import.partial-journal'), 'half a journal')
    const [first, second] = forgedEntries([OPENED, noted('x')])
    if (!first || !second) throw new Error('two were made')
    expect(await store.adopt(asCopy([{ entry: first }, { entry: second }]))).toMatchObject({ added: 2 })
    expect(staged()).toEqual([])
    const [, other] = forgedEntries([OPENED, noted('another')])
    if (!other) throw new Error('two were made')
    await expect(store.adopt(asCopy([{ entry: first }, { entry: other }]))).rejects.toMatchObject({
      kind: 'already-there',
      message: expect.stringContaining('from entry 2 on'),
    })
    expect(staged()).toEqual([])
  })

  it('says so where it cannot stage anything', async () => {
    mkdirSync(path.join(home, 'import.partial', 'in-the-way'), { recursive: true })
    const entries = forgedEntries([OPENED])
    await expect(store.adopt(asCopy(entries.map((entry) => ({ entry }))))).rejects.toMatchObject({
      name: 'StoreProblem',
    })
    expect(await store.list()).toEqual([])
  })
})
