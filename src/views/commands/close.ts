import { safeText } from '../../base/safe-text.ts'
import { count } from '../../base/format.ts'
import { reservationsAbout, type Obstacle } from '../../incidents/closing.ts'
import type { Closed } from '../../incidents/situation.ts'
import { StoreProblem } from '../../incidents/store.ts'
import { closeIncident } from '../../steps/close.ts'
import { print } from '../console.ts'
import { localTime, zoneOf } from '../local-time.ts'
import { Problem } from '../problem.ts'
import { reservationWords } from '../situation-words.ts'
import { author } from '../author.ts'
import { openIncident } from '../recorder.ts'
import { theDesk } from '../the-desk.ts'
import { makeCurrent, theIncident, type IncidentFlags } from '../the-incident.ts'

export interface CloseFlags extends IncidentFlags {
  readonly cause?: string
  readonly anyway?: string
}

/** Closes the incident, unless something stands against it that nobody overrides. */
export async function close(flags: CloseFlags): Promise<number> {
  const cause = given(flags.cause, '--cause')
  const anyway = given(flags.anyway, '--anyway')
  const open = await openIncident(await theIncident(flags))
  const outcome = await closeIncident(open, { cause, anyway })
  switch (outcome.how) {
    case 'failed':
      throw outcome.problem
    case 'refused':
      throw new Problem(
        [
          `${open.incident} is not closed: ${count(outcome.obstacles.length, 'thing')} to do first.`,
          ...lines(outcome.obstacles),
        ].join('\n'),
        'Do that, or halligan close --anyway "why it can be closed all the same".',
      )
    case 'closed-before':
      leave(open.incident)
      throw closedBefore(open.incident, outcome.closed)
    case 'closed': {
      leave(open.incident)
      const overridden = outcome.overridden.map(({ what }) => `Overridden: ${safeText(what)}\n`).join('')
      const reservations = reservationsAbout(outcome.situation, author())
        .map((each) => `Warning: ${safeText(reservationWords(each, Date.now()))}\n`)
        .join('')
      await print(
        `${open.incident} is closed, #${outcome.entry.seq}.\n${overridden}${reservations}Now tell the team what it was: halligan write-up --incident ${open.incident}\n`,
      )
      return 0
    }
  }
}

function lines(obstacles: readonly Obstacle[]): readonly string[] {
  return obstacles.flatMap(({ what, tryNext }) => [`- ${what}`, `    ${tryNext}`])
}

/** It is no longer the current one of this person. Where that cannot be written (a full disk), it is closed all the same, and the next command says so. */
function leave(incident: string): void {
  try {
    if (theDesk().current === incident) makeCurrent(undefined)
  } catch (error) {
    if (!(error instanceof StoreProblem)) throw error
  }
}

function closedBefore(incident: string, { by, at, cause }: Closed): Problem {
  return new Problem(
    `${incident} is closed already, by ${by} at ${localTime(at)} ${zoneOf(at)}${cause === undefined ? '' : `: ${cause}`}.`,
    `halligan timeline --incident ${incident} --last 10; halligan reopen ${incident} if it burns again.`,
  )
}

function given(text: string | undefined, option: string): string | undefined {
  if (text !== undefined && text.trim() === '')
    throw new Problem(`${option} is empty.`, `halligan close ${option} "…"`, 2)
  return text?.trim()
}
