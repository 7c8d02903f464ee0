import { safeText } from '../../base/safe-text.ts'
import { isMeant } from '../../incidents/closing.ts'
import { situationOf, type Situation } from '../../incidents/situation.ts'
import { takeOver, type NotTaken } from '../../steps/take-over.ts'
import { localTime, zoneOf } from '../local-time.ts'
import { Problem } from '../problem.ts'
import { author } from '../author.ts'
import { openIncident } from '../recorder.ts'
import { closedProblem, makeCurrent, theIncidentOrOnlyOne, type IncidentFlags } from '../the-incident.ts'
import { showSituation, type StatusFlags } from './status.ts'

/** That it is taken. Lines. */
const SAID_BELOW = 1

/** Records that this person has the incident from now on, makes it their current one, and shows where it stands. */
export async function takeOverIncident(id: string | undefined, flags: StatusFlags): Promise<number> {
  const named: IncidentFlags = id === undefined ? flags : { incident: id }
  const open = await openIncident(await theIncidentOrOnlyOne(named))
  const outcome = await takeOver(open, author())
  if (outcome.how === 'failed') throw outcome.problem
  if (outcome.how === 'left' && outcome.leave.why !== 'yours') throw notTaken(outcome.leave, open.incident)
  makeCurrent(open.incident)
  const entries = await open.store.read(open.incident)
  const situation = situationOf(entries)
  await showSituation(situation, entries, flags, SAID_BELOW)
  process.stderr.write(outcome.how === 'left' ? 'halligan: you have it already.\n' : tookWords(outcome.situation))
  return 0
}

function tookWords({ incident, holder, handedOver }: Situation): string {
  if (holder.by === author()) return `halligan: you have ${incident} back: it is not handed over any more.\n`
  const others = handedOver && !isMeant(handedOver.to, author()) ? ` It was meant for ${handedOver.to}.` : ''
  return `halligan: you have ${incident} now, ${safeText(holder.by)} had it.${safeText(others)} All that happened: halligan catch-up; an entry in full: halligan show 12\n`
}

function notTaken(leave: NotTaken, incident: string): Problem {
  if (leave.why === 'closed') return closedProblem(incident, leave.closed)
  const { by, at } = leave.holder
  return new Problem(
    `${by} took ${incident} over just now (${localTime(at)} ${zoneOf(at)}).`,
    `Talk to ${by}; halligan take-over again takes it from them.`,
  )
}
