import { homeFolder } from '../incidents/home.ts'
import type { Store } from '../incidents/store.ts'

/** The folder that holds the record. */
export function home(): string {
  return homeFolder(process.env)
}

let opened: Store | undefined

/** The record of this console, opened once; it is closed when the program ends. Throws a `StoreProblem`. */
export async function theStore(): Promise<Store> {
  if (opened) return opened
  const { openSqliteStore } = await import('../incidents/sqlite-store.ts')
  opened = openSqliteStore(home())
  return opened
}
