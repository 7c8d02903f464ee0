import { count } from '../base/format.ts'
import { wrap } from '../base/safe-text.ts'
import type { Beside } from '../incidents/beside.ts'
import type { RecordedFinding } from '../incidents/box-story.ts'
import type { LogReading } from '../incidents/log-readings.ts'
import { agoWords } from './situation-words.ts'
import { paint, shown, stateWord, type Style } from './style.ts'

/** Findings of one reading that stand beside a look. */
const FINDINGS_SHOWN = 3

/** What the logs of a box said when they were read last, below a look at it: with its age, since nobody read them just now. */
export function logsBeside(readings: readonly LogReading[], nowMs: number, style: Style): readonly string[] {
  const [reading] = readings
  if (!reading) return []
  const { at, seq, boxes, findings } = reading
  const of = boxes.length > 1 ? ` of ${boxes.join(' ')}` : ''
  const left = findings.length - FINDINGS_SHOWN
  return [
    ...heading(`logs${of}, as read ${agoWords(at, nowMs)} ago (#${seq})`, style),
    ...findings.slice(0, FINDINGS_SHOWN).flatMap((finding) => findingLines(finding, style)),
    ...(left > 0 ? [paint(style, 'faint', `    and ${count(left, 'more finding')}`)] : []),
  ]
}

/** What burned most on a box when it was looked at last, below what its logs say. */
export function lookBeside(
  box: string,
  { look }: Pick<Beside, 'look'>,
  nowMs: number,
  style: Style,
): readonly string[] {
  const [first] = look?.findings ?? []
  if (!look || !first) return []
  const left = look.findings.length - 1
  const place = look.seq === undefined ? '' : ` (#${look.seq})`
  return [
    ...heading(`${box}, as looked at ${agoWords(look.at, nowMs)} ago${place}`, style),
    ...findingLines(first, style),
    ...(left > 0 ? [paint(style, 'faint', `    and ${count(left, 'more finding')}`)] : []),
  ]
}

/** Both, for `--json`: `logsRead` beside a look, `looked` beside what logs say. Missing where there is none. */
export function logsBesideJson(readings: readonly LogReading[]) {
  if (readings.length === 0) return {}
  return { logsRead: readings.map(({ at, seq, boxes, findings }) => ({ at, entry: seq, boxes, findings })) }
}

export function lookBesideJson({ look }: Pick<Beside, 'look'>) {
  const [finding] = look?.findings ?? []
  if (!look || !finding) return {}
  return { looked: { at: look.at, entry: look.seq ?? null, state: look.state, finding } }
}

function heading(words: string, style: Style): readonly string[] {
  return wrap(shown(style, words), style.columns - 2).map((line) => `  ${line}`)
}

function findingLines({ state, title }: RecordedFinding, style: Style): readonly string[] {
  const plain = stateWord({ ...style, color: false }, state)
  return wrap(`${plain} ${shown(style, title)}`, style.columns - 4).map((line, at) =>
    at === 0 ? `    ${stateWord(style, state)}${line.slice(plain.length)}` : `      ${line}`.slice(0, style.columns),
  )
}
