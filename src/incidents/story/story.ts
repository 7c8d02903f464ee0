import type { AnyEntry } from '../store.ts'
import { blindSpotsOf, type BlindSpot } from './blind-spots.ts'
import { changesOf, verificationsOf, type Change, type Verification } from './changes.ts'
import { courseOf, type Course } from './course.ts'
import { figuresOf, type Figure, type MeasuredAgain } from './figures.ts'
import { followUpsOf, type FollowUp } from './follow-ups.ts'
import { hypothesesOf, type Hypothesis } from './hypotheses.ts'
import { rolesOf } from './people.ts'
import { boxStories, type BoxStory } from './sights.ts'
import { isAboutTelling, timelineOf, type TimelineItem } from './timeline.ts'
import { endsOf, those, type Moment } from './told.ts'
import { topicNotes, type TopicNote } from './topics.ts'

/** An incident as it is told afterwards: what a write-up says, without how it says it. Pure; every part names its entries. */
export interface Story {
  readonly incident: string
  readonly title: string
  readonly service: string | undefined
  readonly course: Course
  readonly cause: Cause | undefined
  readonly boxes: readonly BoxStory[]
  /** Boxes that it is about: those named at the opening, else those that burned, else all. */
  readonly named: readonly string[]
  readonly hypotheses: readonly Hypothesis[]
  readonly changes: readonly Change[]
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
  const told = all.slice(0, all.findLastIndex((entry) => !isAboutTelling(entry)) + 1)
  const last = told.at(-1)
  if (!last) return undefined
  const [opened] = those(told, 'opened')
  const course = courseOf(told)
  const boxes = boxStories(told)
  const hypotheses = hypothesesOf(told)
  const changes = changesOf(told)
  const notes = topicNotes(told)
  const cause = causeOf(told, hypotheses)
  const cited = new Set(hypotheses.flatMap(({ ended }) => (ended?.how === 'confirmed' ? ended.by : [])))
  const noted = notes.filter(({ topic }) => topic === 'follow-up')
  return {
    incident: last.incident,
    title: opened?.payload.title ?? 'an incident without a title',
    service: opened?.payload.service,
    course,
    cause,
    boxes,
    named: namedBoxes(opened?.payload.boxes ?? [], boxes),
    hypotheses,
    changes,
    verifications: verificationsOf(told),
    figures: figuresOf({ boxes, cited, mitigatedAt: course.mitigated?.seq, again }),
    timeline: timelineOf(told, boxes, new Set(notes.map(({ seq }) => seq))),
    notes,
    blindSpots: blindSpotsOf(told, boxes, course),
    followUps: followUpsOf({
      entries: told,
      boxes,
      changes,
      hypotheses,
      course,
      hasCause: cause !== undefined,
      noted,
    }),
    roles: rolesOf(told),
    entries: new Map(told.map((entry) => [entry.seq, entry])),
    ends: endsOf(told),
    last: { seq: last.seq, at: last.at, hash: last.hash },
  }
}

function namedBoxes(opened: readonly string[], boxes: readonly BoxStory[]): readonly string[] {
  if (opened.length > 0) return opened
  const burned = boxes.filter(({ sights }) => sights.some(({ findings }) => findings.length > 0))
  return (burned.length > 0 ? burned : boxes).map(({ box }) => box)
}

function causeOf(entries: readonly AnyEntry[], hypotheses: readonly Hypothesis[]): Cause | undefined {
  const confirmed = hypotheses.findLast(({ ended }) => ended?.how === 'confirmed')
  const closed = those(entries, 'closed').at(-1)
  if (closed?.payload.cause)
    return { seq: closed.seq, at: closed.at, text: closed.payload.cause, hypothesis: confirmed }
  if (!confirmed?.ended) return undefined
  const { seq, at, why } = confirmed.ended
  return { seq, at, text: confirmed.text ?? why, hypothesis: confirmed }
}
