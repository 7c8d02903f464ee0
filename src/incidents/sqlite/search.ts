import { COLUMNS, entryOf } from './entries.ts'
import type { Statements } from './statements.ts'
import type { AnyEntry } from '../store.ts'

/** Entries in which all the words stand, best first (BM25); the last may be the beginning of one. */
export function searchEntries(sql: Statements, words: string, limit: number): readonly AnyEntry[] {
  const terms = words
    .toWellFormed()
    .split(/[\s\0]+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
  if (terms.length === 0) return []
  // In quotes nothing in it is an operator (sqlite.org/fts5.html#fts5_strings).
  const query = `${terms.map((term) => `"${term.replaceAll('"', '""')}"`).join(' ')}*`
  return sql
    .lists(
      `SELECT ${COLUMNS} FROM search JOIN payloads ON payloads.entry = search.rowid
        JOIN entries ON entries.id = search.rowid WHERE search MATCH ? ORDER BY rank, search.rowid DESC LIMIT ?`,
      query,
      limit,
    )
    .map(entryOf)
}
