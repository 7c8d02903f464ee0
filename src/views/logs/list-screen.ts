import { bytes, count } from '../../base/format.ts'
import { truncate, width, wrap } from '../../base/safe-text.ts'
import type { ListedLog, LogList } from '../../steps/logs/list.ts'
import { localTime, zoneWords } from '../local-time.ts'
import { skewWords } from './unread-words.ts'
import { paint, separator, shown, type Style } from '../style.ts'

/** The logs of some boxes: what each is, how large, how fast it grows, in which form, from when to when, and how it was found. Ends with a newline. */
export function listScreen(lists: readonly LogList[], style: Style, nowMs: number): string {
  const sections = lists.map((list) => boxLines(list, style, nowMs))
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n${paint(style, 'faint', `(${zoneWords(nowMs)})`)}\n`
}

function boxLines(
  { box, logs, blind, failure, skewMs, skewWithinMs, zone }: LogList,
  style: Style,
  nowMs: number,
): readonly string[] {
  const head = paint(style, 'strong', shown(style, box))
  if (failure)
    return [
      head,
      ...indented(shown(style, failure.message), style),
      ...indented(`Try: ${shown(style, failure.tryNext)}`, style),
    ]
  const readable = logs.filter(({ source }) => source.blind === undefined)
  const rows = readable.map((log) => cells(log, style, nowMs))
  const unread = [
    ...logs.flatMap(({ source }) =>
      source.blind ? [`${source.id}: ${source.blind.why}${hint(source.blind.hint)}`] : [],
    ),
    ...blind.map(({ what, why, hint: help }) => `${what}: ${why}${hint(help)}`),
  ]
  return [
    `${head}  ${count(readable.length, 'log')}`,
    ...table([TITLES, ...rows], style),
    ...unread.flatMap((words) => indented(`could not read ${shown(style, words)}`, style)),
    ...skewWords({ box, skewMs, skewWithinMs, zone }, nowMs).flatMap((words) => indented(shown(style, words), style)),
  ]
}

const TITLES = ['log', 'size', 'grows', 'format', 'from', 'to', 'found']

function cells({ source, format, firstAtMs, lastAtMs }: ListedLog, style: Style, nowMs: number): readonly string[] {
  const { id, bytes: size, bytesPerSecond, files, found } = source
  const rotated = files.length > 1 ? ` +${files.length - 1}` : ''
  return [
    shown(style, id) + rotated,
    size === undefined ? '' : bytes(size),
    bytesPerSecond === undefined ? '' : bytesPerSecond > 0 ? `${bytes(bytesPerSecond)}/s` : 'not now',
    shown(style, format?.id ?? ''),
    timeWords(firstAtMs, nowMs),
    timeWords(lastAtMs, nowMs),
    shown(style, found),
  ]
}

/** `14:05:33` of today, else `11-26 14:05`; of another year `2025-11-26`. */
function timeWords(atMs: number, nowMs: number): string {
  if (Number.isNaN(atMs)) return ''
  const [at, now] = [localTime(atMs), localTime(nowMs)]
  if (at.slice(0, 10) === now.slice(0, 10)) return at.slice(11)
  return at.slice(0, 4) === now.slice(0, 4) ? at.slice(5, 16) : at.slice(0, 10)
}

/** A name that is longer pushes its row to the right. Columns. */
const NAME_COLUMNS = 48

/** Less of how a log was found says nothing. Columns. */
const FOUND_COLUMNS = 20

/** The last column takes what room is left; where that is none, form and finding stand below each log. */
function table(rows: readonly (readonly string[])[], style: Style): readonly string[] {
  const widths = TITLES.map((_, at) => Math.min(NAME_COLUMNS, Math.max(...rows.map((row) => width(row[at] ?? '')))))
  const taken = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, 2)
  const isNarrow = taken + Math.min(FOUND_COLUMNS, widths.at(-1) ?? 0) > style.columns
  return rows.flatMap((row, index) => {
    const cells = row.map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(cell))))
    const line = fitted(`  ${cells.filter((_, at) => !isNarrow || !BELOW.includes(at)).join('  ')}`, style)
    if (index === 0) return [paint(style, 'faint', line)]
    const below = BELOW.map((at) => row[at] ?? '').filter((cell) => cell !== '')
    return isNarrow && below.length > 0
      ? [line, paint(style, 'faint', fitted(`      ${below.join(separator(style))}`, style))]
      : [line]
  })
}

/** Places of the columns that stand below a log where there is little room: its form, how it was found. */
const BELOW: readonly number[] = [TITLES.indexOf('format'), TITLES.indexOf('found')]

function fitted(line: string, style: Style): string {
  return truncate(line.trimEnd(), style.columns, style.unicode ? '…' : '...')
}

function hint(text: string): string {
  return text === '' ? '' : ` (${text})`
}

function indented(text: string, style: Style): readonly string[] {
  return wrap(text, style.columns - 2).map((line) => `  ${line}`)
}
