import { safeText } from '../../base/safe-text.ts'
import type { Severity } from '../../evidence/logs/format.ts'
import type { ShownRecord } from '../../steps/logs/record-assembler.ts'
import { localTime } from '../local-time.ts'
import { paint, shown, type Style, type Tone } from '../style.ts'

/** How records are shown beside each other. */
export interface RecordStyle {
  readonly style: Style
  /** More than one box, more than one log: each record says whose it is. */
  readonly boxes: readonly string[]
  readonly manyLogs: boolean
  /** Records of several days. */
  readonly withDate: boolean
  /** What was sought is marked. */
  readonly sought: ((line: string) => string) | undefined
}

/**
 * One record as it stands on a terminal: the time by the clock of this console, box and log where there are several, then what it says, coloured by its severity;
 * the lines that go on with it below. Never cut: a log line is there to be copied. Ends with a newline.
 */
export function recordLines(record: ShownRecord, how: RecordStyle): string {
  const { style } = how
  const text = withoutEpoch(record, hasHead(how) ? '' : `${timeWords(record.atMs, true)} `)
  const [first = '', ...more] = text.split('\n').map((line) => shown(style, line.replaceAll('\t', '    ')))
  const tone = toneOf(record.event?.severity)
  const painted = (line: string): string => marked(line, how, tone)
  return [`${headOf(record, how)}${painted(first)}`, ...more.map((line) => `    ${painted(line)}`)].join('\n') + '\n'
}

/** As it was written, for a pipe; on a terminal what would do more than show is made harmless. */
export function rawRecord({ text }: ShownRecord, isTerminal: boolean): string {
  if (!isTerminal) return `${text}\n`
  return `${text
    .split('\n')
    .map((line) => safeText(line.replaceAll('\t', '        ')))
    .join('\n')}\n`
}

/** As entries of the journal and of the kernel come: `<3>1795677338.106312 `. Nobody reads seconds since the epoch. */
const EPOCH = /^(?:<(\d{0,3})>)?\d{10}\.\d{3,9} /

/** With a time that a person reads in place of seconds since the epoch, and priorities that call for attention as a word (syslog(3)). */
export function withoutEpoch({ text, atMs }: Pick<ShownRecord, 'text' | 'atMs'>, time: string): string {
  if (Number.isNaN(atMs)) return text
  return text.replace(EPOCH, (_, priority: string | undefined) => {
    const word = priority ? PRIORITIES[Number(priority) % PRIORITY_COUNT] : undefined
    return word === undefined ? time : `${time}${word} `
  })
}

const PRIORITIES: readonly (string | undefined)[] = ['emerg', 'alert', 'crit', 'err', 'warning']
/** The rest of the figure is the facility (RFC 5424). */
const PRIORITY_COUNT = 8

function hasHead({ boxes, manyLogs }: RecordStyle): boolean {
  return boxes.length > 1 || manyLogs
}

function headOf({ box, source, atMs }: ShownRecord, how: RecordStyle): string {
  const { style, boxes, manyLogs, withDate } = how
  if (!hasHead(how)) return ''
  const time = Number.isNaN(atMs) ? '--:--:--' : timeWords(atMs, withDate)
  const parts = [
    paint(style, 'faint', time),
    ...(boxes.length < 2 ? [] : [boxPainted(shown(style, box), boxes.indexOf(box), style)]),
    ...(manyLogs ? [paint(style, 'faint', shown(style, shortName(source)))] : []),
  ]
  return `${parts.join(' ')} `
}

function timeWords(atMs: number, withDate: boolean): string {
  const milliseconds = String(Math.floor(((atMs % 1000) + 1000) % 1000)).padStart(3, '0')
  const local = localTime(atMs)
  return `${withDate ? local : local.slice(11)}.${milliseconds}`
}

/** The name of a file without its folder, of a unit without its kind. */
function shortName(source: string): string {
  return source.startsWith('/') ? source.slice(source.lastIndexOf('/') + 1) : source.replace(/^unit:/, '')
}

/** Foregrounds that are told apart by those who do not tell red from green: cyan, yellow, magenta, blue, white. */
const BOX_CODES = [36, 33, 35, 34, 37] as const

function boxPainted(name: string, at: number, style: Style): string {
  return style.color ? `\u001b[${BOX_CODES[Math.max(0, at) % BOX_CODES.length]}m${name}\u001b[0m` : name
}

function toneOf(severity: Severity | undefined): Tone | undefined {
  if (severity === 'fatal' || severity === 'error') return 'critical'
  if (severity === 'warning') return 'warning'
  return severity === 'debug' ? 'faint' : undefined
}

function marked(line: string, { style, sought }: RecordStyle, tone: Tone | undefined): string {
  // The ground of a critical state is for a word; a whole line of it is hard to read.
  const code = tone === 'critical' ? '1;31' : undefined
  const inked = sought === undefined ? line : sought(line)
  if (!style.color || tone === undefined) return inked
  return code === undefined ? paint(style, tone, inked) : `\u001b[${code}m${inked}\u001b[0m`
}
