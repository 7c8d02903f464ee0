import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { evidenceId, type Draft } from '../../src/incidents/entry.ts'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'

// A console that does nothing but write, a process of its own so that it can be killed and traced: HOME INCIDENT COUNT [ROUNDS].
// It appends COUNT entries (and opens the incident if it is not there), closes, and does so again in each round; each entry is acknowledged by a line
// `SEQ HASH` on standard output once the store has given it back. Now and then it takes evidence along, or purges an entry.

const [home = '', incident = '', count = '0', rounds = '1'] = process.argv.slice(2)
const author = { at: '2026-01-02T03:04:05.678Z', by: 'amy@web-1' }

for (let round = 0; round < Number(rounds); round++) {
  const store = openSqliteStore(home)
  const known = (await store.list()).find(({ id }) => id === incident)
  if (!known)
    await store
      .append(incident, { ...author, did: 'opened', payload: { title: 'x', boxes: [] } }, { after: 0 })
      .then(said, () => {})
  for (let at = 1; at <= Number(count); at++) {
    const evidence = at % 3 === 0 ? [randomBytes(3000)] : []
    const payload = { text: `note ${at}`, evidence: evidence.map(evidenceId) }
    const entry = await store.append(incident, { ...author, did: 'noted', payload } satisfies Draft, { evidence })
    said(entry)
    if (at % 7 === 0) said((await store.purge(incident, entry.seq, { ...author, why: 'x' })).tombstone)
  }
  await store.close()
}

function said({ seq, hash }: { readonly seq: number; readonly hash: string }): void {
  writeSync(1, `${seq} ${hash}\n`)
}
