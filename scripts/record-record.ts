import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { evidenceId, type Draft } from '../src/incidents/entry.ts'
import { writeExport } from '../src/incidents/export-file.ts'
import { evidenceOf, isDid } from '../src/incidents/payloads.ts'
import { openSqliteStore } from '../src/incidents/sqlite-store.ts'
import { MIGRATIONS } from '../src/incidents/sqlite/schema.ts'
import type { Store } from '../src/incidents/store.ts'
import { dumpOf, RECORDS } from '../test/record/dump.ts'
import { EXAMPLE_EVIDENCE, EXAMPLES } from '../test/record/kinds.ts'

const FIRE = '20260102-bcdf'
const CLOSED = '20260103-ghjk'

/**
 * Writes a record as this version does into test/fixtures/record/vN, with what is in it as text, and an export. Once a version is released its folder is
 * never written again: later ones have to open it.
 */
export async function recordRecord(): Promise<void> {
  const folder = path.join(RECORDS, `v${MIGRATIONS.length}`)
  if (existsSync(folder)) {
    process.stderr.write(
      `${folder} is there: what a version has written stays. Remove it only if that form was never released.\n`,
    )
    process.exitCode = 1
    return
  }
  const home = mkdtempSync(path.join(tmpdir(), 'record-'))
  const store = openSqliteStore(home)
  await fill(store)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'dump.jsonl'), await dumpOf(store))
  await writeExport(path.join(folder, 'export.jsonl.zst'), store.copy(FIRE))
  await store.close()
  writeFileSync(path.join(folder, 'record.db.zst'), zstdCompressSync(readFileSync(path.join(home, 'record.db'))))
  rmSync(home, { recursive: true })
}

/** One entry of each kind, one that is purged, and a second incident that shares evidence with the first. */
async function fill(store: Store): Promise<void> {
  const author = { at: '2026-01-02T03:04:05.678Z', by: 'amy@web-1' }
  const where = { box: 'web-1', identity: { hostname: 'web-1', machineId: '0'.repeat(32), bootId: '4f1b2c3d' } }
  for (const [did, payload] of Object.entries(EXAMPLES)) {
    if (!isDid(did) || did === 'purged') continue
    const draft = { ...author, ...(did === 'opened' ? {} : where), did, payload } as Draft
    const named = new Set(evidenceOf(payload))
    await store.append(FIRE, draft, { evidence: EXAMPLE_EVIDENCE.filter((bytes) => named.has(evidenceId(bytes))) })
  }
  await store.purge(FIRE, EXAMPLES.purged.seq, { ...author, by: 'ann@db-1', why: EXAMPLES.purged.why })
  const [text] = EXAMPLE_EVIDENCE.map(evidenceId)
  await store.append(CLOSED, { ...author, did: 'opened', payload: { title: 'the same disk again', boxes: [] } })
  const rests = { text: 'rests on what the other one has', evidence: text === undefined ? [] : [text] }
  await store.append(CLOSED, { ...author, did: 'noted', payload: rests }, { evidence: EXAMPLE_EVIDENCE.slice(0, 1) })
  await store.append(CLOSED, { ...author, did: 'closed', payload: EXAMPLES.closed })
}
