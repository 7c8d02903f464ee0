import type { Login, SudoLine } from '../../evidence/drift/contents.ts'

/** Somebody edits for a while before they save. Milliseconds. */
const BEFORE_MS = 15 * 60_000
const SHOWN = 3

/** Who may have written a file at that moment, as far as the box knows; clocks of the box alone. */
export function whoWas(atMs: number, logins: readonly Login[], sudo: readonly SudoLine[]): readonly string[] {
  const there = logins.filter(({ fromMs, toMs }) => fromMs <= atMs && (toMs === undefined || toMs >= atMs))
  const done = sudo.filter((line) => line.atMs <= atMs + 1_000 && line.atMs >= atMs - BEFORE_MS)
  return [
    ...new Set(there.map(({ user, from }) => `${user} was logged in (${from})`)),
    ...done.slice(-SHOWN).map(({ text }) => `sudo: ${text.replaceAll(/\s+/g, ' ').trim()}`),
  ].slice(0, SHOWN * 2)
}
