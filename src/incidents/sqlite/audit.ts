import { DatabaseSync } from 'node:sqlite'
import { auditChain, parsedBody } from '../chain.ts'
import type { StoredEntry } from '../entry.ts'
import { evidenceOf, wordsOf } from '../payloads.ts'
import { mustExist, storedEntries } from './entries.ts'
import { evidenceMistake, evidenceUsedBy } from './evidence.ts'
import { MIGRATIONS } from './schema.ts'
import { statementsOf, type Row, type Statements } from './statements.ts'
import type { Broken } from '../store.ts'

/** The chain of one incident, with the evidence and the words that belong to each entry. */
export function auditIncident(sql: Statements, incident: string): Broken | undefined {
  mustExist(sql, incident)
  const sound = new Set<string>()
  let reached = 0
  const entries = function* (): Iterable<StoredEntry & { readonly id: number }> {
    for (const entry of storedEntries(sql, incident)) {
      reached = entry.seq
      yield entry
    }
  }
  try {
    return auditChain(entries(), (entry) => besideMistake(sql, entry, sound))
  } catch (error) {
    // A number that is out of all range, a page that is no page.
    return { seq: reached + 1, why: `it cannot be read: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** @param sound evidence that was seen to be as it was put */
function besideMistake(
  sql: Statements,
  { body, ...entry }: StoredEntry & { readonly id?: number },
  sound: Set<string>,
): string | undefined {
  const id = entry.id ?? 0
  const payload = body === undefined ? undefined : parsedBody(body)
  const named = evidenceOf(payload).toSorted()
  if (evidenceUsedBy(sql, id).join() !== named.join()) return 'the list of what it rests on was changed'
  const words = sql.row('SELECT words FROM search WHERE rowid = ?', id)?.['words']
  if (words !== (body === undefined ? undefined : wordsOf(payload))) return 'its words in the search index were changed'
  for (const evidence of named) {
    const why = sound.has(evidence) ? undefined : evidenceMistake(sql, evidence)
    if (why !== undefined) return why
    sound.add(evidence)
  }
  return undefined
}

/** The file as a whole, in sentences. */
export function examineFile(database: DatabaseSync): readonly string[] {
  const sql = statementsOf(database)
  const attempt = (look: () => readonly string[]): readonly string[] => {
    try {
      return look()
    } catch (error) {
      return [`The file cannot be read to its end: ${error instanceof Error ? error.message : String(error)}.`]
    }
  }
  return [() => structure(sql), () => guards(sql), () => numbering(sql), () => strays(sql)].flatMap(attempt)
}

/** With the search index, which SQLite checks along (sqlite.org/fts5.html#the_integrity_check_command). */
function structure(sql: Statements): readonly string[] {
  return sql
    .rows('PRAGMA integrity_check(20)')
    .map((row) => String(Object.values(row)[0]))
    .filter((said) => said !== 'ok')
    .map((said) => `The file is damaged: ${said}.`)
}

/** Tables, indexes and triggers are those that we made. */
function guards(sql: Statements): readonly string[] {
  const expected = new DatabaseSync(':memory:')
  try {
    for (const step of MIGRATIONS) expected.exec(step)
    const ours = schemaOf(statementsOf(expected))
    const theirs = schemaOf(sql)
    const gone = [...ours].filter(([name, text]) => theirs.get(name) !== text).map(([name]) => name)
    const added = [...theirs.keys()].filter((name) => !ours.has(name))
    return [
      ...gone.map((name) => `The ${name} was changed or taken out.`),
      ...added.map((name) => `The ${name} was added.`),
    ]
  } finally {
    expected.close()
  }
}

function schemaOf(sql: Statements): ReadonlyMap<string, string> {
  const named = (row: Row): [string, string] => [`${String(row['type'])} ${String(row['name'])}`, String(row['sql'])]
  // The tables inside of the search index are SQLite's own, and may differ from version to version.
  return new Map(sql.rows("SELECT type, name, sql FROM sqlite_schema WHERE name NOT GLOB 'search_*'").map(named))
}

/** A row that was taken out leaves a gap, at the end too. */
function numbering(sql: Statements): readonly string[] {
  const row = sql.row(
    `SELECT count(*) AS rows, coalesce(max(id), 0) AS highest, coalesce(min(id), 1) AS lowest,
      coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'entries'), 0) AS given FROM entries`,
  )
  const [rows, highest, given] = [Number(row?.['rows']), Number(row?.['highest']), Number(row?.['given'])]
  if (rows === highest && rows === given && row?.['lowest'] === 1) return []
  return rows === given
    ? ['Rows of entries were numbered anew.']
    : [`Entries were taken out: ${given} were written, ${rows} are here.`]
}

function strays(sql: Statements): readonly string[] {
  return STRAYS.flatMap(([what, query]) => {
    const count = Number(sql.row(query)?.['count'])
    return count === 0 ? [] : [`${what}: ${count}.`]
  })
}

const STRAYS: readonly (readonly [string, string])[] = [
  [
    'Payloads without their entry',
    'SELECT count(*) AS count FROM payloads WHERE entry NOT IN (SELECT id FROM entries)',
  ],
  [
    'Evidence that no entry names (of an import that goes on, or was killed: the next one takes it out)',
    'SELECT count(*) AS count FROM evidence WHERE id NOT IN (SELECT evidence FROM evidence_uses)',
  ],
  [
    'Uses of evidence without their entry',
    'SELECT count(*) AS count FROM evidence_uses WHERE entry NOT IN (SELECT id FROM entries)',
  ],
  [
    'Words in the search index without their entry',
    'SELECT count(*) AS count FROM search WHERE rowid NOT IN (SELECT entry FROM payloads)',
  ],
]
