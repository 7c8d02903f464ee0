import { isNotifiable, type Notifiable } from '../boxes/notifiable.ts'
import type { PayloadOf } from './payloads.ts'
import type { AnyEntry } from './store.ts'

/**
 * As what a team can be told of an entry (`on:` in halligan.yaml); undefined: it cannot. A command is a change on a box if the engineer said so: every
 * command counts as one until told otherwise, and a team that heard of each `df` would soon hear of nothing.
 */
export function notifiableAs(entry: AnyEntry): Notifiable | undefined {
  if (entry.did === 'ran') return entry.payload && isSaidChange(entry.payload) ? 'changed' : undefined
  // Told once it is known how it ended, or that nobody saw it.
  if (entry.did === 'relieved' && (entry.payload?.state === 'running' || entry.payload?.state === 'not-started'))
    return undefined
  return isNotifiable(entry.did) ? entry.did : undefined
}

/** Told once it has been run; a detached one when it begins, since nobody knows when its end will be collected. */
function isSaidChange({ price, priceSaid, state, of, job }: PayloadOf<'ran'>): boolean {
  if (!priceSaid || (price !== 'change' && price !== 'pause') || state === 'not-started') return false
  return job === undefined ? state !== 'running' : of === undefined && state === 'running'
}
