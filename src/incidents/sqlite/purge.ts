import { appendEntry, idOf, mustExist, storedEntry } from './entries.ts'
import { releaseEvidence } from './evidence.ts'
import type { Statements } from './statements.ts'
import { StoreProblem, type Purge, type Purged } from '../store.ts'

/** Inside of a transaction: the tombstone first, without which the triggers let nothing go. */
export function purgeEntry(
  sql: Statements,
  incident: string,
  seq: number,
  { at, by, why, command, of, over }: Purge,
): Omit<Purged, 'overwritten'> {
  const id = purgeable(sql, incident, seq)
  const tombstone = appendEntry(sql, incident, { at, by, did: 'purged', payload: { command, seq, why, of, over } })
  const forgotten = { tombstone, ...forget(sql, id) }
  rewriteSearch(sql)
  return forgotten
}

/** Takes out what an entry says: its payload, its words in the search index (but see `rewriteSearch`), the evidence that nothing else names. */
export function forget(sql: Statements, id: number): Pick<Purged, 'removed' | 'shared'> {
  sql.run('DELETE FROM search WHERE rowid = ?', id)
  sql.run('DELETE FROM payloads WHERE entry = ?', id)
  return releaseEvidence(sql, id)
}

/**
 * After the last `forget` of a transaction. What FTS5 deletes it overwrites (secure-delete), but the table by which it finds its pages keeps with what word
 * each of them began, and 'optimize' leaves alone what is in one piece (sqlite.org/fts5.html). Anew is for certain: 1.6 s of a record of 100,000 notes,
 * during which nobody else writes.
 */
export function rewriteSearch(sql: Statements): void {
  sql.run("INSERT INTO search (search) VALUES ('rebuild')")
}

function purgeable(sql: Statements, incident: string, seq: number): number {
  mustExist(sql, incident)
  const entry = storedEntry(sql, incident, seq)
  const id = idOf(sql, incident, seq)
  if (!entry || id === undefined)
    throw cannot(`incident ${incident} has no entry ${seq}.`, '`halligan timeline` lists them.')
  if (entry.body === undefined)
    throw cannot(`entry ${seq} of ${incident} was purged before.`, 'There is nothing left of it.')
  if (entry.did === 'purged') throw cannot(`entry ${seq} of ${incident} says what was purged and why: it stays.`, '')
  return id
}

function cannot(message: string, tryNext: string): StoreProblem {
  return new StoreProblem('no-such-entry', message, tryNext)
}
