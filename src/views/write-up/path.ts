import { truncate } from '../../base/safe-text.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { lapsedVerdict, type Hypothesis } from '../../incidents/hypotheses.ts'
import type { Story } from '../../incidents/story/story.ts'
import { bytes, count } from '../../base/format.ts'
import { code } from './blog-markdown.ts'
import { entrySentence } from './entry-text.ts'
import { clock, hint, ref, refs, resting, sentence, span, start } from './words.ts'

/** How the cause was found, with the ways that led nowhere and what showed that they do. */
export function path(story: Story): readonly string[] {
  return ['## How the cause was found', '', ...firstSight(story), ...ways(story), ...sum(story)]
}

function firstSight({ boxes }: Story): readonly string[] {
  const sights = boxes.flatMap(({ box, sights }) => sights.map((sight) => ({ box, ...sight })))
  const first = sights.filter(({ findings }) => findings.length > 0).toSorted((a, b) => a.seq - b.seq)[0]
  if (!first) return []
  const findings = first.findings.slice(0, FINDINGS)
  const more = first.findings.length - findings.length
  return [
    `The first look that found something was at ${clock(first.at)} (${ref(first.seq)}):`,
    '',
    ...findings.map(({ state, title }) => `- **${state}**: ${sentence(title)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
    '',
  ]
}

/** The first findings are those that burn most. */
const FINDINGS = 3

function ways(story: Story): readonly string[] {
  const { hypotheses } = story
  if (hypotheses.length === 0)
    return [
      'Nothing was written down as supposed, so the record does not show the way.',
      hint('write: what was thought, and what showed it'),
    ]
  return hypotheses.flatMap((hypothesis, at) => [...way(hypothesis, at + 1, story), ''])
}

function way(hypothesis: Hypothesis, number: number, story: Story): readonly string[] {
  const { text, seq, at, verdict } = hypothesis
  const said = text === undefined ? 'A hypothesis that was purged.' : start(sentence(text))
  const head = `${number}. **${said}** Supposed at ${clock(at)} (${ref(seq)}).`
  const indent = ' '.repeat(`${number}. `.length)
  const lapsed = lapsedVerdict(hypothesis)
  if (lapsed)
    return [
      `${head} **Left open:** it was confirmed before the incident was opened again (${ref(lapsed.seq)}), and nothing since decides it.`,
    ]
  if (!verdict) return [`${head} **Left open:** nothing in the record decides it.`]
  const long = span({ at }, verdict)
  const how = verdict.state === 'confirmed' ? 'Confirmed' : 'Ruled out'
  const shown = verdict.evidence.flatMap((by) => {
    const entry = story.ends.get(by) ?? story.entries.get(by)
    return entry ? [`${indent}- ${resting(entrySentence(entry, story), ref(by))}${printed(entry)}`] : []
  })
  const why = resting(sentence(verdict.why), ref(verdict.seq))
  return [
    head,
    '',
    `${indent}**${how}**${long === undefined ? '' : ` after ${long}`}: ${why}${shown.length > 0 ? ' Shown by:' : ''}`,
    ...(shown.length > 0 ? ['', ...shown] : []),
  ]
}

/** The first line that a command printed: what a reader wants to see of it here. That it printed nothing is said only where its end was seen. */
function printed(entry: AnyEntry): string {
  if (entry.did !== 'ran' || !entry.payload) return ''
  const { shown, state, printedBytes, offTheRecord } = entry.payload
  const lines = shown.split('\n').filter((line) => line.trim() !== '')
  const [first] = lines
  if (offTheRecord || state === 'running') return ' What it printed is not in the record.'
  if (first === undefined && printedBytes > 0) return ` It printed ${bytes(printedBytes)}.`
  if (first === undefined) return state === 'ended' ? ' It printed nothing.' : ''
  return ` It printed ${code(truncate(first.trim(), PRINTED))}${lines.length > 1 ? ` and ${count(lines.length - 1, 'more line')}` : ''}.`
}

/** Columns. */
const PRINTED = 100

function sum({ hypotheses }: Story): readonly string[] {
  const out = verdicts(hypotheses, 'ruled-out')
  const found = verdicts(hypotheses, 'confirmed')
  if (out.length === 0) return []
  const end =
    found.length > 0
      ? `${count(found.length, 'was confirmed', 'were confirmed')} (${refs(found)})`
      : 'none was confirmed'
  return [`${count(out.length, 'hypothesis was', 'hypotheses were')} ruled out (${refs(out)}), ${end}.`]
}

function verdicts(hypotheses: readonly Hypothesis[], wanted: Hypothesis['state']): readonly number[] {
  return hypotheses.flatMap(({ state, verdict }) => (state === wanted && verdict ? [verdict.seq] : []))
}
