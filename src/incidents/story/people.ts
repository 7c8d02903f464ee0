import type { AnyEntry } from '../store.ts'

/** Who wrote entries, each with a role in place of the name: `responder 1` opened the incident or wrote first, and so on. */
export function rolesOf(entries: readonly AnyEntry[]): ReadonlyMap<string, string> {
  const people = [...new Set(entries.map(({ by }) => by))]
  return new Map(people.map((by, at) => [by, `responder ${at + 1}`]))
}

/** The names that the record itself knows are replaced by their roles; what else people wrote is theirs. */
export function withRoles(text: string, roles: ReadonlyMap<string, string>): string {
  return [...roles]
    .toSorted(([a], [b]) => b.length - a.length)
    .reduce((kept, [name, role]) => (name === '' ? kept : kept.replaceAll(name, role)), text)
}
