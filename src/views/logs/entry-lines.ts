import { count } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import { localTime } from '../local-time.ts'
import { cut, paint, plainWidth, shown, stateWord, type Style } from '../style.ts'

/** Lines of a record that is kept as a sample of its pattern. */
const SAMPLE_LINES = 16

/** What a reading of logs came to, as its entry keeps it: what burned, the patterns that were not as before, what was read, what was not. */
export function logsEntryLines(payload: PayloadOf<'logs-read'>, style: Style): readonly string[] {
  const { findings, patterns, notices } = payload
  const telling = patterns.filter(({ verdict }) => verdict !== 'steady')
  return [
    ...spanLines(payload, style),
    ...findings.flatMap((finding) => ['', ...findingLines(finding, style)]),
    ...telling.flatMap((pattern) => ['', ...patternLines(pattern, style)]),
    '',
    ...readLines(payload, style),
    ...notices.flatMap((notice) => indented(`note: ${notice}`, style, '  ')),
  ]
}

function spanLines({ from, to, sought, onset, onsetFrom }: PayloadOf<'logs-read'>, style: Style): readonly string[] {
  const span = `${from === undefined ? 'from the beginning' : `from ${localTime(from)}`}${to === undefined ? '' : ` to ${localTime(to)}`}`
  return [
    span,
    ...(sought === undefined || sought.length === 0 ? [] : [`with ${sought.join(' ')}`]),
    ...(onset === undefined
      ? []
      : [`before against after ${localTime(onset)}${onsetFrom === undefined ? '' : ` (${onsetFrom})`}`]),
  ].flatMap((words) => indented(words, style, '  '))
}

function findingLines(
  { state, title, why, next }: PayloadOf<'logs-read'>['findings'][number],
  style: Style,
): readonly string[] {
  const arrow = style.unicode ? '→' : '->'
  const sign = stateWord(style, state)
  return [
    ...wrap(shown(style, title), style.columns - plainWidth(sign) - 3).map((line, at) =>
      at === 0 ? `  ${sign} ${line}` : `    ${line}`,
    ),
    ...indented(why, style, '    '),
    ...next.map(({ command }) => `    ${arrow} ${shown(style, command)}`),
  ]
}

function patternLines(
  { template, verdict, severity, before, after, sample, source }: PayloadOf<'logs-read'>['patterns'][number],
  style: Style,
): readonly string[] {
  const words = [verdict, severity].filter((word) => word !== undefined).join(' ')
  const lines = sample.split('\n')
  const left = lines.length - SAMPLE_LINES
  return [
    `  ${words}: ${before} before, ${after} after${source === undefined ? '' : `, written by ${shown(style, source)}`}`,
    ...indented(template, style, '    ').map((line) => paint(style, 'strong', line)),
    ...lines
      .slice(0, SAMPLE_LINES)
      .map((line) => paint(style, 'faint', `    ${cut(style, shown(style, line), style.columns - 4)}`)),
    ...(left > 0 ? [`    (${count(left, 'line')} left out)`] : []),
  ]
}

/** Logs of which nothing came say less than the room they would take. */
function readLines({ boxes, logs }: PayloadOf<'logs-read'>, style: Style): readonly string[] {
  const read = logs.filter(({ records }) => records > 0)
  const many = boxes.length > 1
  const empty = logs.length - read.length
  return [
    '  read',
    ...read.map(({ box, log, format, records }) => {
      const form = format === undefined || format === 'unknown' ? '' : `, ${format}`
      const words = `${many ? `${box} ` : ''}${log}: ${count(records, 'record')}${form}`
      return `    ${cut(style, shown(style, words), style.columns - 4)}`
    }),
    ...(empty > 0 ? [`    and ${count(empty, 'log')} without a record`] : []),
  ]
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  if (text === '') return []
  return wrap(shown(style, text), style.columns - indent.length).map((line) => indent + line)
}
