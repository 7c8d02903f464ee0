import { currentIncident, writeCurrent } from '../incidents/desk.ts'
import { incidentsNamed } from '../incidents/incident-id.ts'
import type { Closed } from '../incidents/situation.ts'
import { StoreProblem, type IncidentSummary } from '../incidents/store.ts'
import { deskName } from './author.ts'
import { localTime, zoneOf } from './local-time.ts'
import { Problem } from './problem.ts'
import { home } from './the-store.ts'
import { theWholeStore } from './whole-store.ts'

/** Of each command that writes into an incident, or shows one. */
export interface IncidentFlags {
  /** `--incident`: for this command, in place of the current one. */
  readonly incident?: string
}

/** As a flag or the environment says it. */
export function namedIn(flags: IncidentFlags): string | undefined {
  return flags.incident ?? (process.env['HALLIGAN_INCIDENT'] || undefined)
}

/**
 * The incident that a command is about: `--incident`, else `HALLIGAN_INCIDENT`, else the current one. Undefined when there is none of these. A name that
 * fits none, or several, is a problem, and so is a current one that the record has not: it is another record than the one that it was opened in.
 */
export async function incidentOf(flags: IncidentFlags): Promise<IncidentSummary | undefined> {
  const named = namedIn(flags)
  const wanted = named ?? currentIncident(home(), deskName())
  if (wanted === undefined) return undefined
  const incidents = await (await theWholeStore()).list()
  const found = incidentsNamed(wanted, incidents)
  if (found.length === 1) return found[0]
  if (named === undefined)
    throw new StoreProblem(
      'no-such-incident',
      `the record in ${home()} has no incident ${wanted}, which is your current one.`,
      'Is it the right HALLIGAN_HOME, and is record.db there what it was? halligan switch ID, or halligan open "what is broken", if so.',
    )
  if (found.length === 0)
    throw new Problem(`There is no incident "${named}".`, '`halligan list` shows those that there are.')
  throw new Problem(
    `"${named}" can be ${found.map(({ id }) => id).join(' or ')}.`,
    'Give more letters of the one that you mean.',
  )
}

/** For commands that are about an incident: the one it is, else a problem that says how to have one. */
export async function theIncident(flags: IncidentFlags): Promise<IncidentSummary> {
  const incident = await incidentOf(flags)
  if (incident) return incident
  const incidents = await (await theWholeStore()).list()
  const open = incidents.find(({ closedAt }) => closedAt === undefined)
  const there = open ? `halligan take-over ${open.id} or halligan switch ${open.id}; ` : lastOf(incidents)
  throw new Problem(
    'You are in no incident.',
    `${there}halligan open "what is broken", or --incident ID; \`halligan list\` shows those that there are.`,
  )
}

/** For commands that only show, and for who takes over: without a current incident it is the only one that is open. */
export async function theIncidentOrOnlyOne(flags: IncidentFlags): Promise<IncidentSummary> {
  const incident = await incidentOf(flags)
  if (incident) return incident
  const incidents = await (await theWholeStore()).list()
  const open = incidents.filter(({ closedAt }) => closedAt === undefined)
  const [only, ...others] = open
  if (only && others.length === 0) return only
  if (!only)
    throw new Problem(
      'No incident is open here.',
      `${lastOf(incidents)}halligan open "what is broken"; \`halligan list\` shows those that were.`,
    )
  throw new Problem(
    `${open.length} incidents are open, and none of them is your current one: ${open.map(({ id }) => id).join(', ')}.`,
    `halligan switch ${only.id}, or --incident ${only.id}; \`halligan list\` says what they are.`,
  )
}

/** When none is open: the one that was written to last is most likely the one that is meant. */
function lastOf([last]: readonly IncidentSummary[]): string {
  if (!last) return ''
  return `--incident ${last.id} shows the last one, which is closed ("${last.title}"), and halligan reopen ${last.id} opens it again; `
}

/** This incident is the current one of this person from now on; with undefined, none is. */
export function makeCurrent(incident: string | undefined): void {
  writeCurrent(home(), deskName(), incident)
}

/** For who wants to write into an incident that is closed. */
export function closedProblem(incident: string, closed: Closed): Problem {
  return new Problem(
    `${incident} was closed by ${closed.by} at ${localTime(closed.at)} ${zoneOf(closed.at)}${closed.cause === undefined ? '' : ` (${closed.cause})`}.`,
    reopenOrOpen(incident),
  )
}

export function reopenOrOpen(incident: string): string {
  return `halligan reopen ${incident} if it burns again, or halligan open "what is broken".`
}
