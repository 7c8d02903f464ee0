import type { DatabaseSync } from 'node:sqlite'
import { mustExist, storedEntries } from './entries.ts'
import { evidenceBytes } from './evidence.ts'
import { rollBack, statementsOf } from './statements.ts'
import type { CopyItem } from '../store.ts'

/** An incident at one moment, over a connection of its own: others write on meanwhile. */
export function* copyOf(database: DatabaseSync, incident: string): Iterable<CopyItem> {
  const sql = statementsOf(database)
  database.exec('BEGIN')
  try {
    mustExist(sql, incident)
    for (const { id: _, ...entry } of storedEntries(sql, incident)) yield { entry }
    for (const row of sql.each(NAMED, incident)) {
      const evidence = String(row[0])
      const bytes = evidenceBytes(sql, evidence)
      if (bytes) yield { evidence, bytes }
    }
  } finally {
    rollBack(database)
  }
}

const NAMED = `SELECT DISTINCT evidence FROM evidence_uses JOIN entries ON entries.id = evidence_uses.entry
  WHERE incident = ? ORDER BY evidence`
