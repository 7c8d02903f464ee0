import { cpSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, it } from 'vitest'
import { evidenceId, type Draft } from '../../src/incidents/entry.ts'
import { homes } from './homes.ts'
import { auditedRecord, edited, withStore, type AuditedRecord } from './records.ts'

// What somebody with a database tool changes, one thing at a time: each is found, and the right entry is named.

const ONE = '20260102-bcdf'
const TWO = '20260102-ghjk'
const BOTH = Buffer.from('evidence of both incidents')
const OWN = Buffer.from('evidence of one entry')

const home = homes()
let base = ''

beforeAll(async () => {
  base = home()
  await withStore(base, async (store) => {
    const at = '2026-01-02T03:04:05.678Z'
    const by = 'amy@web-1'
    const note = (text: string, ...evidence: string[]): Draft => ({ at, by, did: 'noted', payload: { text, evidence } })
    for (const incident of [ONE, TWO])
      await store.append(incident, { at, by, did: 'opened', payload: { title: 'checkout returns 500s', boxes: [] } })
    await store.append(TWO, note('rests on it first', evidenceId(BOTH)), { evidence: [BOTH] })
    await store.append(ONE, { ...note('second', evidenceId(BOTH)), ...WHERE }, { evidence: [BOTH] })
    await store.append(ONE, note('third', evidenceId(OWN)), { evidence: [OWN] })
    await store.append(ONE, note('to be purged'))
    await store.append(ONE, { ...note('fifth'), ...WHERE })
    await store.purge(ONE, 4, { at, by, why: 'why not' })
    await store.append(ONE, note('seventh'))
    await store.append(ONE, note('eighth'))
    await store.append(TWO, note('the last row'))
  })
})
const WHERE = { box: 'web-1', identity: { hostname: 'web-1', machineId: 'm1', bootId: 'b1' } }

/** What `audit` says after one edit. */
async function after(edit: string | ((database: DatabaseSync) => void)): Promise<AuditedRecord> {
  const copy = home()
  cpSync(base, copy, { recursive: true })
  edited(copy, typeof edit === 'string' ? (database) => database.exec(edit) : edit)
  return withStore(copy, auditedRecord)
}

const row = (seq: number, incident = ONE): string =>
  `(SELECT id FROM entries WHERE incident = '${incident}' AND seq = ${seq})`

describe('a record that nobody touched', () => {
  it('is intact', async () => {
    expect(await after('SELECT 1')).toEqual({ chains: { [ONE]: undefined, [TWO]: undefined }, record: [] })
  })
})

describe('a field of an entry that was changed', () => {
  const FIELDS: Readonly<Record<string, readonly string[]>> = {
    id: ['id + 1000', '-id'],
    v: ['2', '0', '9007199254740993'],
    incident: ["'20260102-zzzz'", "incident || 'x'"],
    seq: ['seq + 100'],
    at: ["'2026-01-02T03:04:05.679Z'", "''"],
    by: ["'eve@web-1'", "by || ' '"],
    did: ["'closed'", "'purged'"],
    box: ["'web-2'", 'NULL', "''"],
    hostname: ["'web-2'", 'NULL', "''"],
    machine_id: ["'m2'", 'NULL', "''"],
    boot_id: ["'b2'", 'NULL', "''"],
    payload_hash: ["replace(payload_hash, substr(payload_hash, 1, 1), 'x')", "'0'"],
    prev: ["'0'"],
    hash: ["'0'"],
  }
  const edits = Object.entries(FIELDS).flatMap(([field, values]) => values.map((value) => ({ field, value })))
  const seqs = [1, 2, 4, 5, 6, 8]

  it.each(edits)('$field = $value is named with its entry', async ({ field, value }) => {
    for (const seq of seqs) {
      const isSame =
        ['box', 'hostname', 'machine_id', 'boot_id'].includes(field) && value === 'NULL' && seq !== 2 && seq !== 5
      const isIt = field === 'did' && value === "'purged'" && seq === 6
      if (isSame || isIt) continue
      const { chains, record } = await after(`UPDATE entries SET ${field} = ${value} WHERE id = ${row(seq)}`)
      // Of a purged entry nothing points at its row; one that was moved elsewhere from the end is missed only there.
      if (field === 'id' && seq === 4) expect(record).toEqual(['Rows of entries were numbered anew.'])
      else if (field === 'incident' && seq === 8)
        expect(Object.values(chains)).toContainEqual({ seq: 1, why: 'it is missing: the next one has the number 8' })
      else expect(chains[ONE], `entry ${seq}`).toMatchObject({ seq, why: expect.any(String) })
      expect(chains[TWO]).toBeUndefined()
    }
  })

  it('that has a hash of its own, made to fit, is named at the next one', async () => {
    const { chains } = await after(
      `UPDATE entries SET hash = (SELECT hash FROM entries WHERE id = ${row(7)}) WHERE id = ${row(5)}`,
    )
    expect(chains[ONE]).toMatchObject({ seq: 5 })
  })
})

describe('a row that was taken out', () => {
  it.each([1, 2, 3, 4, 5, 6, 7])('is named: entry %i', async (seq) => {
    const { chains, record } = await after(`DELETE FROM entries WHERE id = ${row(seq)}`)
    expect(chains[ONE]).toEqual({ seq, why: `it is missing: the next one has the number ${seq + 1}` })
    expect(record.join('\n')).toMatch(/Entries were taken out: 11 were written, 10 are here/)
  })

  it('at the end of an incident, with all that belongs to it, leaves a gap in the numbers of rows', async () => {
    const { chains, record } = await after((database) => {
      const { id } = database.prepare(`SELECT ${row(8)} AS id`).get() ?? {}
      database.exec(`DELETE FROM payloads WHERE entry = ${Number(id)}; DELETE FROM search WHERE rowid = ${Number(id)}`)
      database.exec(`DELETE FROM entries WHERE id = ${Number(id)}`)
    })
    expect(chains[ONE]).toBeUndefined()
    expect(record).toEqual(['Entries were taken out: 11 were written, 10 are here.'])
  })

  it('at the end of the table does so too', async () => {
    const { record } = await after((database) => {
      for (const [table, key] of [
        ['payloads', 'entry'],
        ['search', 'rowid'],
        ['entries', 'id'],
      ])
        database.exec(`DELETE FROM ${table} WHERE ${key} = ${row(3, TWO)}`)
    })
    expect(record).toEqual(['Entries were taken out: 11 were written, 10 are here.'])
  })

  it('is missed as a whole incident', async () => {
    const { chains, record } = await after(`DELETE FROM entries WHERE incident = '${TWO}'`)
    expect(Object.keys(chains)).toEqual([ONE])
    expect(record.join('\n')).toMatch(/11 were written, 8 are here/)
  })
})

describe('entries that were exchanged', () => {
  it.each([
    [2, 3],
    [5, 7],
    [7, 8],
  ])('%i and %i are named at the first', async (one, other) => {
    const { chains } = await after(
      `UPDATE entries SET seq = 1000 WHERE id = ${row(one)};
       UPDATE entries SET seq = ${one} WHERE id = ${row(other)};
       UPDATE entries SET seq = ${other} WHERE id = (SELECT id FROM entries WHERE seq = 1000)`,
    )
    expect(chains[ONE]).toMatchObject({ seq: one })
  })
})

describe('what an entry says', () => {
  it.each([1, 2, 3, 5, 6, 7, 8])('is named when it was changed or taken out: entry %i', async (seq) => {
    for (const edit of [
      `UPDATE payloads SET body = replace(body, 'e', 'E') WHERE entry = ${row(seq)}`,
      `UPDATE payloads SET body = body || ' ' WHERE entry = ${row(seq)}`,
      `UPDATE payloads SET body = 'no JSON' WHERE entry = ${row(seq)}`,
      `UPDATE payloads SET salt = '${'0'.repeat(32)}' WHERE entry = ${row(seq)}`,
      `UPDATE payloads SET entry = entry + 1000 WHERE entry = ${row(seq)}`,
      `DELETE FROM payloads WHERE entry = ${row(seq)}`,
    ])
      expect((await after(edit)).chains[ONE], edit).toMatchObject({ seq })
  })

  it('is named where it was purged and is back', async () => {
    const { chains } = await after(
      `INSERT INTO payloads (entry, salt, body) VALUES (${row(4)}, '${'0'.repeat(32)}', '{}')`,
    )
    expect(chains[ONE]).toMatchObject({ seq: 4 })
  })

  it('is not to blame for a tombstone that was changed to name another entry', async () => {
    const { chains } = await after(
      `UPDATE payloads SET body = replace(body, '"seq":4', '"seq":3') WHERE entry = ${row(6)}`,
    )
    expect(chains[ONE]).toEqual({ seq: 6, why: 'what it says was changed after it was written' })
  })
})

describe('evidence', () => {
  it.each([
    ["id = replace(id, substr(id, 1, 2), 'zz')", /is gone/],
    ['bytes = bytes + 1', /was changed/],
    ["zstd = x'00'", /was changed/],
    ["zstd = x''", /was changed/],
    ['zstd = substr(zstd, 1, length(zstd) - 1)', /was changed/],
  ])('is named with the first entry of each incident that rests on it: %s', async (change, why) => {
    const { chains } = await after(`UPDATE evidence SET ${change} WHERE id = '${evidenceId(BOTH)}'`)
    expect(chains[ONE]).toMatchObject({ seq: 2, why: expect.stringMatching(why) })
    expect(chains[TWO]).toMatchObject({ seq: 2, why: expect.stringMatching(why) })
  })

  it('that was taken out, or exchanged for another piece, is named', async () => {
    const gone = await after(`DELETE FROM evidence WHERE id = '${evidenceId(OWN)}'`)
    expect(gone.chains).toEqual({
      [ONE]: { seq: 3, why: `the evidence ${evidenceId(OWN).slice(0, 12)} that it rests on is gone` },
      [TWO]: undefined,
    })
    const exchanged = await after(
      `UPDATE evidence SET zstd = (SELECT zstd FROM evidence WHERE id = '${evidenceId(BOTH)}') WHERE id = '${evidenceId(OWN)}'`,
    )
    expect(exchanged.chains[ONE]).toMatchObject({ seq: 3 })
  })

  it('that was added is seen', async () => {
    const { record } = await after(`INSERT INTO evidence (id, bytes, zstd) VALUES ('${'a'.repeat(64)}', 1, x'00')`)
    expect(record).toEqual([expect.stringMatching(/^Evidence that no entry names \(.*import.*\): 1\.$/)])
  })

  it('has its uses', async () => {
    for (const edit of [
      `DELETE FROM evidence_uses WHERE entry = ${row(2)}`,
      `UPDATE evidence_uses SET evidence = '${evidenceId(OWN)}' WHERE entry = ${row(2)}`,
      `INSERT INTO evidence_uses (evidence, entry) VALUES ('${evidenceId(OWN)}', ${row(2)})`,
    ])
      expect((await after(edit)).chains[ONE], edit).toEqual({ seq: 2, why: 'the list of what it rests on was changed' })
  })
})

describe('the search index', () => {
  it('has the words of each entry', async () => {
    for (const edit of [
      `UPDATE search SET words = 'other' WHERE rowid = ${row(5)}`,
      `DELETE FROM search WHERE rowid = ${row(5)}`,
    ])
      expect((await after(edit)).chains[ONE], edit).toEqual({
        seq: 5,
        why: 'its words in the search index were changed',
      })
    expect((await after(`INSERT INTO search (rowid, words) VALUES (${row(4)}, 'back')`)).chains[ONE]).toMatchObject({
      seq: 4,
    })
    expect((await after("INSERT INTO search (rowid, words) VALUES (5000, 'stray')")).record).toEqual([
      'Words in the search index without their entry: 1.',
    ])
  })

  it('fits to its words', async () => {
    const { record } = await after("UPDATE search_data SET block = x'00' WHERE id > 10")
    expect(record.join('\n')).toMatch(/The file is damaged: .*search/)
  })
})

describe('the guards', () => {
  it('are missed when they are gone, changed, or more than we made', async () => {
    const copy = home()
    cpSync(base, copy, { recursive: true })
    edited(copy, (database) => {
      database.exec('CREATE TABLE extra (x); CREATE INDEX more ON entries (by)')
    })
    expect((await withStore(copy, auditedRecord)).record).toEqual([
      'The table extra was added.',
      'The index more was added.',
    ])
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(`${copy}/record.db`)
    database.exec('DROP TRIGGER entries_stay; DROP TABLE extra; DROP INDEX more')
    database.close()
    expect((await withStore(copy, auditedRecord)).record).toEqual([
      'The trigger entries_stay was changed or taken out.',
    ])
  })

  it('hold against edits that do not put them aside', async () => {
    const { DatabaseSync } = await import('node:sqlite')
    const copy = home()
    cpSync(base, copy, { recursive: true })
    const database = new DatabaseSync(`${copy}/record.db`)
    for (const table of ['entries', 'payloads', 'evidence', 'evidence_uses']) {
      const [column] = Object.keys(database.prepare(`SELECT * FROM ${table}`).get() ?? {})
      expect(() => database.exec(`UPDATE ${table} SET ${column} = ${column}`), table).toThrow(/append-only/)
      expect(() => database.exec(`DELETE FROM ${table}`), table).toThrow(/append-only|purged|rests on/)
    }
    expect(() =>
      database.exec(
        `INSERT INTO entries SELECT 99, v, incident, 50, at, by, did, box, hostname, machine_id, boot_id, payload_hash, prev, hash FROM entries WHERE id = 1`,
      ),
    ).toThrow(/does not follow/)
    database.close()
    expect(await withStore(copy, auditedRecord)).toMatchObject({ record: [] })
  })
})
