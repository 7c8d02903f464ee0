import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'

export type Row = Readonly<Record<string, SQLOutputValue>>
/** Values of a row in the order of its columns: half the cost, for what is read by the thousand. */
export type List = readonly SQLOutputValue[]

/** SQL with its values; each text is prepared once. */
export interface Statements {
  readonly run: (sql: string, ...values: readonly SQLInputValue[]) => void
  readonly row: (sql: string, ...values: readonly SQLInputValue[]) => Row | undefined
  readonly rows: (sql: string, ...values: readonly SQLInputValue[]) => readonly Row[]
  readonly lists: (sql: string, ...values: readonly SQLInputValue[]) => readonly List[]
  /** One at a time, for what may be long. */
  readonly each: (sql: string, ...values: readonly SQLInputValue[]) => Iterable<List>
}

export function statementsOf(database: DatabaseSync): Statements {
  const known = new Map<string, StatementSync>()
  const prepared = (sql: string): StatementSync => {
    const statement = known.get(sql) ?? database.prepare(sql)
    known.set(sql, statement)
    return statement
  }
  const listing = (sql: string): StatementSync => {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  return {
    run: (sql, ...values) => void prepared(sql).run(...values),
    row: (sql, ...values) => prepared(sql).get(...values),
    rows: (sql, ...values) => prepared(sql).all(...values),
    // The types of Node do not say what `setReturnArrays` makes of rows.
    lists: (sql, ...values) => listing(sql).all(...values) as unknown as readonly List[],
    each: (sql, ...values) => listing(sql).iterate(...values) as unknown as Iterable<List>,
  }
}

/** All of it or nothing. The lock is taken at the start: two writers take turns instead of meeting at the end. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(database)
    throw error
  }
}

/** SQLite has ended some itself, as on a full disk. */
export function rollBack(database: DatabaseSync): void {
  if (database.isTransaction) database.exec('ROLLBACK')
}
