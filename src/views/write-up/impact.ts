import type { BoxSights, Sight, State } from '../../incidents/story/sights.ts'
import type { Story } from '../../incidents/story/story.ts'
import { prose } from './blog-markdown.ts'
import { spanRefs } from './summary.ts'
import { hint, ref, resting, sentence, span, start, told } from './words.ts'

/** Who felt it, as far as people wrote it down; what the boxes were like. */
export function impact(story: Story): readonly string[] {
  const { course, notes } = story
  const from = course.began ?? course.opened
  const long = from && course.resolved ? span(from, course.resolved) : undefined
  const felt = notes.filter(({ topic }) => topic === 'impact')
  return [
    '## Impact',
    '',
    `- ${resting(`Reported as: ${told(story.title)}${long === undefined ? '' : `, for ${long}`}.`, spanRefs(course))}`,
    ...felt.map(({ text, seq }) => `- ${resting(start(sentence(text)), ref(seq))}`),
    ...(felt.length > 0
      ? []
      : [
          hint(
            'write: who was affected, how many, and how they noticed. The record holds what was noted as "impact: …"',
          ),
        ]),
    '',
    ...boxTable(story.boxes),
  ]
}

function boxTable(boxes: readonly BoxSights[]): readonly string[] {
  if (boxes.length === 0) return []
  const worstFirst = boxes.toSorted((a, b) => rank(worst(b)) - rank(worst(a)))
  return [
    '| box | at its worst | when last seen |',
    '| --- | --- | --- |',
    ...worstFirst.map((story) => {
      const bad = worst(story)
      const last = story.sights.at(-1)
      return `| ${prose(story.box)} | ${bad ? sightWords(bad) : 'not looked at'} | ${last ? `${last.state} (${ref(last.seq)})` : 'not looked at'} |`
    }),
  ]
}

function sightWords(sight: Sight): string {
  const [first] = sight.findings
  const what = first ? `: ${told(first.title)}` : sight.failure ? `: ${told(sight.failure.message)}` : ''
  return `**${sight.state}**${what} (${ref(sight.seq)})`
}

const RANK: Readonly<Record<State, number>> = { ok: 1, unknown: 2, warning: 3, critical: 4 }

function rank(sight: Sight | undefined): number {
  return sight ? RANK[sight.state] : 0
}

/** The first of the worst. */
function worst({ sights }: BoxSights): Sight | undefined {
  return sights.toSorted((a, b) => RANK[b.state] - RANK[a.state] || a.seq - b.seq)[0]
}
