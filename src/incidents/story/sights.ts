import type { IncidentBox } from '../incident-boxes.ts'
import type { PayloadOf } from '../payloads.ts'
import type { AnyEntry } from '../store.ts'
import { told } from '../told.ts'
import { momentOf, type Moment } from './moment.ts'

type Look = PayloadOf<'looked'>
export type State = Look['state']
export type SeenFinding = Look['findings'][number]

/** What one look, or one preservation, saw of a box. */
export interface Sight extends Moment {
  readonly state: State
  readonly findings: readonly SeenFinding[]
  readonly cleared: Look['cleared']
  readonly blind: Look['blind']
  readonly failure: Look['failure']
  /** Machine-id of what answered; undefined where it has none. */
  readonly machine: string | undefined
  /** Raw answers. */
  readonly evidence: readonly string[]
}

/** One box through the incident. */
export interface BoxSights {
  readonly box: string
  /** As entries name it. */
  readonly names: ReadonlySet<string>
  readonly hostname: string | undefined
  /** In order; empty for a box on which something was done, and that nobody looked at. */
  readonly sights: readonly Sight[]
}

export function boxSightsOf(entries: readonly AnyEntry[], boxes: readonly IncidentBox[]): readonly BoxSights[] {
  return boxes.map(({ box, names }) => {
    const own = entries.filter((entry) => entry.box !== undefined && names.has(entry.box))
    const looks = told(own, 'looked', 'preserved')
    return {
      box,
      names,
      hostname: own.findLast(({ identity }) => identity)?.identity?.hostname,
      sights: looks.map((entry) => ({
        ...momentOf(entry),
        state: entry.payload.state,
        findings: entry.payload.findings,
        cleared: entry.payload.cleared,
        blind: entry.payload.blind,
        failure: entry.payload.failure,
        machine: entry.identity?.machineId || undefined,
        evidence: entry.payload.evidence ?? [],
      })),
    }
  })
}

/** Whether a sight says something that the one before of the same box did not. */
export function isNews(sight: Sight, before: Sight | undefined): boolean {
  return before === undefined || outcome(sight) !== outcome(before)
}

function outcome({ state, failure, findings }: Sight): string {
  return JSON.stringify([state, failure?.kind, findings.map(({ check, subject }) => [check, subject.name])])
}
