import { moveSeen, readDesk, type Desk } from '../incidents/desk.ts'
import { StoreProblem, type AnyEntry } from '../incidents/store.ts'
import { deskName } from './author.ts'
import { home } from './the-store.ts'

export function theDesk(): Desk {
  return readDesk(home(), deskName())
}

/** Number of the last entry of an incident that this person was shown. */
export function seenOf(incident: string): number {
  return theDesk().seen[incident] ?? 0
}

/**
 * These entries stand on the screen of this person now. Only what joins to what they had seen counts: `--last 5` shows nothing of what is before it.
 * What cannot be remembered is shown again, which is no failure.
 */
export function wasShown(incident: string, entries: readonly AnyEntry[]): void {
  const first = entries[0]?.seq ?? 0
  const last = entries.at(-1)?.seq ?? 0
  if (first > seenOf(incident) + 1) return
  try {
    moveSeen(home(), deskName(), incident, last)
  } catch (error) {
    if (!(error instanceof StoreProblem)) throw error
  }
}
