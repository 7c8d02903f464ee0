import type { AnyEntry } from './store.ts'

/**
 * What a person has not been shown: everything after the last entry that they were, without their own at its beginning and end, which they know; empty when
 * others wrote nothing.
 *
 * @param me `alice@laptop`
 */
export function unseenOf(entries: readonly AnyEntry[], seen: number, me: string): readonly AnyEntry[] {
  const later = entries.filter(({ seq }) => seq > seen)
  const first = later.findIndex(({ by }) => by !== me)
  const last = later.findLastIndex(({ by }) => by !== me)
  return first < 0 ? [] : later.slice(first, last + 1)
}
