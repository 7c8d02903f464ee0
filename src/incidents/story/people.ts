import type { AnyEntry } from '../store.ts'

/** Who wrote entries, each with a role in place of the name: `responder 1` opened the incident or wrote first, and so on. */
export function rolesOf(entries: readonly AnyEntry[]): ReadonlyMap<string, string> {
  const people = [...new Set(entries.map(({ by }) => by))]
  return new Map(people.map((by, at) => [by, `responder ${at + 1}`]))
}
