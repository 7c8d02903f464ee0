import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import type { Broken, Store } from '../../src/incidents/store.ts'

export async function withStore<T>(home: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openSqliteStore(home)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** As somebody with a database tool: guards put aside, and put back so that nothing shows but the edit. */
export function edited(home: string, edit: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(path.join(home, 'record.db'))
  try {
    database.enableDefensive(false)
    database.exec('PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON')
    const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all()
    for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`)
    edit(database)
    for (const { sql } of triggers) database.exec(String(sql))
  } finally {
    database.close()
  }
}

export interface AuditedRecord {
  readonly chains: Readonly<Record<string, Broken | undefined>>
  readonly record: readonly string[]
}

/** Of all incidents, as `halligan audit` does it. */
export async function auditedRecord(store: Store): Promise<AuditedRecord> {
  const chains: Record<string, Broken | undefined> = {}
  for (const { id } of await store.list()) chains[id] = await store.audit(id)
  return { chains, record: await store.examine() }
}

/** An entry that a console said it had written. */
export interface Acknowledged {
  readonly seq: number
  readonly hash: string
}

/** What is wrong with a record in which these entries were acknowledged: lost ones, and what audit finds. */
export async function faultsOf(
  home: string,
  incident: string,
  acknowledged: readonly Acknowledged[],
): Promise<readonly string[]> {
  return withStore(home, async (store) => {
    const entries = acknowledged.length === 0 ? [] : await store.read(incident)
    const lost = acknowledged.filter(({ seq, hash }) => entries[seq - 1]?.hash !== hash)
    const { chains, record } = await auditedRecord(store)
    const broken = Object.values(chains).flatMap((each) => (each ? [`entry ${each.seq}: ${each.why}`] : []))
    return [...lost.map(({ seq }) => `entry ${seq} was acknowledged and is lost`), ...broken, ...record]
  })
}
