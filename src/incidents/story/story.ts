import { confirmedCauses } from '../closing.ts'
import { endsOf } from '../endings.ts'
import type { Hypothesis } from '../hypotheses.ts'
import { incidentBoxesOf } from '../incident-boxes.ts'
import { situationOf, type Situation } from '../situation.ts'
import type { AnyEntry } from '../store.ts'
import { told } from '../told.ts'
import { blindSpotsOf, type BlindSpot } from './blind-spots.ts'
import { changesOf, verificationsOf, type Change, type Verification } from './changes.ts'
import { courseOf, type Course } from './course.ts'
import { disappearancesOf, endOfBurning, partlyOver, type Disappearance, type Done } from './disappearances.ts'
import { figuresOf, type Figure, type MeasuredAgain } from './figures.ts'
import { followUpsOf, type FollowUp } from './follow-ups.ts'
import { interventionsOf, type Intervention } from './interventions.ts'
import type { Moment } from './moment.ts'
import { rolesOf } from './people.ts'
import { boxSightsOf, type BoxSights } from './sights.ts'
import { aboutTelling, timelineOf, type TimelineItem } from './timeline.ts'
import { topicNotes, type TopicNote } from './topics.ts'

/** An incident as it is told afterwards: what a write-up says, without how it says it. Pure; every part names its entries. */
export interface Story {
  readonly incident: string
  readonly title: string
  readonly service: string | undefined
  readonly course: Course
  readonly cause: Cause | undefined
  readonly boxes: readonly BoxSights[]
  /** Boxes that it is about: those named at the opening that were reached for, else those that burned, else all. */
  readonly named: readonly string[]
  readonly hypotheses: readonly Hypothesis[]
  readonly changes: readonly Change[]
  /** Commands and shells that may have changed something and that are no change of the record, in order. */
  readonly perhapsChanges: readonly Intervention[]
  /** Findings that were gone at a later look. */
  readonly disappearances: readonly Disappearance[]
  readonly verifications: readonly Verification[]
  readonly figures: readonly Figure[]
  readonly timeline: readonly TimelineItem[]
  readonly notes: readonly TopicNote[]
  readonly blindSpots: readonly BlindSpot[]
  readonly followUps: readonly FollowUp[]
  /** Role of each author, by name. */
  readonly roles: ReadonlyMap<string, string>
  /** Entries by number. */
  readonly entries: ReadonlyMap<number, AnyEntry>
  /** By the number of the entry that says that a command begins: the one that says how it ended. */
  readonly ends: ReadonlyMap<number, AnyEntry>
  /** The last entry that is told, and its hash, which stands for all entries up to it. */
  readonly last: Moment & { readonly hash: string }
}

/** What the cause was, in the words of whoever closed the incident or confirmed a hypothesis. */
export interface Cause extends Moment {
  readonly text: string
  /** The hypothesis that was confirmed. */
  readonly hypothesis: Hypothesis | undefined
}

/** @param again what the raw evidence of looks gives beyond their findings */
export function storyOf(all: readonly AnyEntry[], again: MeasuredAgain): Story | undefined {
  // Entries about the telling at the end would make each write-up differ from the one before.
  const telling = aboutTelling(all)
  const entries = all.slice(0, all.findLastIndex(({ seq }) => !telling.has(seq)) + 1)
  if (entries.length === 0) return undefined
  // Who was told, and who was not, is no part of the text that is told, but of what is left to do.
  const situation = situationOf(all)
  const { hypotheses } = situation
  const known = incidentBoxesOf(entries)
  const boxes = boxSightsOf(entries, known.boxes)
  const changes = changesOf(entries)
  const perhapsChanges = interventionsOf(entries).filter(
    ({ seq, mayHaveChanged }) => mayHaveChanged && !changes.some((change) => change.seq === seq),
  )
  const disappearances = disappearancesOf(boxes, doneIn(changes, perhapsChanges))
  const course = courseOf(entries, situation.closed, quietAt(boxes, disappearances))
  const notes = topicNotes(entries)
  const cause = causeOf(situation)
  const cited = new Set(hypotheses.flatMap(({ verdict }) => (verdict?.state === 'confirmed' ? verdict.evidence : [])))
  return {
    incident: situation.incident,
    title: situation.title ?? 'an incident whose title was purged',
    service: situation.service,
    course,
    cause,
    boxes,
    named: namedBoxes(told(entries, 'opened')[0]?.payload.boxes ?? [], boxes),
    hypotheses,
    changes,
    perhapsChanges,
    disappearances,
    verifications: verificationsOf(entries),
    figures: figuresOf({ boxes, cited, mitigatedAt: course.mitigated?.seq, again }),
    timeline: timelineOf(entries, boxes, {
      elsewhere: new Set(notes.map(({ seq }) => seq)),
      named: new Set(disappearances.flatMap(({ after }) => after)),
    }),
    notes,
    blindSpots: blindSpotsOf(entries, known, boxes, course),
    followUps: followUpsOf({ entries, situation, boxes, changes, notes, hasCause: cause !== undefined }),
    roles: rolesOf(entries),
    entries: new Map(entries.map((entry) => [entry.seq, entry])),
    ends: endsOf(entries),
    last: lastOf(entries),
  }
}

function quietAt(boxes: readonly BoxSights[], disappearances: readonly Disappearance[]): Course['mitigated'] {
  const whole = endOfBurning(boxes)
  if (whole) return { ...whole, how: 'seen' }
  const part = partlyOver(disappearances)
  return part && { ...part, how: 'partly-seen' }
}

function doneIn(changes: readonly Change[], perhaps: readonly Intervention[]): readonly Done[] {
  return [
    ...changes.map(({ seq, box }): Done => ({ seq, box, changed: 'said' })),
    ...perhaps.map(({ seq, box }): Done => ({ seq, box, changed: 'perhaps' })),
  ].toSorted((a, b) => a.seq - b.seq)
}

function lastOf(entries: readonly AnyEntry[]): Story['last'] {
  const last = entries.at(-1)
  return { seq: last?.seq ?? 0, at: last?.at ?? '', hash: last?.hash ?? '' }
}

function namedBoxes(opened: readonly string[], boxes: readonly BoxSights[]): readonly string[] {
  const named = boxes.filter(({ box }) => opened.includes(box))
  if (named.length > 0) return named.map(({ box }) => box)
  const burned = boxes.filter(({ sights }) => sights.some(({ findings }) => findings.length > 0))
  return (burned.length > 0 ? burned : boxes).map(({ box }) => box)
}

function causeOf(situation: Situation): Cause | undefined {
  const { closed } = situation
  const hypothesis = confirmedCauses(situation).at(-1)
  if (closed?.cause) return { seq: closed.seq, at: closed.at, text: closed.cause, hypothesis }
  if (!hypothesis?.verdict) return undefined
  const { seq, at, why } = hypothesis.verdict
  return { seq, at, text: hypothesis.text ?? why, hypothesis }
}
