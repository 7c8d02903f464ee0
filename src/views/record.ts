import { hostname, userInfo } from 'node:os'
import { safeText } from '../base/safe-text.ts'
import { currentIncident, moveSeen, readDesk, writeCurrent, type Desk } from '../incidents/desk.ts'
import { homeFolder } from '../incidents/home.ts'
import { incidentsNamed } from '../incidents/incident-id.ts'
import { noRecorder, recorderOf, type Recorded, type Recorder } from '../incidents/recorder.ts'
import { spoolNames } from '../incidents/spool-folder.ts'
import { StoreProblem, type AnyEntry, type IncidentSummary, type Store } from '../incidents/store.ts'
import type { Closed } from '../incidents/situation.ts'
import type { OpenIncident } from '../steps/decide.ts'
import { keptWords } from './entry-words.ts'
import { localTime, zoneOf } from './local-time.ts'
import { Problem } from './problem.ts'
import { sayTrouble, theRedaction } from './redaction.ts'
import { tellTeam } from './telling.ts'

/** Of each command that writes into an incident, or shows one. */
export interface IncidentFlags {
  /** `--incident`: for this command, in place of the current one. */
  readonly incident?: string
}

/** The folder that holds the record. */
export function home(): string {
  return homeFolder(process.env)
}

/** The user of this console. A number that no name is known for is one too. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.()}`
  }
}

/** Who writes: `alice@laptop`. `HALLIGAN_BY` says it where several people share one account. */
export function author(): string {
  return process.env['HALLIGAN_BY'] || `${userName()}@${hostname()}`
}

/** Whose desk it is: of one account, of several people who share it each their own. */
function deskName(): string {
  return process.env['HALLIGAN_BY'] || userName()
}

/** As it was typed, for the record. */
export function typedWords(): readonly string[] {
  return ['halligan', ...process.argv.slice(2)]
}

let opened: Store | undefined

/** The record of this console, opened once; it is closed when the program ends. Throws a `StoreProblem`. */
export async function theStore(): Promise<Store> {
  if (opened) return opened
  const { openSqliteStore } = await import('../incidents/sqlite-store.ts')
  opened = openSqliteStore(home())
  return opened
}

let isWhole = false

/**
 * The record with what killed consoles of this machine left of the shells that they recorded: for whatever is about an incident. What only lists,
 * searches or completes writes nothing.
 */
async function theWholeStore(): Promise<Store> {
  const store = await theStore()
  if (isWhole) return store
  isWhole = true
  if (spoolNames(home()).length === 0) return store
  const { takeInLostShells } = await import('./lost-shells.ts')
  const { thisConsole } = await import('../incidents/console-process.ts')
  const into = (incident: string, typed: readonly string[]): Promise<Recorder> => recorderInto(incident, store, typed)
  await takeInLostShells({ home: home(), console: thisConsole(hostname()), store, recorderInto: into })
  return store
}

export function theDesk(): Desk {
  return readDesk(home(), deskName())
}

/** As a flag or the environment says it. */
function namedIn(flags: IncidentFlags): string | undefined {
  return flags.incident ?? (process.env['HALLIGAN_INCIDENT'] || undefined)
}

/**
 * The incident that a command is about: `--incident`, else `HALLIGAN_INCIDENT`, else the current one. Undefined when there is none of these. A name that
 * fits none, or several, is a problem, and so is a current one that the record has not: it is another record than the one that it was opened in.
 */
async function incidentOf(flags: IncidentFlags): Promise<IncidentSummary | undefined> {
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

/** An incident to write into with `decideAndRecord`; a step says itself when it is closed. */
export async function openIncident({ id }: IncidentSummary): Promise<OpenIncident> {
  const store = await theStore()
  return { store, incident: id, recorder: await recorderInto(id, store, typedWords()) }
}

/** For who wants to write into an incident that is closed. */
export function closedProblem(incident: string, closed: Closed): Problem {
  return new Problem(
    `${incident} was closed by ${closed.by} at ${localTime(closed.at)} ${zoneOf(closed.at)}${closed.cause === undefined ? '' : ` (${closed.cause})`}.`,
    reopenOrOpen(incident),
  )
}

/** This incident is the current one of this person from now on; with undefined, none is. */
export function makeCurrent(incident: string | undefined): void {
  writeCurrent(home(), deskName(), incident)
}

/**
 * What writes into an incident, also when it is closed; the team is told of it where halligan.yaml says so.
 *
 * @param typed words of the command that its entries name (`typedWords`, or what may be written of them)
 */
export async function recorderInto(incident: string, store: Store, typed: readonly string[]): Promise<Recorder> {
  const redaction = await theRedaction()
  const parts = {
    incident,
    store: () => store,
    by: author(),
    typed,
    redact: redaction.redactThoroughly,
    now: Date.now,
  }
  const quiet = recorderOf(parts)
  const onRecorded = (entry: AnyEntry): void => {
    sayTrouble(redaction)
    tellTeam(entry, quiet, store)
  }
  return recorderOf({ ...parts, onRecorded })
}

function reopenOrOpen(incident: string): string {
  return `halligan reopen ${incident} if it burns again, or halligan open "what is broken".`
}

/** The current incident of this person, which somebody else has closed. */
let closedMeanwhile: string | undefined

/**
 * What this command is recorded with. A record that cannot even be opened gives a recorder whose entries fail, so that the command still answers and says
 * so in the end.
 *
 * @param typed words of the command that its entries name
 */
export async function recorderFor(flags: IncidentFlags, typed: readonly string[]): Promise<Recorder> {
  const { problemOf } = await import('../incidents/sqlite-failures.ts')
  try {
    const incident = await incidentOf(flags)
    if (!incident) return noRecorder
    if (incident.closedAt === undefined) return await recorderInto(incident.id, await theStore(), typed)
    if (namedIn(flags) !== undefined)
      throw new Problem(`${incident.id} is closed: nothing can be recorded in it.`, reopenOrOpen(incident.id))
    closedMeanwhile = incident.id
    return noRecorder
  } catch (error) {
    if (error instanceof Problem) throw error
    const problem = problemOf(error, home())
    return { incident: 'unknown', record: () => Promise.resolve({ how: 'failed', problem }) }
  }
}

/** What the incident of this recorder holds so far; nothing when the record cannot be read (then it cannot be written either, which is said there). */
export async function entriesOf({ incident }: Recorder): Promise<readonly AnyEntry[]> {
  if (incident === undefined) return []
  try {
    return await (await theStore()).read(incident)
  } catch {
    return []
  }
}

/** Says on standard error whether it was recorded; gives false when it should have been and was not. */
export function sayRecorded(recorded: readonly Recorded[], incident: string | undefined): boolean {
  const failed = recorded.find((each) => each.how === 'failed')
  if (failed?.how === 'failed') {
    const { message, tryNext } = failed.problem
    process.stderr.write(`halligan: THIS WAS NOT RECORDED: ${safeText(message)}\nTry: ${safeText(tryNext)}\n`)
    return false
  }
  if (recorded.length === 0 && incident !== undefined) return true
  const entries = recorded
    .flatMap((each) => (each.how === 'recorded' ? [each.entry.seq] : []))
    .toSorted((a, b) => a - b)
    .map((seq) => `#${seq}`)
  for (const each of recorded) sayCut(each)
  if (incident !== undefined)
    process.stderr.write(`halligan: recorded in ${safeText(incident)} as ${entries.join(', ')}.\n`)
  else process.stderr.write(unrecordedWords())
  return true
}

/** Whoever saw all of an output on the screen has to know that the record has not. */
function sayCut(recorded: Recorded): void {
  if (recorded.how !== 'recorded' || recorded.entry.did !== 'ran' || !recorded.entry.payload) return
  const words = keptWords(recorded.entry.payload)
  if (words !== undefined)
    process.stderr.write(`halligan: of what ${safeText(recorded.entry.box ?? 'it')} printed the record ${words}.\n`)
}

function unrecordedWords(): string {
  if (closedMeanwhile !== undefined)
    return `halligan: NOT RECORDED, your incident ${safeText(closedMeanwhile)} is closed.\nTry: ${safeText(reopenOrOpen(closedMeanwhile))}\n`
  const tryNext = process.stderr.isTTY ? 'Try: halligan open "what is broken"\n' : ''
  return `halligan: not recorded, no incident is open.\n${tryNext}`
}
