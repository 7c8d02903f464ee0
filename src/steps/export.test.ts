import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { INCIDENT } from '../../test/incidents/entries.ts'
import { testRecord, type TestRecord } from '../../test/incidents/open-incident.ts'
import { exportIncident } from './export.ts'

let folder: string
let record: TestRecord
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-export-'))
  record = await testRecord()
})
afterEach(async () => {
  await record.end()
  rmSync(folder, { recursive: true, force: true })
})

async function exportTo(file: string): Promise<unknown> {
  const { store, recorder } = record.as('alice@laptop')
  const [incident] = await store.list()
  if (!incident) throw new Error('the record is empty')
  return exportIncident({ store, recorder, incident, file })
}

describe('an export', () => {
  it('is recorded, and leaves nothing beside the file', async () => {
    await exportTo(path.join(folder, 'a.zst'))
    expect((await record.store.read(INCIDENT)).map(({ did }) => did)).toEqual(['opened', 'exported'])
    expect(readdirSync(folder)).toEqual(['a.zst'])
  })

  it('is taken back where it fails all the same', async () => {
    const { store, recorder } = record.as('alice@laptop')
    const [incident] = await store.list()
    if (!incident) throw new Error('the record is empty')
    const copy = (): AsyncIterable<never> => {
      throw new Error('the disk is gone')
    }
    const file = path.join(folder, 'a.zst')
    await expect(exportIncident({ store: { ...store, copy }, recorder, incident, file })).rejects.toThrow('is gone')
    expect((await store.read(INCIDENT)).slice(1)).toMatchObject([
      { did: 'exported' },
      { did: 'undone', payload: { of: 2, why: 'nothing was exported: the disk is gone' } },
    ])
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([
    ['is in a folder that is not there', (): string => path.join(folder, 'nowhere', 'a.zst')],
    [
      'is in what is no folder',
      (): string => {
        writeFileSync(path.join(folder, 'plain'), '')
        return path.join(folder, 'plain', 'a.zst')
      },
    ],
    ['has too long a name', (): string => path.join(folder, 'x'.repeat(300))],
    [
      'is there already',
      (): string => {
        writeFileSync(path.join(folder, 'a.zst'), '')
        return path.join(folder, 'a.zst')
      },
    ],
  ])('is not recorded where the file %s', async (_what, make) => {
    const file = make()
    const before = readdirSync(folder)
    await expect(exportTo(file)).rejects.toMatchObject({ kind: 'file', message: expect.stringContaining(file) })
    expect((await record.store.read(INCIDENT)).map(({ did }) => did)).toEqual(['opened'])
    expect(readdirSync(folder)).toEqual(before)
  })
})
