import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readExport } from '../../src/incidents/export-file.ts'
import { payloads } from '../../src/incidents/payloads.ts'
import { MIGRATIONS } from '../../src/incidents/sqlite/schema.ts'
import { dumpOf, RECORDS } from './dump.ts'
import { homes } from './homes.ts'
import { auditedRecord, withStore } from './records.ts'
import { EXAMPLES } from './kinds.ts'

const versions = readdirSync(RECORDS)
const home = homes()

/** As that version left it on disk. */
function unpacked(version: string): string {
  const place = home()
  mkdirSync(place)
  writeFileSync(
    path.join(place, 'record.db'),
    zstdDecompressSync(readFileSync(path.join(RECORDS, version, 'record.db.zst'))),
  )
  return place
}

describe('records of released versions', () => {
  it('are there, of this one too (npm run record -- record)', () => {
    expect(versions).toEqual(Array.from(MIGRATIONS, (_, at) => `v${at + 1}`))
    expect(Object.keys(EXAMPLES).toSorted()).toEqual(Object.keys(payloads).toSorted())
  })

  describe.each(versions)('%s', (version) => {
    const dump = readFileSync(path.join(RECORDS, version, 'dump.jsonl'), 'utf8')

    it('opens, is intact, and says what it said', async () => {
      await withStore(unpacked(version), async (store) => {
        expect(await auditedRecord(store)).toEqual({
          chains: { '20260102-bcdf': undefined, '20260103-ghjk': undefined },
          record: [],
        })
        expect(await dumpOf(store)).toBe(dump)
        expect((await store.search('deleted files held open', 5)).map(({ seq }) => seq)).not.toEqual([])
      })
    })

    it('is read without an entry that this version does not know', async () => {
      await withStore(unpacked(version), async (store) => {
        const entries = await store.read('20260102-bcdf')
        expect(entries.filter(({ did }) => did === 'other')).toEqual([])
        expect(entries.length).toBeGreaterThan(20)
      })
    })

    it('is written on, and intact then', async () => {
      const place = unpacked(version)
      await withStore(place, async (store) => {
        await store.append('20260102-bcdf', {
          at: '2026-02-03T04:05:06.789Z',
          by: 'ann@db-1',
          did: 'noted',
          payload: { text: 'later' },
        })
        await store.purge('20260102-bcdf', 2, { at: '2026-02-03T04:05:06.789Z', by: 'ann@db-1', why: 'x' })
        expect((await auditedRecord(store)).chains['20260102-bcdf']).toBeUndefined()
      })
      await withStore(place, async (store) => expect((await auditedRecord(store)).record).toEqual([]))
    })

    it('has an export that is imported as it was', async () => {
      const file = path.join(RECORDS, version, 'export.jsonl.zst')
      expect(existsSync(file)).toBe(true)
      await withStore(home(), async (store) => {
        await store.adopt(() => readExport(file))
        expect(dump).toContain((await dumpOf(store)).trimEnd())
        expect(await auditedRecord(store)).toEqual({ chains: { '20260102-bcdf': undefined }, record: [] })
      })
    })
  })
})
