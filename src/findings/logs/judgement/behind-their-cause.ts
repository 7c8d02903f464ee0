import { alarmOf } from './alarm.ts'
import type { Pattern } from '../pattern.ts'
import type { JudgedPattern } from '../verdict.ts'

/**
 * Requests that fail are what is seen from outside of an error that a program tells of: an access log has each of them too, two access logs have it twice,
 * and the program says why. So they rank right behind the worst error that changed with them and came often enough to account for them.
 */
export function behindTheirCause(judged: readonly JudgedPattern[]): readonly JudgedPattern[] {
  const causes = judged.filter(
    (pattern) => hasRisen(pattern) && !pattern.ofBoot && !isRequest(pattern) && alarmOf(pattern) >= TELLS_OF_TROUBLE,
  )
  return judged.map((pattern) => {
    if (!hasRisen(pattern) || !isRequest(pattern)) return pattern
    const enough = ACCOUNTED * requestsOf(pattern)
    const scores = causes.filter(({ after, score }) => after.count >= enough && score <= pattern.score)
    return scores.length === 0
      ? pattern
      : { ...pattern, score: Math.max(...scores.map(({ score }) => score)) - JUST_BEHIND }
  })
}

/** A record of a request that was served, in a log of requests: nothing but what was asked and what the answer was. */
export function isRequest({ samples }: Pick<Pattern, 'samples'>): boolean {
  const event = samples[0]?.event
  return event?.access !== undefined && event.trace === undefined
}

/** Errors, and words that stand in no log of good times. */
const TELLS_OF_TROUBLE = 0.6
/** Share of the failing requests: some fail for other reasons, and a program may give up on telling each. */
const ACCOUNTED = 0.5
/** Less than scores of neighbours differ by. */
const JUST_BEHIND = 0.001

function hasRisen({ verdict }: JudgedPattern): boolean {
  return verdict === 'new' || verdict === 'spiking'
}

/** Several logs may have written each request. */
function requestsOf({ after, count, sources }: JudgedPattern): number {
  return count === 0 ? 0 : (after.count * Math.max(...sources.map((source) => source.count))) / count
}
