import { hostname } from 'node:os'
import type { Recorder } from '../incidents/recorder.ts'
import { spoolNames } from '../incidents/spool-folder.ts'
import type { Store } from '../incidents/store.ts'
import { recorderInto } from './recorder.ts'
import { home, theStore } from './the-store.ts'

let isWhole = false

/**
 * The record with what killed consoles of this machine left of the shells that they recorded: for whatever is about an incident. What only lists,
 * searches or completes writes nothing.
 */
export async function theWholeStore(): Promise<Store> {
  const store = await theStore()
  if (isWhole) return store
  isWhole = true
  if (spoolNames(home()).length === 0) return store
  const { takeInLostShells } = await import('./lost-shells.ts')
  const { thisConsole } = await import('../incidents/console-process.ts')
  const into = (incident: string, typed: readonly string[]): Promise<Recorder> => recorderInto(incident, store, typed)
  await takeInLostShells({ home: home(), console: thisConsole(hostname()), store, recorderInto: into })
  return store
}
