import { confirmedCauses, obstaclesTo, type Obstacle } from '../incidents/closing.ts'
import type { Closed, Situation } from '../incidents/situation.ts'
import type { AnyEntry, StoreProblem } from '../incidents/store.ts'
import { decideAndRecord, type Decided, type OpenIncident } from './decide.ts'

export interface Closing {
  /** As the person says it; without it the confirmed hypotheses are. */
  readonly cause: string | undefined
  /** Why it is closed although something stands against it. */
  readonly anyway: string | undefined
}

export type CloseOutcome =
  /** `situation` is the one before it was. */
  | {
      readonly how: 'closed'
      readonly entry: AnyEntry
      readonly overridden: readonly Obstacle[]
      readonly situation: Situation
    }
  | { readonly how: 'refused'; readonly obstacles: readonly Obstacle[] }
  /** By somebody else, perhaps this very moment. */
  | { readonly how: 'closed-before'; readonly closed: Closed }
  | { readonly how: 'failed'; readonly problem: StoreProblem }

type NotClosed =
  | { readonly how: 'refused'; readonly obstacles: readonly Obstacle[] }
  | { readonly how: 'closed-before'; readonly closed: Closed }

/** Closes an incident, unless something stands against it. What was overridden, and why, is written before the end is. */
export async function closeIncident(open: OpenIncident, closing: Closing): Promise<CloseOutcome> {
  const overridden: Obstacle[] = []
  for (;;) {
    const step = await closeOrOverride(open, closing, overridden)
    if (step.how === 'failed') return step
    if (step.how === 'left') return step.leave
    if (step.entry.did === 'closed') {
      const { entry, situation } = step
      return { how: 'closed', entry, overridden, situation }
    }
    // What came up since then is overridden in an entry of its own.
    overridden.push(...standing(step.situation, closing, overridden))
  }
}

function closeOrOverride(
  open: OpenIncident,
  closing: Closing,
  overridden: readonly Obstacle[],
): Promise<Decided<NotClosed>> {
  const { cause, anyway } = closing
  return decideAndRecord<NotClosed>(open, (situation) => {
    if (situation.closed) return { leave: { how: 'closed-before', closed: situation.closed } }
    const obstacles = standing(situation, closing, overridden)
    if (obstacles.length === 0)
      return { write: { did: 'closed', payload: { cause: cause ?? confirmedCause(situation) } } }
    if (anyway === undefined) return { leave: { how: 'refused', obstacles } }
    const what = `close, although ${obstacles.map((obstacle) => obstacle.what).join('; ')}`
    return { write: { did: 'overrode', payload: { what, reason: anyway } } }
  })
}

function standing(situation: Situation, { cause }: Closing, overridden: readonly Obstacle[]): readonly Obstacle[] {
  return obstaclesTo(situation, cause).filter(({ what }) => !overridden.some((each) => each.what === what))
}

function confirmedCause(situation: Situation): string | undefined {
  const confirmed = confirmedCauses(situation).flatMap(({ text }) => (text === undefined ? [] : [text]))
  return confirmed.length > 0 ? confirmed.join('; ') : undefined
}
