import { count, percent } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import type { Timeline } from '../../evidence/logs/mining/timeline.ts'
import type { ChangedValue, JudgedPattern, TracedStatement } from '../../findings/logs/verdict.ts'
import { localTime } from '../local-time.ts'
import { cut, paint, separator, shown, type Style, type Tone } from '../style.ts'
import { withoutEpoch } from './record-lines.ts'
import { sparkline } from './sparkline.ts'

/** What patterns of one answer have in common. */
export interface PatternContext {
  readonly timeline: Timeline
  /** Milliseconds since the epoch; undefined: there is no before and after. */
  readonly onsetMs: number | undefined
  /** When it was asked, for ages. */
  readonly nowMs: number
  /** More than one box was asked, so each pattern says whose it is. */
  readonly manyBoxes: boolean
}

/** `full`: with samples and all values that changed; `brief`: two lines. */
export type PatternExtent = 'full' | 'brief'

/** One pattern: verdict and figures, its template, a sample, what changed within it, its course, and where it is written. */
export function patternLines(
  pattern: JudgedPattern,
  context: PatternContext,
  style: Style,
  extent: PatternExtent,
): readonly string[] {
  const head = cut(style, headWords(pattern, context, style), style.columns)
  const template = shown(style, pattern.template)
  if (extent === 'brief')
    return [
      painted(head, pattern, context, style),
      `    ${cut(style, template, style.columns - 4)}`,
      ...writtenLines(pattern, context, style, extent),
    ]
  return [
    painted(head, pattern, context, style),
    ...indented(template, style, '    ').map((line) => paint(style, 'strong', line)),
    ...sampleLines(pattern, style),
    ...pattern.changed
      .slice(0, CHANGES_SHOWN)
      .flatMap((each) => indented(shown(style, changedWords(each)), style, '    ')),
    ...courseLines(pattern, context, style),
    ...writtenLines(pattern, context, style, extent),
  ]
}

/** Values that changed: more are noise. */
const CHANGES_SHOWN = 3
/** Of the record that is shown as a sample: lines of the terminal for its first line, and lines of its trace. */
const SAMPLE_HEAD_LINES = 2
const SAMPLE_LINES = 4
/** Of the course over time. Columns. */
const COURSE_COLUMNS = 60

const VERDICTS = { new: 'NEW', spiking: 'SPIKING', silent: 'GONE SILENT', steady: 'as ever' } as const

/** What of it burns, by its colour: an error that is new or spikes; whatever else is not as before. What was not compared: by its severity alone. */
function toneOf({ verdict, severity, uncompared }: JudgedPattern, { onsetMs }: PatternContext): Tone {
  const bad = severity === 'fatal' || severity === 'error'
  if (onsetMs === undefined || uncompared) return bad ? 'critical' : severity === 'warning' ? 'warning' : 'faint'
  if (verdict === 'steady') return 'faint'
  return bad && verdict !== 'silent' ? 'critical' : 'warning'
}

function verdictWords({ verdict, uncompared }: JudgedPattern, { onsetMs }: PatternContext): string {
  if (onsetMs === undefined) return ''
  return uncompared ? 'NOT SEEN BEFORE' : VERDICTS[verdict]
}

/** Whoever counts in another log should find the same figure. */
function repeatWords(alsoIn: NonNullable<JudgedPattern['alsoIn']>, style: Style): string {
  const [first] = alsoIn
  if (!first) return ''
  const name = first.source.slice(first.source.lastIndexOf('/') + 1)
  return ` (also in ${alsoIn.length > 1 ? `${alsoIn.length} others` : shown(style, name)})`
}

/** The verdict in its colour; where there is none, the severity. */
function painted(line: string, pattern: JudgedPattern, context: PatternContext, style: Style): string {
  const word = verdictWords(pattern, context) || (pattern.severity ?? '')
  const at = line.indexOf(word)
  if (at < 0 || word === '') return line
  return `${line.slice(0, at)}${paint(style, toneOf(pattern, context), word)}${line.slice(at + word.length)}`
}

function headWords(pattern: JudgedPattern, context: PatternContext, style: Style): string {
  const { onsetMs, manyBoxes } = context
  const { verdict, severity, before, after, firstAtMs, lastAtMs, sources, uncompared, alsoIn = [] } = pattern
  const [first] = sources
  const more = sources.length - 1
  const boxes = [...new Set(sources.map(({ box }) => box))]
  const parts = [
    `${sign(pattern, context, style)} ${[verdictWords(pattern, context), severity ?? ''].filter((word) => word !== '').join(' ')}`.trimEnd(),
    onsetMs === undefined || uncompared ? count(pattern.count, 'record') : figures(verdict, before, after),
    spanWords(verdict, firstAtMs, lastAtMs),
    manyBoxes ? shown(style, boxes.join(' ')) : undefined,
    first && `${shown(style, first.source)}${more > 0 ? ` and ${more} more` : ''}${repeatWords(alsoIn, style)}`,
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(separator(style))
}

function sign(pattern: JudgedPattern, context: PatternContext, { unicode }: Style): string {
  const tone = toneOf(pattern, context)
  if (tone === 'critical') return unicode ? '✖' : '!!'
  if (tone === 'warning') return unicode ? '▲' : '! '
  return unicode ? '·' : '- '
}

function figures(
  verdict: JudgedPattern['verdict'],
  before: JudgedPattern['before'],
  after: JudgedPattern['after'],
): string {
  if (verdict === 'new') return `${after.count}, none before`
  if (verdict === 'silent') return `none since, ${rate(before.perHour)} before`
  return `${rate(after.perHour)}, ${rate(before.perHour)} before`
}

/** `312/h`, `4.5/min`, `0.3/h`. */
function rate(perHour: number): string {
  if (perHour >= 36_000) return `${Math.round(perHour / 3600)}/s`
  if (perHour >= 600) return `${Math.round(perHour / 60)}/min`
  return `${perHour >= 10 || perHour === 0 ? Math.round(perHour) : perHour.toFixed(1)}/h`
}

function spanWords(verdict: JudgedPattern['verdict'], firstAtMs: number, lastAtMs: number): string {
  if (Number.isNaN(firstAtMs)) return ''
  const clock = (at: number): string => localTime(at).slice(11)
  if (verdict === 'new')
    return firstAtMs === lastAtMs ? `at ${clock(firstAtMs)}` : `${clock(firstAtMs)} to ${clock(lastAtMs)}`
  return `last ${clock(lastAtMs)}`
}

function sampleLines({ samples, verdict }: JudgedPattern, style: Style): readonly string[] {
  // The first of a new one is where it began; of one that went silent the last that there was.
  const sample = verdict === 'silent' ? samples.at(-1) : samples[0]
  if (!sample) return []
  const [first = '', ...rest] = withoutEpoch(sample, `${localTime(sample.atMs)} `)
    .trimEnd()
    .split('\n')
    .map((line) => shown(style, line.replaceAll('\t', '    ')))
  const head = indented(first, style, '    ')
  return [
    ...head.slice(0, SAMPLE_HEAD_LINES - 1),
    ...(head.length < SAMPLE_HEAD_LINES
      ? []
      : [
          `    ${cut(
            style,
            head
              .slice(SAMPLE_HEAD_LINES - 1)
              .map((line) => line.trim())
              .join(' '),
            style.columns - 4,
          )}`,
        ]),
    ...tellingLines(rest).map((line) => `    ${cut(style, line, style.columns - 4)}`),
  ].map((line) => paint(style, 'faint', line))
}

/** Of a trace: what is thrown stands first (Java, Node), or last (Python), with the innermost place next to it. */
function tellingLines(lines: readonly string[]): readonly string[] {
  if (lines.length <= SAMPLE_LINES) return lines
  const left = lines.length - SAMPLE_LINES
  const more = `  (${count(left, 'line')} left out)`
  const isLast = /^\S/.test(lines.at(-1) ?? '')
  return isLast ? [more, ...lines.slice(-SAMPLE_LINES)] : [...lines.slice(0, SAMPLE_LINES), more]
}

function changedWords({ what, value, before, after }: ChangedValue): string {
  return `${what} ${value}: ${percent(after * 100)} of them, ${percent(before * 100)} before`
}

function courseLines(
  { counts }: JudgedPattern,
  { timeline, onsetMs }: PatternContext,
  style: Style,
): readonly string[] {
  if (timeline.buckets < 2) return []
  return [`    ${sparkline(counts, timeline, Math.min(COURSE_COLUMNS, style.columns - 6), style, onsetMs)}`]
}

function writtenLines(
  { statement }: JudgedPattern,
  { nowMs }: PatternContext,
  style: Style,
  extent: PatternExtent,
): readonly string[] {
  if (!statement) return []
  const [thrown] = statement.frames ?? []
  const isElsewhere = thrown !== undefined && thrown.place !== statement.place
  if (extent === 'brief') {
    const words = `${writtenWords(statement)}${isElsewhere ? `, thrown at ${thrown.place}` : ''}`
    return [`    ${cut(style, shown(style, words), style.columns - 4)}`]
  }
  return [
    ...placeLines(`${writtenWords(statement)}${changeWords(statement, nowMs)}`, statement.code, style),
    ...(isElsewhere ? placeLines(`thrown at ${thrown.place}${changeWords(thrown, nowMs)}`, thrown.code, style) : []),
  ]
}

/** The place in words, and the line of code below it. */
function placeLines(words: string, code: string, style: Style): readonly string[] {
  return [
    ...indented(shown(style, words), style, '    ').map((line) => paint(style, 'strong', line)),
    ...(code === '' ? [] : [`      ${cut(style, shown(style, code.trim()), style.columns - 6)}`]),
  ]
}

/** `written by src/orders.py:88`, or that it may be. */
function writtenWords({ place, confidence, others }: TracedStatement): string {
  if (confidence >= SURE) return `written by ${place}`
  const or = others.length > 0 ? ` (or ${others.slice(0, 2).join(', ')})` : ''
  return `perhaps written by ${place}${or}`
}

/** `, changed 12 min ago by Ann: fold the tax`. */
function changeWords({ changed, note }: Pick<TracedStatement, 'changed' | 'note'>, nowMs: number): string {
  if (changed) return `, changed ${ageWords(nowMs - changed.atMs)} by ${changed.by}: ${changed.summary}`
  return note === undefined ? '' : ` (${note})`
}

/** Below it the statement is named as one that may be. */
const SURE = 0.6

function ageWords(ms: number): string {
  const hours = Math.max(0, ms) / 3_600_000
  if (hours < 1) return `${Math.round(hours * 60)} min ago`
  return hours < 48 ? `${Math.round(hours)} h ago` : `${Math.round(hours / 24)} d ago`
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}
