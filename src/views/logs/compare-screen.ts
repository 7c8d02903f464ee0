import { count } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import type { Beside } from '../../incidents/beside.ts'
import { hasCome, type LogsRead } from '../../steps/logs/logs-read.ts'
import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import { lookBeside } from '../beside-lines.ts'
import { localTime, zoneOf } from '../local-time.ts'
import { cut, paint, shown, type Style } from '../style.ts'
import { exceptionLines } from './exception-lines.ts'
import { patternLines, type PatternContext } from './pattern-lines.ts'
import { routeLines } from './route-lines.ts'
import { skewWords, unreadWords } from './unread-words.ts'

/**
 * The screen of a comparison, for a tired person: what was read and against which moment, the pattern that tells most in full, the others that are not as
 * before in two lines each, what is as ever as a count, what burned on the boxes when they were looked at last, then what could not be read. Ends with a newline.
 */
export function compareScreen(
  read: LogsRead,
  style: Style,
  details: boolean,
  lookOf: (box: string) => Pick<Beside, 'look'> = () => ({ look: undefined }),
): string {
  const { plan, timeline, startedAtMs, boxes } = read
  const context: PatternContext = {
    timeline,
    onsetMs: plan.onset?.atMs,
    nowMs: startedAtMs,
    manyBoxes: boxes.length > 1,
  }
  const sections: readonly (readonly string[])[] = [
    headLines(read, style),
    ...patternSections(read, context, style, details),
    exceptionLines(read.exceptions, style, details),
    routeLines(read.routes, style, details),
    boxes.flatMap(({ box }) => lookBeside(box, lookOf(box), startedAtMs, style)),
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
/** Of what could not be compared, though the rest was. */
const UNSEEN_SHOWN = 4
/** Where there is nothing to compare with: the most frequent ones. */
const UNCOMPARED_SHOWN = 20

function headLines({ boxes, boots, logs, plan, startedAtMs, tookMs }: LogsRead, style: Style): readonly string[] {
  const records = logs.reduce((sum, each) => sum + each.records, 0)
  const times = logs.flatMap(({ firstAtMs, lastAtMs }) => [firstAtMs, lastAtMs]).filter((time) => !Number.isNaN(time))
  const names = boxes.map(({ box }) => shown(style, box)).join(', ')
  const span = times.length === 0 ? '' : `, ${spanWords(Math.min(...times), Math.max(...times))}`
  const zone = `times are ${zoneOf(startedAtMs)}`
  const what = `${count(records, 'record')} of ${count(logs.length, 'log')}${span} (${zone}, took ${(tookMs / 1000).toFixed(1)} s)`
  return [
    paint(style, 'strong', cut(style, names, style.columns)),
    ...indented(what, style, '  '),
    // Of nothing there is nothing to propose.
    ...(plan.onset || records > 0 ? indented(onsetWords(plan.onset), style, '  ') : []),
    ...bootLines(boots, style),
    ...boxes
      .flatMap((box) => skewWords(box, startedAtMs))
      .flatMap((words) => indented(shown(style, words), style, '  ')),
  ]
}

/** Who sees many lines for the first time should know of it before all else. */
function bootLines(boots: LogsRead['boots'], style: Style): readonly string[] {
  return boots
    .slice(-BOOTS_SHOWN)
    .flatMap(({ box, atMs }) =>
      indented(shown(style, `${box} booted at ${localTime(atMs)}`), style, '  ').map((line) =>
        paint(style, 'warning', line),
      ),
    )
}

/** The last ones. */
const BOOTS_SHOWN = 4

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

function patternSections(
  read: LogsRead,
  context: PatternContext,
  style: Style,
  details: boolean,
): readonly (readonly string[])[] {
  const { patterns, plan } = read
  if (patterns.length === 0) return [indented(nothingWords(read), style, '  ')]
  if (!plan.onset) return uncompared(read, context, style, details)
  const telling = patterns.filter(({ verdict, ofBoot }) => verdict !== 'steady' && !ofBoot)
  const unseen = patterns.filter(({ uncompared }) => uncompared)
  const ofBoots = patterns.filter(({ ofBoot, uncompared }) => ofBoot && !uncompared)
  const steady = patterns.length - telling.length - unseen.length - ofBoots.length
  const [first, ...others] = telling
  if (!first)
    return [
      [`  Nothing is new, spiking or gone: ${asEverWords(steady, ofBoots.length)}.`],
      ...notSeenBefore(unseen, context, style, details),
      ...asEver(read, context, style, details),
    ]
  const shownOthers = details ? others : others.slice(0, OTHERS_SHOWN)
  const left = others.length - shownOthers.length
  return [
    patternLines(first, context, style, 'full'),
    ...(details
      ? shownOthers.map((each) => patternLines(each, context, style, 'full'))
      : [shownOthers.flatMap((each) => patternLines(each, context, style, 'brief'))]),
    ...notSeenBefore(unseen, context, style, details),
    indented(restWords(left, asEverWords(steady, ofBoots.length), details), style, '  ').map((line) =>
      paint(style, 'faint', line),
    ),
    ...asEver(read, context, style, details),
  ]
}

/** Of logs that were not seen before the onset: errors and warnings, which may have been there all the time; the rest as a count. */
function notSeenBefore(
  unseen: readonly JudgedPattern[],
  context: PatternContext,
  style: Style,
  details: boolean,
): readonly (readonly string[])[] {
  if (unseen.length === 0) return []
  const kept = details ? unseen : unseen.filter(isTrouble).slice(0, UNSEEN_SHOWN)
  const left = unseen.length - kept.length
  const words = `${count(left, 'pattern')} of logs that were not seen before the onset (the notes below say which)`
  return [
    [
      ...kept.flatMap((each) => patternLines(each, context, style, 'brief')),
      ...(left > 0 ? indented(words, style, '  ').map((line) => paint(style, 'faint', line)) : []),
    ],
  ]
}

function isTrouble({ severity }: JudgedPattern): boolean {
  return severity === 'fatal' || severity === 'error' || severity === 'warning'
}

/** `3 more that are not as before; 22 patterns are as ever; samples of each: --details`. */
function restWords(left: number, others: string, details: boolean): string {
  return [left > 0 ? `${left} more that are not as before` : '', others, details ? '' : 'samples of each: --details']
    .filter((words) => words !== '')
    .join('; ')
}

function asEverWords(steady: number, ofBoots: number): string {
  return [
    ...(ofBoots > 0 ? [`${count(ofBoots, 'pattern belongs', 'patterns belong')} to a boot`] : []),
    ...(steady > 0 || ofBoots === 0 ? [`${count(steady, 'pattern is', 'patterns are')} as ever`] : []),
  ].join('; ')
}

/** What was not seen is not nothing. */
function nothingWords({ boxes, logs, plan, startedAtMs }: LogsRead): string {
  if (boxes.every(({ failure, identity }) => failure && !identity)) return 'Nothing is known of these logs.'
  if (logs.length === 0) return 'No log was found that was written to in that time (--list shows what there is).'
  const unread = logs.filter((log) => log.records === 0 && !hasCome(log))
  if (unread.length > 0)
    return `Nothing came of ${count(unread.length, 'log')} that could not be read; no record of the others was written in that time.`
  const fromMs = Math.min(...plan.spans.map((span) => span.fromMs ?? -Infinity))
  const toMs = Math.max(...plan.spans.map((span) => span.toMs ?? startedAtMs))
  if (fromMs !== -Infinity) return `No record was written from ${spanWords(fromMs, toMs)}.`
  return logs.length === 1 ? 'It is empty.' : 'They are empty.'
}

function asEver(
  { patterns }: LogsRead,
  context: PatternContext,
  style: Style,
  details: boolean,
): readonly (readonly string[])[] {
  if (!details) return []
  const steady = patterns.filter(({ verdict, uncompared, ofBoot }) => (verdict === 'steady' || ofBoot) && !uncompared)
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

function notReadLines({ boxes, notices }: LogsRead, style: Style): readonly string[] {
  return [...unreadWords(boxes), ...notices.map((notice) => `note: ${notice}`)].flatMap((words) =>
    indented(shown(style, words), style, '  '),
  )
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}
