import { count, duration } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import type { LogsRead, ReadBox } from '../../steps/logs/logs-read.ts'
import { localTime, zoneOf } from '../local-time.ts'
import { cut, paint, shown, type Style } from '../style.ts'
import { exceptionLines } from './exception-lines.ts'
import { failureWords } from './failure-words.ts'
import { patternLines, type PatternContext } from './pattern-lines.ts'
import { routeLines } from './route-lines.ts'

/**
 * The screen of a comparison, for a tired person: what was read and against which moment, the pattern that tells most in full, the others that are not as
 * before in two lines each, what is as ever as a count, then what could not be read. Ends with a newline.
 */
export function compareScreen(read: LogsRead, style: Style, details: boolean): string {
  const { plan, timeline, startedAtMs, boxes } = read
  const context: PatternContext = {
    timeline,
    onsetMs: plan.onset?.atMs,
    nowMs: startedAtMs,
    manyBoxes: boxes.length > 1,
  }
  const sections: readonly (readonly string[])[] = [
    headLines(read, style),
    failedLines(read, style),
    ...patternSections(read, context, style, details),
    exceptionLines(read.exceptions, style, details),
    routeLines(read.routes, style, details),
    nextLines(read, style),
    notReadLines(read, style),
  ]
  const screen = sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')
  return `${style.unicode ? screen : screen.replaceAll('·', '|').replaceAll('…', '~')}\n`
}

/** Patterns after the first that stand on the screen. */
const OTHERS_SHOWN = 8
/** Where there is nothing to compare with: the most frequent ones. */
const UNCOMPARED_SHOWN = 20

function headLines({ boxes, logs, plan, startedAtMs, tookMs }: LogsRead, style: Style): readonly string[] {
  const records = logs.reduce((sum, each) => sum + each.records, 0)
  const times = logs.flatMap(({ firstAtMs, lastAtMs }) => [firstAtMs, lastAtMs]).filter((time) => !Number.isNaN(time))
  const names = boxes.map(({ box }) => shown(style, box)).join(', ')
  const span = times.length === 0 ? '' : `, ${spanWords(Math.min(...times), Math.max(...times))}`
  const zone = `times are ${zoneOf(startedAtMs)}`
  const what = `${count(records, 'record')} of ${count(logs.length, 'log')}${span} (${zone}, took ${(tookMs / 1000).toFixed(1)} s)`
  return [
    paint(style, 'strong', cut(style, names, style.columns)),
    ...indented(what, style, '  '),
    // Of nothing there is nothing to compare.
    ...(records === 0 ? [] : indented(onsetWords(plan.onset), style, '  ')),
    ...boxes.flatMap((box) => skewLines(box, style)),
  ]
}

function spanWords(fromMs: number, toMs: number): string {
  const [from, to] = [localTime(fromMs), localTime(toMs)]
  const sameDay = from.slice(0, 10) === to.slice(0, 10)
  return `${from} to ${sameDay ? to.slice(11) : to}`
}

function onsetWords(onset: LogsRead['plan']['onset']): string {
  if (!onset) return 'compared with nothing: no onset is known or to be seen in the counts (--compare 14:05 names one)'
  const at = localTime(onset.atMs)
  if (onset.from === 'asked') return `before against after ${at}, as asked`
  if (onset.from === 'incident') return `before against after ${at}, when the incident began`
  const sure = onset.confidence === undefined ? '' : ` (${Math.round(onset.confidence * 100)} % sure)`
  return `before against after ${at}: proposed${sure}${onset.why === undefined ? '' : `, ${onset.why}`}`
}

/** Clocks this near are in order for anything that a person compares. Milliseconds. */
const SKEW_SAID_MS = 250

function skewLines({ box, skewMs }: ReadBox, style: Style): readonly string[] {
  if (skewMs === undefined || Math.abs(skewMs) < SKEW_SAID_MS) return []
  const seconds = Math.abs(skewMs) / 1000
  const by = seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds)
  return indented(
    `the clock of ${shown(style, box)} is ${by} ${skewMs > 0 ? 'ahead' : 'behind'}: its times are corrected`,
    style,
    '  ',
  )
}

function patternSections(
  read: LogsRead,
  context: PatternContext,
  style: Style,
  details: boolean,
): readonly (readonly string[])[] {
  const { patterns, plan } = read
  if (patterns.length === 0) return [nothingLines(read, style)]
  if (!plan.onset) return uncompared(read, context, style, details)
  const telling = patterns.filter(({ verdict }) => verdict !== 'steady')
  const steady = patterns.length - telling.length
  const ever = `${count(steady, 'pattern is', 'patterns are')} as ever`
  const [first, ...others] = telling
  if (!first) return [[`  Nothing is new, spiking or gone: ${ever}.`], ...asEver(read, context, style, details)]
  const shownOthers = details ? others : others.slice(0, OTHERS_SHOWN)
  const left = others.length - shownOthers.length
  return [
    patternLines(first, context, style, 'full'),
    ...(details
      ? shownOthers.map((each) => patternLines(each, context, style, 'full'))
      : [shownOthers.flatMap((each) => patternLines(each, context, style, 'brief'))]),
    [
      paint(
        style,
        'faint',
        `  ${[left > 0 ? `${left} more that are not as before` : undefined, steady > 0 ? ever : undefined, details ? undefined : 'samples of each: --details'].filter((part) => part !== undefined).join('; ')}`,
      ),
    ],
    ...asEver(read, context, style, details),
  ]
}

/** Why there is nothing to show: "no data" is never "nothing happened". */
function nothingLines({ boxes, logs, plan, startedAtMs }: LogsRead, style: Style): readonly string[] {
  if (boxes.every(({ failure }) => failure)) return []
  if (logs.length === 0) return ['  No log was read.']
  const fromMs = Math.min(...plan.spans.map((span) => span.fromMs ?? -Infinity))
  const toMs = Math.max(...plan.spans.map((span) => span.toMs ?? startedAtMs))
  if (fromMs !== -Infinity) return indented(`No record was written from ${spanWords(fromMs, toMs)}.`, style, '  ')
  return [`  ${logs.length === 1 ? 'It is' : 'They are'} empty.`]
}

function asEver(
  { patterns }: LogsRead,
  context: PatternContext,
  style: Style,
  details: boolean,
): readonly (readonly string[])[] {
  if (!details) return []
  const steady = patterns.filter(({ verdict }) => verdict === 'steady')
  return [steady.flatMap((each) => patternLines(each, context, style, 'brief'))]
}

function uncompared(
  { patterns }: LogsRead,
  context: PatternContext,
  style: Style,
  details: boolean,
): readonly (readonly string[])[] {
  const kept = details ? patterns : patterns.slice(0, UNCOMPARED_SHOWN)
  const left = patterns.length - kept.length
  return [
    kept.flatMap((each) => patternLines(each, context, style, 'brief')),
    ...(left > 0 ? [[paint(style, 'faint', `  and ${count(left, 'more pattern')} (--details)`)]] : []),
  ]
}

function nextLines({ findings }: LogsRead, style: Style): readonly string[] {
  const [first] = findings
  if (!first) return []
  const arrow = style.unicode ? '→' : '->'
  return first.next.flatMap(({ command, why }) => [
    `  ${paint(style, 'strong', `${arrow} ${shown(style, command)}`)}`,
    ...indented(shown(style, why), style, '     ').map((line) => paint(style, 'faint', line)),
  ])
}

/** Before all else: of these boxes nothing is known, or not all. */
function failedLines({ boxes }: LogsRead, style: Style): readonly string[] {
  return boxes.flatMap(({ box, failure }) =>
    failure
      ? [failureWords(box, failure), `Try: ${failure.tryNext}`].flatMap((words) =>
          indented(shown(style, words), style, '  '),
        )
      : [],
  )
}

function notReadLines({ boxes, notices }: LogsRead, style: Style): readonly string[] {
  const blind = boxes.flatMap((each) =>
    each.blind.map(({ what, why, hint }) => `could not read ${what}: ${why}${hint === '' ? '' : ` (${hint})`}`),
  )
  return [...blind, ...notices.map((notice) => `note: ${notice}`)].flatMap((words) =>
    indented(shown(style, words), style, '  '),
  )
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}
