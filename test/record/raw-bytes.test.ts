import { readFileSync, writeFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { evidenceId, type Draft } from '../../src/incidents/entry.ts'
import { StoreProblem, type Store } from '../../src/incidents/store.ts'
import { homes } from './homes.ts'
import { auditedRecord, withStore } from './records.ts'

// Damage that knows nothing of SQLite: bits that flip, a file that is cut, a page of another file.

const home = homes()
let bytes: Buffer
let whole: string

beforeAll(async () => {
  const base = home()
  await withStore(base, async (store) => {
    const draft = (text: string, evidence: readonly Uint8Array[]): Draft => ({
      at: '2026-01-02T03:04:05.678Z',
      by: 'amy@web-1',
      did: 'noted',
      payload: { text, evidence: evidence.map(evidenceId) },
    })
    for (const incident of ['20260102-bcdf', '20260102-ghjk']) {
      await store.append(incident, { ...draft('', []), did: 'opened', payload: { title: 'x', boxes: [] } })
      for (let at = 0; at < 12; at++) {
        const evidence = [Buffer.from(`raw ${at} `.repeat(at * 300))]
        await store.append(incident, draft(`note ${at} `.repeat(at * 20), evidence), { evidence })
      }
      await store.purge(incident, 3, { at: '2026-01-02T03:04:05.678Z', by: 'amy@web-1', why: 'x' })
    }
    whole = await told(store)
  })
  bytes = readFileSync(path.join(base, 'record.db'))
})

/** All that a record tells. */
async function told(store: Store): Promise<string> {
  const parts: unknown[] = [await store.list(), await store.search('note', 100)]
  for (const { id } of await store.list())
    for await (const item of store.copy(id))
      parts.push('bytes' in item ? Buffer.from(item.bytes).toString('hex') : item)
  return JSON.stringify(parts)
}

/** What is said of a damaged file; undefined when it tells the same as before all the same. */
async function damage(file: Uint8Array): Promise<string | undefined> {
  const copy = home()
  mkdirSync(copy)
  writeFileSync(path.join(copy, 'record.db'), file)
  try {
    return await withStore(copy, async (store) => {
      const { chains, record } = await auditedRecord(store)
      const said = [...Object.values(chains).flatMap((broken) => (broken ? [broken.why] : [])), ...record]
      if (said.length > 0) return said.join('; ')
      expect(await told(store)).toBe(whole)
      return undefined
    })
  } catch (error) {
    if (error instanceof StoreProblem) return error.message
    throw error
  }
}

describe('a record file', () => {
  it('in which one byte is another tells the same, or is said to be damaged', async () => {
    let found = 0
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ flip
        if ((await damage(changed)) !== undefined) found += 1
      }),
      {
        numRuns: 150,
        examples: [
          [18, 3],
          [19, 3],
          [0, 1],
          [60, 1],
          [71, 1],
          [28, 255],
          [99, 1],
        ],
      },
    )
    expect(found).toBeGreaterThan(10)
  })

  it('that is cut anywhere is said to be damaged', async () => {
    const cuts = [0, 1, 16, 99, 100, 512, 4095, 4096, 4097, 8192, bytes.length - 4096, bytes.length - 1]
    for (const at of cuts) expect(await damage(bytes.subarray(0, at)), `cut at ${at}`).toMatch(/\w/)
  })

  it('with a page of zeros, of noise, or of another place is said to be damaged, unless the page held nothing', async () => {
    const pages = bytes.length / 4096
    let found = 0
    for (let page = 0; page < pages; page++) {
      const [zeros, elsewhere] = [Buffer.from(bytes), Buffer.from(bytes)]
      zeros.fill(0, page * 4096, (page + 1) * 4096)
      bytes.copy(elsewhere, page * 4096, ((page + 1) % pages) * 4096, (((page + 1) % pages) + 1) * 4096)
      for (const file of [zeros, elsewhere]) if ((await damage(file)) !== undefined) found += 1
    }
    expect(found).toBeGreaterThan(pages)
  })
})
