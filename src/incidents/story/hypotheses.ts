import type { AnyEntry } from '../store.ts'
import { momentOf, those, type Moment } from './told.ts'

/** One thing that was thought to be the cause, and what became of it. */
export interface Hypothesis {
  readonly number: number
  /** Undefined when the entry was purged. */
  readonly text: string | undefined
  readonly supposed: Moment | undefined
  /** The last word on it; undefined while it is open. */
  readonly ended: Ending | undefined
}

export interface Ending extends Moment {
  readonly how: 'ruled-out' | 'confirmed'
  readonly why: string
  /** Numbers of the entries that show it. */
  readonly by: readonly number[]
}

/** In the order in which they came up. */
export function hypothesesOf(entries: readonly AnyEntry[]): readonly Hypothesis[] {
  const numbers = new Set<number>()
  for (const entry of entries)
    if (entry.did === 'supposed' || entry.did === 'ruled-out' || entry.did === 'confirmed')
      if (entry.payload) numbers.add(entry.payload.hypothesis)
  return [...numbers].map((number) => {
    const supposed = those(entries, 'supposed').find(({ payload }) => payload.hypothesis === number)
    return {
      number,
      text: supposed?.payload.text,
      supposed: supposed && momentOf(supposed),
      ended: ending(entries, number),
    }
  })
}

function ending(entries: readonly AnyEntry[], number: number): Ending | undefined {
  const last = [...those(entries, 'ruled-out'), ...those(entries, 'confirmed')]
    .filter(({ payload }) => payload.hypothesis === number)
    .toSorted((a, b) => a.seq - b.seq)
    .at(-1)
  if (!last) return undefined
  const { why, by } = last.payload
  return { ...momentOf(last), how: last.did, why, by }
}
