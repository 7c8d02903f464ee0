import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Draft } from '../../src/incidents/entry.ts'
import type { CopyItem } from '../../src/incidents/store.ts'
import { homes } from './homes.ts'
import { withStore } from './records.ts'

// What was purged is in no byte of the files: neither in a payload, nor as a word of the search index, whose pages keep the first term of each.

const INCIDENT = '20260102-bcdf'
const WHO = { at: '2026-01-02T03:04:05.678Z', by: 'amy@web-1' }
const NOTES = 70
const WORDS = 200
const home = homes()

/** Words that stand nowhere else; all but the last letter says which it was, and of some an index keeps that much. */
const wordsOf = (note: number): readonly string[] =>
  Array.from({ length: WORDS }, (_, at) => `zqhunter${100_000 + (((note * WORDS + at) * 7_919) % 99_991)}x`)
const drafts = (): readonly Draft[] => [
  { ...WHO, did: 'opened', payload: { title: 'it burns', boxes: [] } },
  ...Array.from({ length: NOTES }, (_, note): Draft => ({
    ...WHO,
    did: 'noted',
    payload: { text: `the same words in each note, and its own: ${wordsOf(note).join(' ')}` },
  })),
]
/** Every second note. */
const purged = Array.from({ length: NOTES / 2 }, (_, at) => at * 2)

/** Words of these notes that are anywhere in the files of a record. */
function wordsLeft(folder: string): readonly string[] {
  const bytes = Buffer.concat(
    readdirSync(folder)
      .filter((name) => name.startsWith('record.db'))
      .map((name) => readFileSync(path.join(folder, name))),
  ).toString('latin1')
  return purged.flatMap(wordsOf).filter((word) => bytes.includes(word.slice(0, -1)))
}

describe('the files of a record', () => {
  it('have no word of what was purged', async () => {
    const folder = home()
    await withStore(folder, async (store) => {
      for (const draft of drafts()) await store.append(INCIDENT, draft)
      expect(wordsLeft(folder).length).toBe(purged.length * WORDS)
      for (const note of purged) await store.purge(INCIDENT, note + 2, { ...WHO, why: 'x' })
      expect(wordsLeft(folder)).toEqual([])
      expect(await store.search(wordsOf(1)[0] ?? '', 9)).toHaveLength(1)
      expect(await store.examine()).toEqual([])
    })
    expect(wordsLeft(folder)).toEqual([])
  })

  it('have none of what a copy says was purged elsewhere', async () => {
    const [here, elsewhere] = [home(), home()]
    const copyOf = async (folder: string): Promise<readonly CopyItem[]> =>
      withStore(folder, async (store) => {
        const items: CopyItem[] = []
        for await (const item of store.copy(INCIDENT)) items.push(item)
        return items
      })
    const adopt = (folder: string, items: readonly CopyItem[]): Promise<void> =>
      withStore(folder, async (store) => {
        await store.adopt(async function* () {
          yield* items
        })
        expect(await store.examine()).toEqual([])
      })
    await withStore(here, async (store) => {
      for (const draft of drafts()) await store.append(INCIDENT, draft)
    })
    await adopt(elsewhere, await copyOf(here))
    await withStore(elsewhere, async (store) => {
      for (const note of purged) await store.purge(INCIDENT, note + 2, { ...WHO, why: 'x' })
    })
    await adopt(here, await copyOf(elsewhere))
    expect(wordsLeft(here)).toEqual([])
  })
})
