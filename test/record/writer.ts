import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { evidenceId } from '../../src/incidents/entry.ts'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'

// A console that does nothing but write, a process of its own so that it can be killed and traced: HOME INCIDENT COUNT [plain].
// It appends COUNT notes (and opens the incident if it is not there); each entry is acknowledged by a line `SEQ HASH` on standard output once the store has
// given it back. Every third takes evidence along, and every seventh is purged, unless it is to be plain.

const [home = '', incident = '', count = '0', how] = process.argv.slice(2)
const author = { at: '2026-01-02T03:04:05.678Z', by: 'amy@web-1' }
const plain = how === 'plain'
const store = openSqliteStore(home)

const known = (await store.list()).some(({ id }) => id === incident)
if (!known) {
  const opened = { ...author, did: 'opened', payload: { title: 'x', boxes: [] } } as const
  // Another one may be faster.
  await store.append(incident, opened, { after: 0 }).then(acknowledge, () => {})
}
for (let at = 1; at <= Number(count); at++) {
  const evidence = at % 3 === 0 && !plain ? [randomBytes(3000)] : []
  const payload = { text: `note ${at}`, evidence: evidence.map(evidenceId) }
  const entry = await store.append(incident, { ...author, did: 'noted', payload }, { evidence })
  acknowledge(entry)
  if (at % 7 === 0 && !plain) acknowledge((await store.purge(incident, entry.seq, { ...author, why: 'x' })).tombstone)
}
await store.close()

function acknowledge({ seq, hash }: { readonly seq: number; readonly hash: string }): void {
  writeSync(1, `${seq} ${hash}\n`)
}
