import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Draft } from './entry.ts'
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
