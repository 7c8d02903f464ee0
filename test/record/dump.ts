import path from 'node:path'
import { exportLines } from '../../src/incidents/export-lines.ts'
import type { Store } from '../../src/incidents/store.ts'

/** Records that released versions have written: vN/record.db.zst, what is in it as text, and one of its incidents as it was exported. */
export const RECORDS = path.join(import.meta.dirname, '../fixtures/record')

/** All that a record holds, as lines of JSON: incident after incident as an export has them. */
export async function dumpOf(store: Store): Promise<string> {
  const lines: string[] = []
  for (const { id } of await store.list()) for await (const line of exportLines(store.copy(id))) lines.push(line)
  return `${lines.join('\n')}\n`
}
