import type { Filesystems } from '../evidence/probes/filesystems.ts'
import { unknown, verdict, type FindingDraft, type Verdict } from './check.ts'

/** Places named in one line; more are counted. */
const NAMED = 3

/**
 * The verdict of a check over all file systems: one that was asked and did not answer is not fine, and those that are never asked (network
 * ones) are named beside what was cleared.
 */
export function amongAsked(
  findings: readonly FindingDraft[],
  { notAsked, unanswered }: Filesystems,
  clearedBecause: string,
): Verdict {
  if (findings.length === 0 && unanswered.length > 0)
    return unknown(
      `no answer from ${some(unanswered)}`,
      'run with --sudo; if it hangs for root too, so does everything on it',
    )
  return verdict(findings, notAsked.length > 0 ? `${clearedBecause}; not asked: ${some(notAsked)}` : clearedBecause)
}

function some(places: readonly string[]): string {
  const more = places.length - NAMED
  return `${places.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
