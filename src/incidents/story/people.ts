import { atConsoleOf, openBy } from '../closing.ts'
import type { AnyEntry } from '../store.ts'

/** Who wrote entries, each with a role in place of the name: `responder 1` opened the incident or wrote first, and so on. */
export function rolesOf(entries: readonly AnyEntry[]): ReadonlyMap<string, string> {
  const people = [...new Set(entries.map(({ by }) => by))]
  return new Map(people.map((by, at) => [by, `responder ${at + 1}`]))
}

/** What an `overrode` entry quotes of obstacles to closing, which name people in words of ours. What people typed is theirs. */
export function obstaclesWithRoles(text: string, roles: ReadonlyMap<string, string>): string {
  return [...roles]
    .toSorted(([a], [b]) => b.length - a.length)
    .reduce(
      (kept, [by, role]) =>
        kept.replaceAll(atConsoleOf(by), () => atConsoleOf(role)).replaceAll(openBy(by), () => openBy(role)),
      text,
    )
}
