import { mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import type { PayloadOf } from '../../src/incidents/payloads.ts'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import type { AnyEntry } from '../../src/incidents/store.ts'

/** All entries of an incident of this home. */
export async function entriesIn(home: string, incident: string): Promise<readonly AnyEntry[]> {
  const store = openSqliteStore(home)
  try {
    return await store.read(incident)
  } finally {
    await store.close()
  }
}

/** No process has that number: it is above the highest pid_max (proc_sys_kernel(5)). */
export const NO_PROCESS = '4194305'

/**
 * A shell on web-1 that amy began, in the record and in the file that her console left of it.
 *
 * @param owner its process, as the file has it in its name
 * @param end how her console had ended it, where it had
 */
export async function leaveShell(
  home: string,
  incident: string,
  { owner = NO_PROCESS, end }: { readonly owner?: string; readonly end?: Partial<PayloadOf<'shelled'>> } = {},
): Promise<{ readonly seq: number; readonly folder: string }> {
  const identity = { hostname: 'web-1' }
  const session = { commands: [], columns: 80, rows: 24 }
  const store = openSqliteStore(home)
  const write = (payload: PayloadOf<'shelled'>) =>
    store.append(incident, {
      at: new Date().toISOString(),
      by: 'amy@web-1',
      did: 'shelled',
      box: 'web-1',
      identity,
      payload,
    })
  const { seq } = await write({ ...session, state: 'running' })
  if (end) await write({ ...session, of: seq, ...end })
  await store.close()
  const folder = path.join(home, 'shells')
  mkdirSync(folder, { recursive: true })
  const remark = JSON.stringify({ incident, box: 'web-1', identity, seq })
  writeFileSync(
    path.join(folder, `${encodeURIComponent(hostname())}-${owner}-abc.cast`),
    `{"version":3,"term":{"cols":80,"rows":24},"timestamp":1700000000}\n# halligan ${remark}\n[0.1,"o","$ ls\\r\\n"]\n[0.1,"i","ls\\r"]\n`,
  )
  return { seq, folder }
}
