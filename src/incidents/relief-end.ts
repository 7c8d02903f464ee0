import type { End } from './endings.ts'
import type { PayloadOf } from './payloads.ts'

/**
 * What came of a relief: `done`: it worked; `failed`: it was done and did not work; `unseen`: nobody knows how it ended, or whether it was begun; `not-started`;
 * undefined for an entry that tells the end of another one.
 */
export type ReliefEnd = 'done' | 'failed' | 'unseen' | 'not-started'

/** @param end of the same relief, where there is one (`endsOf`) */
export function reliefEnd(payload: PayloadOf<'relieved'>, end: End | undefined): ReliefEnd | undefined {
  if (payload.of !== undefined) return undefined
  if (payload.state === undefined) return 'done'
  if (payload.state === 'not-started') return 'not-started'
  const told = end?.did === 'relieved' ? end.payload : undefined
  if (told?.state === 'not-started') return 'not-started'
  if (told?.state !== 'ended') return 'unseen'
  return told.worked === false ? 'failed' : 'done'
}
