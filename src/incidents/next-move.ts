import { quoted } from '../findings/next.ts'
import { isMeant, obstaclesTo } from './closing.ts'
import type { Situation } from './situation.ts'

/** The one thing to do next, as a command. */
export interface NextMove {
  readonly command: string
  readonly why: string
}

/** From whose eyes it is seen. */
export interface Reader {
  /** `alice@laptop`. */
  readonly me: string
  /** Entries of others that this person has not been shown. */
  readonly unseen: number
}

/**
 * The next sensible step in an incident. First what others wait for, then finding the cause: look, follow what the look suggests, suppose; then
 * what has to be tidied up, and the end of it.
 */
export function nextMove(situation: Situation, { me, unseen }: Reader): NextMove {
  const { closed, wroteUp, handedOver, boxes, untriedBoxes, hypotheses, untried, incident } = situation
  if (closed)
    return wroteUp
      ? { command: `halligan reopen ${incident}`, why: 'only if it burns again: it is closed and written up' }
      : { command: 'halligan write-up', why: 'it is closed: tell the team what it was' }
  if (handedOver && isMeant(handedOver.to, me) && handedOver.by !== me)
    return {
      command: 'halligan take-over',
      why: `${handedOver.by} hands it over${handedOver.to === undefined ? '' : ' to you'}`,
    }
  if (unseen > 0) return { command: 'halligan catch-up', why: 'see what happened since you last looked' }
  const unlooked = [...untriedBoxes, ...boxes.filter(({ looks }) => looks === 0).map(({ box }) => box)]
  if (boxes.length + unlooked.length === 0)
    return { command: 'halligan look BOX', why: 'nobody has looked at a box yet' }
  if (unlooked.length > 0)
    return { command: `halligan look ${unlooked.map(quoted).join(' ')}`, why: 'nobody has looked at it yet' }
  if (hypotheses.some(({ state }) => state === 'confirmed')) return afterTheCause(situation)
  const [step] = untried
  if (step) return { command: step.command, why: step.why }
  const open = hypotheses.find(({ state }) => state === 'open')
  if (open)
    return {
      command: `halligan hypothesis confirm ${open.number} WHY --by ENTRY`,
      why: 'or rule-out, once something shows it',
    }
  return { command: 'halligan hypothesis add "…"', why: 'write down what you think it is, so that it can be ruled out' }
}

function afterTheCause(situation: Situation): NextMove {
  const [obstacle] = obstaclesTo(situation, undefined)
  return obstacle
    ? { command: obstacle.tryNext, why: obstacle.what }
    : { command: 'halligan close', why: 'the cause is known, and the record has nothing that is left on a box' }
}
