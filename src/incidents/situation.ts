import { boxStoriesOf, seenIn, type BoxStory, type Sighting } from './box-story.ts'
import { easedOf, type Eased } from './eased.ts'
import { debtsOf, holdingsOf, type Debt, type Holding } from './holding.ts'
import { hypothesesOf, type Hypothesis } from './hypotheses.ts'
import { incidentBoxesOf, type NotEntered } from './incident-boxes.ts'
import { inspectionsOf, type InspectionSeen } from './inspections.ts'
import { logReadingsOf, type LogReading } from './log-readings.ts'
import type { AnyEntry } from './store.ts'
import { told, type Told } from './told.ts'
import { triedOf, untriedOf, type Tried, type Untried } from './tried.ts'

/** Where an incident stands, read from its entries alone: what the next person has to know. */
export interface Situation {
  readonly incident: string
  /** Undefined once it was purged. */
  readonly title: string | undefined
  readonly service: string | undefined
  readonly openedAt: string
  readonly openedBy: string
  /** When it began as far as anybody said; else undefined, and it was there when it was opened. */
  readonly since: string | undefined
  readonly holder: Holder
  /** Handed over, and nobody has taken it since. */
  readonly handedOver: HandedOver | undefined
  readonly closed: Closed | undefined
  /** A report was written since it was closed. */
  readonly wroteUp: boolean
  /** Notes that say who is affected, oldest first. */
  readonly affected: readonly Remark[]
  readonly notes: readonly Remark[]
  readonly hypotheses: readonly Hypothesis[]
  readonly boxes: readonly BoxStory[]
  /** What their logs said. */
  readonly logs: readonly LogReading[]
  readonly inspections: readonly InspectionSeen[]
  /** Named when it was opened, and nobody has tried them yet. */
  readonly untriedBoxes: readonly string[]
  /** Names that no box of the incident answers to: never entered, and most likely mistyped. */
  readonly notEntered: readonly NotEntered[]
  readonly tried: readonly Tried[]
  readonly untried: readonly Untried[]
  readonly holdings: readonly Holding[]
  readonly debts: readonly Debt[]
  /** Reliefs that worked and that nothing takes back. */
  readonly eased: readonly Eased[]
  /** What the team was to be told and was not. */
  readonly untold: readonly Untold[]
  /** Entries of which nothing is counted above: those that were purged, and those of a newer version. */
  readonly notRead: { readonly purged: readonly number[]; readonly newer: readonly number[] }
  readonly last: { readonly seq: number; readonly at: string; readonly hash: string }
}

export interface Holder {
  readonly by: string
  /** Since when. */
  readonly at: string
  readonly seq: number
}

export interface HandedOver {
  readonly by: string
  readonly at: string
  readonly seq: number
  /** Undefined: to whoever takes it. */
  readonly to: string | undefined
  readonly text: string | undefined
}

export interface Closed {
  readonly by: string
  readonly at: string
  readonly seq: number
  readonly cause: string | undefined
}

export interface Remark {
  readonly seq: number
  readonly at: string
  readonly by: string
  readonly text: string
}

export interface Untold {
  /** The entry that they were to hear of. */
  readonly of: number
  readonly where: string
  readonly why: string | undefined
}

/**
 * From all entries of one incident in order, the first of which opened it.
 *
 * @param unrecorded looks of just now that the record could not take, by box
 */
export function situationOf(entries: readonly AnyEntry[], unrecorded?: ReadonlyMap<string, Sighting>): Situation {
  const [first] = entries
  const last = entries.at(-1)
  if (!first || !last) throw new Error('an incident has at least the entry that opened it')
  const openings = told(entries, 'opened')
  const known = incidentBoxesOf(entries, seenIn(unrecorded))
  const boxes = boxStoriesOf(entries, known.boxes, unrecorded)
  const notes = told(entries, 'noted').map(remarkOf)
  return {
    incident: first.incident,
    title: openings.at(-1)?.payload.title,
    service: openings.findLast(({ payload }) => payload.service !== undefined)?.payload.service,
    openedAt: first.at,
    openedBy: first.by,
    since: openings.find(({ payload }) => payload.since !== undefined)?.payload.since,
    ...hands(entries, first),
    wroteUp: entries.some(({ did, seq }) => did === 'wrote-up' && seq > (closedIn(entries)?.seq ?? 0)),
    affected: notes.flatMap(affectedIn),
    notes,
    hypotheses: hypothesesOf(entries),
    boxes,
    logs: logReadingsOf(entries),
    inspections: inspectionsOf(entries),
    untriedBoxes: known.untried,
    notEntered: known.notEntered,
    tried: triedOf(entries),
    untried: untriedOf(entries, boxes),
    holdings: holdingsOf(entries),
    debts: debtsOf(entries),
    eased: easedOf(entries),
    untold: untoldIn(entries),
    notRead: {
      purged: entries.filter(({ salt }) => salt === undefined).map(({ seq }) => seq),
      newer: entries.filter(({ did }) => did === 'other').map(({ seq }) => seq),
    },
    last: { seq: last.seq, at: last.at, hash: last.hash },
  }
}

/** Whose it is. These count although their payload was purged: the header says who and what. */
function hands(entries: readonly AnyEntry[], first: AnyEntry): Pick<Situation, 'holder' | 'handedOver' | 'closed'> {
  const holder = entries.findLast(({ did }) => did === 'took-over' || did === 'opened') ?? first
  const handed = entries.findLast((entry) => entry.did === 'handed-over')
  const closed = closedIn(entries)
  return {
    holder: { by: holder.by, at: holder.at, seq: holder.seq },
    handedOver:
      handed && handed.seq > holder.seq && !closed
        ? { by: handed.by, at: handed.at, seq: handed.seq, to: handed.payload?.to, text: handed.payload?.text }
        : undefined,
    closed,
  }
}

/** Opening it again takes the closing back. */
function closedIn(entries: readonly AnyEntry[]): Closed | undefined {
  const entry = entries.findLast(({ did }) => did === 'closed' || did === 'opened')
  return entry?.did === 'closed'
    ? { by: entry.by, at: entry.at, seq: entry.seq, cause: entry.payload?.cause }
    : undefined
}

function remarkOf({ seq, at, by, payload }: Told<'noted'>): Remark {
  return { seq, at, by, text: payload.text }
}

/** A note that begins so says who is affected: `affected: card payments in the EU`. */
const AFFECTED = /^\s*(?:affected|impact)\s*:\s*(?=\S)/i

function affectedIn(note: Remark): readonly Remark[] {
  return AFFECTED.test(note.text) ? [{ ...note, text: note.text.replace(AFFECTED, '') }] : []
}

function untoldIn(entries: readonly AnyEntry[]): readonly Untold[] {
  const failed = new Map<string, Untold>()
  for (const { payload } of told(entries, 'notified')) {
    const { of, where, ok, why } = payload
    if (of === undefined) continue
    const key = JSON.stringify([of, where])
    if (ok) failed.delete(key)
    else failed.set(key, { of, where, why })
  }
  return [...failed.values()]
}
