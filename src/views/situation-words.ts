import { count, duration } from '../base/format.ts'
import { differenceBetween, type BoxStory, type Sighting } from '../incidents/box-story.ts'
import type { Reservation } from '../incidents/closing.ts'
import type { Debt, Holding } from '../incidents/holding.ts'
import type { InspectionSeen } from '../incidents/inspections.ts'
import type { LogReading } from '../incidents/log-readings.ts'
import { lapsedVerdict, type Hypothesis, type Verdict } from '../incidents/hypotheses.ts'
import type { Situation } from '../incidents/situation.ts'
import type { AnyEntry } from '../incidents/store.ts'
import type { Tried } from '../incidents/tried.ts'
import { entryWords } from './entry-words.ts'
import { localTime } from './local-time.ts'
import { failureWords } from './look-words.ts'

/** Words that the screen and the Markdown of a situation share. Text from boxes and people is as it is, to be made harmless by who shows it. */

/** `14:05`, with the day where that is not today. */
export function clockWords(at: string, nowMs: number): string {
  const [day = '', time = ''] = localTime(at).split(' ')
  const [today] = localTime(nowMs).split(' ')
  return day === today ? time.slice(0, 5) : `${day} ${time.slice(0, 5)}`
}

/** How a moment is written: on the screen of today, or for a ticket that is read elsewhere and later. */
export type Clock = (at: string) => string

/** The screen says once whose clock it is. */
export function screenClock(nowMs: number): Clock {
  return (at) => clockWords(at, nowMs)
}

/** `2026-11-25 14:05 UTC`. */
export const ticketClock: Clock = (at) => {
  const moment = new Date(at)
  return Number.isNaN(moment.getTime()) ? at : `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** `12 min`: how long ago it was; a clock that was set back makes no negative time. */
export function agoWords(at: string, nowMs: number): string {
  return duration(Math.max(0, nowMs - Date.parse(at)) / 1000)
}

/** `since 14:05 (2 h 12 min)`, `at least since 14:12 (2 h 5 min)`: nobody said since when. */
export function sinceWords({ since, openedAt, closed }: Situation, nowMs: number, clock: Clock): string {
  const from = since ?? openedAt
  const until = closed ? Date.parse(closed.at) : nowMs
  const words = `${since === undefined ? 'at least since' : 'since'} ${clock(from)}`
  return `${words} (${agoWords(from, until)})`
}

/** `alice@laptop has it since 14:12`, `you have it since 14:12`. */
export function holderWords({ holder }: Situation, me: string, clock: Clock): string {
  return `${holder.by === me ? 'you have' : `${holder.by} has`} it since ${clock(holder.at)}`
}

/** `handed over to bob by alice@laptop at 03:58, not taken over yet: watch the pool`; undefined when it is not. */
export function handedOverWords({ handedOver }: Situation, clock: Clock): string | undefined {
  if (!handedOver) return undefined
  const { to, by, at, text } = handedOver
  const said = text === undefined ? '' : `: ${text}`
  return `handed over${to === undefined ? '' : ` to ${to}`} by ${by} at ${clock(at)}, not taken over yet${said}`
}

/** `still critical at the last look: web-1, 20 min ago`: what whoever closes should know. */
export function reservationWords(reservation: Reservation, nowMs: number): string {
  switch (reservation.kind) {
    case 'critical': {
      const boxes = reservation.boxes.map(({ box, at }) => `${box}, ${agoWords(at, nowMs)} ago`)
      return `still critical at the last look: ${boxes.join('; ')}`
    }
    case 'handed-over': {
      const { to, by, at } = reservation.handedOver
      return `${by} had handed it over${to === undefined ? '' : ` to ${to}`} at ${clockWords(at, nowMs)}, and nobody has taken it over`
    }
    case 'several-causes': {
      const { causes } = reservation
      const texts = causes.map(({ number, text }) => `${number} "${text ?? '(purged)'}"`)
      return `${causes.length} hypotheses are confirmed, which may contradict each other: ${texts.join(', ')}`
    }
    case 'eased': {
      const done = reservation.eased.map(
        ({ seq, what, box }) => `#${seq} ${what}${box === undefined ? '' : ` on ${box}`}`,
      )
      return `what only eased it was done, and nothing takes it back: ${done.join('; ')}. Is what made it necessary mended?`
    }
  }
}

/** The state of a box at the end, or that nobody has looked. */
export function stateOf({ last }: BoxStory): Sighting['state'] {
  return last?.state ?? 'unknown'
}

/** Names about which nothing can be said: `nobody has looked at web-2, web-3 yet`, `web1 is not counted: it was never entered (…)`; a line each. */
export function boxRemarks({ untriedBoxes, notEntered }: Situation): readonly string[] {
  return [
    ...(untriedBoxes.length > 0 ? [`nobody has looked at ${untriedBoxes.join(', ')} yet`] : []),
    ...notEntered.map(
      ({ box, why, seq }) =>
        `${box} is not counted, it was never entered (#${seq}${why === undefined ? '' : `: ${why}`})`,
    ),
  ]
}

/** `web-1: "invoice of order <*> failed" is new …, and 2 more findings (#12)`. */
export function logWords({ boxes, findings, seq }: LogReading): string {
  const [first, ...others] = findings
  const more = others.length > 0 ? `, and ${count(others.length, 'more finding')}` : ''
  return `${boxes.join(' ')}: ${first?.title ?? ''}${more} (#${seq})`
}

/** `web-1 orders-api (812): 37 of 40 threads wait for one lock; … (#14)`, what stays of looking first. */
export function inspectionWords({ box, name, pid, doing, left, seq }: InspectionSeen): string {
  const stays = left.length === 0 ? '' : `what stays of inspecting it: ${left.join(' ')} `
  return `${box} ${name} (${pid}): ${stays}${doing[0]?.says ?? ''} (#${seq})`
}

/** What a look showed in a few words: `orders-api holds 1019 of its 1024 file descriptors (+2)`, `nothing burns`, why it could not be entered. */
export function sightingWords({ findings, failure, state }: Sighting, box: string): string {
  const [first, ...others] = findings
  if (first) return `${first.title}${others.length > 0 ? ` (+${others.length})` : ''}`
  if (failure) return failureWords({ failure, box })
  return state === 'ok' ? 'nothing burns' : 'not enough was seen to say'
}

/** What is younger was seen just now, to a person. Milliseconds. */
const FRESH_MS = 120_000

/** `as at the start`, `still critical, 2 gone, 1 new`, `at the start WARNING`, `seen once`, `12 min ago`: a part each. */
export function startWords({ start, last, looks }: BoxStory, nowMs: number): readonly string[] {
  if (!start || !last) return []
  const age = nowMs - Date.parse(last.at) >= FRESH_MS ? [`${agoWords(last.at, nowMs)} ago`] : []
  if (looks === 1) return ['seen once', ...age]
  return [start.state === last.state ? stillWords(start, last) : `at the start ${start.state.toUpperCase()}`, ...age]
}

/** The same state may be that of other findings: those that are gone and those that are new are named below it. */
function stillWords(start: Sighting, last: Sighting): string {
  const { came, went } = differenceBetween(start, last)
  if (came.length + went.length === 0) return 'as at the start'
  const gone = went.length > 0 ? [`${went.length} gone`] : []
  const fresh = came.length > 0 ? [`${came.length} new`] : []
  // What burns needs the room behind it.
  return [`still ${last.state}`, ...gone, ...fresh].join(', ')
}

/** What is different since a box was seen first, and what else the last look had to say: a part each. */
export function changeWords(story: BoxStory, nowMs: number): readonly string[] {
  const { last, looks } = story
  if (!last) return []
  const { outside, warnings } = last
  return [
    ...(looks === 1 ? [] : differenceWords(story, nowMs)),
    ...warnings.map((warning) => `note: ${warning}`),
    ...(outside.length > 0 ? [`from outside: ${outside.map(({ what, said }) => `${what}: ${said}`).join('; ')}`] : []),
  ]
}

function differenceWords({ box, start, last, seen }: BoxStory, nowMs: number): readonly string[] {
  if (!start || !last) return []
  const { machine, came, went } = differenceBetween(start, last)
  // The first one stands above already.
  const others = came.filter((finding) => finding !== last.findings[0])
  return [
    ...(machine === 'another' ? ['ANOTHER MACHINE answers to this name now'] : []),
    ...(machine === 'rebooted' ? ['REBOOTED since the start'] : []),
    ...(seen && seen !== last
      ? [`before that ${seen.state}, ${agoWords(seen.at, nowMs)} ago: ${sightingWords(seen, box)}`]
      : []),
    ...(went.length > 0 ? [`gone: ${went.map(({ title }) => title).join('; ')}`] : []),
    ...(others.length > 0 ? [`new: ${others.map(({ title }) => title).join('; ')}`] : []),
  ]
}

/** `2 the pool (confirmed before it was reopened, #15)`: what nobody has decided, or not since. */
export function openWords(hypothesis: Hypothesis): string {
  const lapsed = lapsedVerdict(hypothesis)
  const said = lapsed === undefined ? '' : ` (confirmed before it was reopened, #${lapsed.seq})`
  return `${hypothesis.number} ${hypothesis.text ?? '(purged)'}${said}`
}

/** `by #4 on db-1 (looked: ok), #6 on db-1 ($ psql -c …  (exit 0))`; a part each. */
export function evidenceWords({ evidence }: Verdict, entries: ReadonlyMap<number, AnyEntry>): readonly string[] {
  return evidence.map((seq) => {
    const entry = entries.get(seq)
    if (!entry) return `#${seq}`
    return `#${seq}${entry.box === undefined ? '' : ` on ${entry.box}`} (${entryWords(entry)})`
  })
}

/** `#14 web-1 runs for 12 min as j-3: tcpdump -i any`. */
export function holdingWords({ seq, box, by, kind, what, job, undo, settledBy, at }: Holding, nowMs: number): string {
  const words: Readonly<Record<Holding['kind'], string>> = {
    job: `runs for ${agoWords(at, nowMs)} as ${job}: ${what}`,
    command: `runs at ${by}, or ended with its line when that console went: ${what}`,
    shell: `is a shell that is open for ${agoWords(at, nowMs)} (${by})`,
    change: `CHANGED: ${what}`,
    relief: `relieved: ${what}`,
    unreadable: what,
  }
  const howBack = settledBy === undefined ? (undo === undefined ? '' : `; undo: ${undo}`) : `; ${settledBy}`
  return `#${seq}${box === undefined ? '' : ` ${box}`} ${words[kind]}${howBack}`
}

/** `#15 web-1 not in the repository: pool of 50`. */
export function debtWords({ seq, box, what }: Debt): string {
  return `#${seq}${box === undefined ? '' : ` ${box}`} not in the repository: ${what}`
}

const RELIEF_ENDS: Readonly<Record<NonNullable<Tried['relief']>, string>> = {
  done: '',
  failed: '  (DID NOT WORK)',
  unseen: '  (how it ended was not seen)',
  'not-started': '  (not done)',
}

/** What was tried, with what came of it. */
export function triedWords({ how, what, ran, good, relief }: Tried): string {
  const line = what.split('\n')[0] ?? ''
  switch (how) {
    case 'ran': {
      const end = ran?.state === 'ended' ? (ran.exit === 0 ? '' : `exit ${ran.exit}`) : ran?.state
      return `$ ${line}${end ? `  (${end})` : ''}`
    }
    case 'typed':
      return `$ ${line}`
    case 'verified':
      return `verified, ${good ? 'good' : 'BAD'}: ${line}`
    case 'relieved':
      return `relieved: ${line}${relief === undefined ? '' : RELIEF_ENDS[relief]}`
    case 'changed':
    case 'stopped':
    case 'undone':
      return `${how}: ${line}`
  }
}

/** What the account above leaves out, in one line each. */
export function leftOutWords({ notRead, untold }: Situation): readonly string[] {
  const { purged, newer } = notRead
  return [
    ...(purged.length > 0 ? [`purged, and not counted here: ${numbers(purged)}`] : []),
    ...(newer.length > 0 ? [`written by a newer Halligan, and not counted here: ${numbers(newer)}`] : []),
    ...(untold.length > 0
      ? [
          `not told: ${[...new Set(untold.map(({ where }) => where))].join(', ')}, of ${numbers([...new Set(untold.map(({ of }) => of))])} (halligan notify --retry)`,
        ]
      : []),
  ]
}

/** Numbers beyond these are counted. */
const NUMBERS_SHOWN = 5

/** `#4, #6`, `#1, #2, #3, #4, #5 and 3 more`. */
export function numbers(seqs: readonly number[]): string {
  const shown = seqs.slice(0, NUMBERS_SHOWN).map((seq) => `#${seq}`)
  const left = seqs.length - shown.length
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ')
}
