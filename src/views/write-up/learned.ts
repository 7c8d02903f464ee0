import { count, duration } from '../../base/format.ts'
import type { BlindSpot } from '../../incidents/story/blind-spots.ts'
import type { Hypothesis } from '../../incidents/hypotheses.ts'
import type { Story } from '../../incidents/story/story.ts'
import { spanMs } from '../../incidents/story/moment.ts'
import { probesOf } from '../../evidence/evidence.ts'
import { prose } from './blog-markdown.ts'
import { command } from './entry-text.ts'
import { hint, listed, ref, refs, resting, sentence, span, start } from './words.ts'

/** What people wrote down as learned, what the record itself shows about the hour, and what it could not see. */
export function learned(story: Story): readonly string[] {
  const lessons = story.notes.filter(({ topic }) => topic === 'learned')
  return [
    '## What we learned',
    '',
    ...lessons.map(({ text, seq }) => `- ${resting(start(sentence(text)), ref(seq))}`),
    ...(lessons.length > 0
      ? []
      : [
          hint(
            'write: what went well, what did not, where we were lucky. The record holds what was noted as "learned: …"',
          ),
        ]),
    ...shown(story),
    '',
    ...blindSpots(story),
  ]
}

function shown(story: Story): readonly string[] {
  const { course, cause, hypotheses, roles, changes, entries } = story
  const found = cause?.hypothesis?.verdict
  const toCause = found && course.opened && span(course.opened, found)
  const dead = deadEnds(hypotheses)
  const people = [...roles.keys()].flatMap((by) => [...entries.values()].find((entry) => entry.by === by)?.seq ?? [])
  const unlinked = changes.filter(({ debt, linked }) => debt && linked.length === 0)
  return [
    ...(toCause === undefined || !found || !course.opened
      ? []
      : [
          `- From the opening (${ref(course.opened.seq)}) to the cause (${ref(found.seq)}) it took ${toCause}${dead === '' ? '' : `, ${dead}`}.`,
        ]),
    ...(course.began?.how === 'said' || !course.opened
      ? []
      : [`- Nobody could say when it began (${ref(course.opened.seq)}): what would have told us?`]),
    ...(roles.size > 1
      ? [`- ${count(roles.size, 'person', 'people')} worked on it, from one record (${few(people)}).`]
      : []),
    ...(unlinked.length > 0
      ? [
          `- ${count(unlinked.length, 'change')} went to production before the repository had ${unlinked.length === 1 ? 'it' : 'them'} (${refs(unlinked.map(({ seq }) => seq))}).`,
        ]
      : []),
  ]
}

function deadEnds(hypotheses: readonly Hypothesis[]): string {
  const spans = hypotheses.flatMap(({ at, verdict }) => {
    const ms = verdict?.state === 'ruled-out' ? spanMs({ at }, verdict) : undefined
    return ms === undefined || !verdict ? [] : [{ ms, seq: verdict.seq }]
  })
  if (spans.length === 0) return ''
  const total = spans.reduce((sum, { ms }) => sum + ms, 0)
  const words =
    spans.length === 1 ? 'one hypothesis that was ruled out' : `${spans.length} hypotheses that were ruled out`
  return `${duration(total / 1000)} of it on ${words} (${few(spans.map(({ seq }) => seq))})`
}

function blindSpots({ blindSpots: spots }: Story): readonly string[] {
  if (spots.length === 0) return []
  return ['### What could not be seen', '', ...together(spots)]
}

/** What was blind for one reason stands in one line: several probes, several boxes. */
function together(spots: readonly BlindSpot[]): readonly string[] {
  const groups = Map.groupBy(spots, ({ box, what }) => JSON.stringify(what.kind === 'probe' ? what.why : [box, what]))
  return [...groups.values()].map((group) => `- ${spotWords(group)}`)
}

function spotWords(group: readonly BlindSpot[]): string {
  const [first] = group
  if (!first) return ''
  const seqs = [...new Set(group.flatMap((spot) => spot.seqs))].toSorted((a, b) => a - b)
  const links = few(seqs)
  const where = first.box === undefined ? '' : ` on ${prose(first.box)}`
  const { what } = first
  switch (what.kind) {
    case 'probe':
      return resting(`${probeNames(group)} on ${boxNames(group)}: ${sentence(what.why)}`, links)
    case 'not-entered':
      return resting(`${prose(first.box ?? '')} itself: ${sentence(what.why)}`, links)
    case 'never-looked':
      return resting(
        `${prose(first.box ?? '')}: it was named when the incident was opened, and nobody looked at it.`,
        links,
      )
    case 'lost':
      return resting(
        `How ${command(what.line)}${where} ended: ${what.state === 'lost' ? 'the line was lost while it ran' : 'nothing in the record says'}.`,
        links,
      )
    case 'off-the-record':
      return resting(
        `What was done ${what.how === 'ran' ? 'with a command' : 'in a shell'}${where}: it was off the record.`,
        links,
      )
    case 'purged':
      return resting(`What stood in an entry that was purged: ${sentence(what.why)}`, links)
    case 'not-known':
      return resting('What an entry says that another version of Halligan wrote.', links)
    case 'clock':
      return resting(
        `How long things took around a clock that was turned back by ${duration(what.byMs / 1000)}.`,
        links,
      )
  }
}

/** Entries that are named for one thing; the first ones show it as well as all. */
const LINKS = 5

function few(seqs: readonly number[]): string {
  return refs(seqs.slice(0, LINKS)) + (seqs.length > LINKS ? ', …' : '')
}

function probeNames(group: readonly BlindSpot[]): string {
  const titles = new Map(probesOf('deep').map(({ id, title }) => [id, title]))
  const names = group.flatMap(({ what }) => (what.kind === 'probe' ? [what.probe] : []))
  return listed([...new Set(names)].map((id) => prose(titles.get(id) ?? id)))
}

function boxNames(group: readonly BlindSpot[]): string {
  const names = new Set(group.flatMap(({ box }) => (box === undefined ? [] : [box])))
  return listed([...names].map(prose))
}
