import { count } from '../../base/format.ts'
import type { Figure } from '../../incidents/story/figures.ts'
import type { Story } from '../../incidents/story/story.ts'
import { fenced, prose } from './blog-markdown.ts'
import { BARS, barsText, type Bars } from './charts.ts'
import { disappearanceSentence } from './disappearance.ts'
import { clock, hint, listed, ref, resting, sentence, told } from './words.ts'

/** Figures that are drawn: those that the cause rests on come first. */
const FIGURES = 6

/** How it was seen that it is over: what was verified, the boxes' last looks, figures before and after. */
export function verification(story: Story): readonly string[] {
  const { verifications, disappearances } = story
  const figures = story.figures.filter((each) => isTelling(each, story)).slice(0, FIGURES)
  return [
    '## How it was verified',
    '',
    ...(verifications.length === 0
      ? [
          disappearances.length === 0
            ? 'Nothing in the record says that it was verified.'
            : 'Nobody wrote down that it was verified. What looks saw:',
          hint('write: how it was seen that it is over'),
        ]
      : verifications.map(
          ({ good, text, seq, at, of }) =>
            `- **${good ? 'Good' : 'Not good yet'}**, ${clock(at)}: ${resting(sentence(text), ref(seq) + (of === undefined ? '' : `, after ${ref(of)}`))}`,
        )),
    ...disappearances.map((each) => `- ${disappearanceSentence(each, story)}`),
    ...lastLooks(story),
    ...(figures.length === 0 ? [] : ['', ...drawn(figures)]),
  ]
}

/** What the cause rests on; of the rest what was measured again on a box that something was done to. */
function isTelling({ box, after, before }: Figure, { cause, changes, perhapsChanges }: Story): boolean {
  if (cause?.hypothesis?.verdict?.evidence.includes(before.seq)) return true
  return after !== undefined && [...changes, ...perhapsChanges].some((done) => done.box === box)
}

function drawn(figures: readonly Figure[]): readonly string[] {
  const seqs = figures.flatMap(({ before, after }) => [before.seq, ...(after === undefined ? [] : [after.seq])])
  const links = [...new Set(seqs)].toSorted((a, b) => a - b).map(ref)
  return [
    `Before and after, as the looks of ${listed(links)} measured it:`,
    '',
    ...fenced(barsText(figures.map(barsOf)), BARS),
  ]
}

function lastLooks({ boxes, course, perhapsChanges }: Story): readonly string[] {
  const after = course.mitigated?.seq ?? perhapsChanges[0]?.seq ?? Infinity
  return boxes.flatMap(({ box, sights }) => {
    const last = sights.at(-1)
    if (!last || last.seq < after) return []
    const [first] = last.findings
    return [
      `- The last look at ${prose(box)}, ${clock(last.at)}: **${last.state}**${first ? `, ${told(first.title)}` : last.state === 'ok' ? `, ${count(last.cleared.length, 'check was', 'checks were')} quiet` : ''} (${ref(last.seq)}).`,
    ]
  })
}

function barsOf({ box, subject, what, unit, limit, before, after }: Figure): Bars {
  const scale = scaleOf(unit, Math.max(limit ?? 0, before.value))
  const scaled = (value: number): number => Number((value / scale.by).toPrecision(DIGITS))
  const about = subject === box ? box : `${subject} on ${box}`
  return {
    label: `${what}, ${about}${scale.unit === '' ? '' : `, in ${scale.unit}`}`,
    limit: limit === undefined || limit < 0 ? undefined : scaled(limit),
    before: { value: scaled(before.value), seq: before.seq },
    after:
      after === undefined
        ? 'not measured'
        : 'value' in after
          ? { value: scaled(after.value), seq: after.seq }
          : `quiet: ${after.words} (#${after.seq})`,
  }
}

/** As many as anybody reads. */
const DIGITS = 4

/** One unit for all values of a figure. */
function scaleOf(unit: string, most: number): { readonly by: number; readonly unit: string } {
  if (unit === 'count') return { by: 1, unit: '' }
  if (unit !== 'bytes' && unit !== 'bytes/s') return { by: 1, unit: unit === 'count/s' ? 'a second' : unit }
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, most)) / 10)))
  return { by: 1024 ** power, unit: `${units[power]}${unit === 'bytes/s' ? ' a second' : ''}` }
}
