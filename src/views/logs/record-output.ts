import { RE2JS } from 're2js'
import { count } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import type { ShownRecord } from '../../steps/logs/record-assembler.ts'
import type { RecordsRead } from '../../steps/logs/records.ts'
import { hasCome } from '../../steps/logs/logs-read.ts'
import { print } from '../console.ts'
import type { Style } from '../style.ts'
import { rawRecord, recordLines, type RecordStyle } from './record-lines.ts'
import { skewWords, unreadWords } from './unread-words.ts'

/** Where records are shown as they come. */
export interface RecordOutput {
  /** Who gives waits for the promise, if there is one: the reader is slow. */
  readonly take: (record: ShownRecord) => void | Promise<void>
  readonly finish: () => Promise<void>
  /** What a person has to know beside the records, for standard error. */
  readonly notes: (read: RecordsRead) => readonly string[]
}

export interface OutputOptions {
  readonly style: Style
  readonly raw: boolean
  readonly boxes: readonly string[]
  /** Only so many, the last ones; missing: all, each as it comes. */
  readonly last: number | undefined
  /** Expressions that are marked. */
  readonly grep: readonly string[]
  readonly ignoreCase: boolean
  /** Somebody watches: each record is written when it comes. */
  readonly isLive: boolean
}

/** Written together: a write for each record costs more than the record. Characters. */
const TOGETHER = 64 * 1024

export function recordOutput(options: OutputOptions): RecordOutput {
  const { last } = options
  const kept: ShownRecord[] = []
  let given = 0
  let sources = new Set<string>()
  let held = ''
  const how = recordStyle(options)
  const words = (record: ShownRecord): string =>
    options.raw
      ? rawRecord(record, process.stdout.isTTY)
      : recordLines(record, { ...how, manyLogs: sources.size > 1, withDate: false })
  const show = (record: ShownRecord): void | Promise<void> => {
    held += words(record)
    if (held.length < TOGETHER && !options.isLive) return
    return flush()
  }
  const flush = (): Promise<void> => {
    const text = held
    held = ''
    return print(text)
  }
  return {
    take: (record) => {
      given += 1
      if (!sources.has(`${record.box} ${record.source}`))
        sources = new Set([...sources, `${record.box} ${record.source}`])
      if (last === undefined) return show(record)
      kept.push(record)
      // Twice as many are held, so that an array is cut once for many records.
      if (kept.length >= 2 * last) kept.splice(0, kept.length - last)
    },
    finish: async () => {
      for (const record of kept.slice(-(last ?? 0))) await show(record)
      await flush()
    },
    notes: (read) => notesOf(read, given, last),
  }
}

function recordStyle({ style, boxes, grep, ignoreCase }: OutputOptions): Omit<RecordStyle, 'manyLogs' | 'withDate'> {
  return { style, boxes, sought: style.color ? soughtBy(grep, ignoreCase) : undefined }
}

/** Marks what fits; RE2 takes time that grows with the text alone. What it does not know is not marked. */
export function soughtBy(grep: readonly string[], ignoreCase: boolean): ((line: string) => string) | undefined {
  if (grep.length === 0) return undefined
  try {
    const pattern = RE2JS.compile(grep.map((each) => `(?:${each})`).join('|'), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
    return (line) => pattern.matcher(line).replaceAll('\u001b[7m$&\u001b[27m')
  } catch {
    return undefined
  }
}

function notesOf(read: RecordsRead, given: number, last: number | undefined): readonly string[] {
  const isWhole = read.boxes.every(({ failure }) => !failure) && read.logs.length > 0 && read.logs.every(hasCome)
  return [
    ...unreadWords(read.boxes),
    ...read.boxes.flatMap((box) => skewWords(box, Date.now())),
    ...read.notices,
    ...(last !== undefined && given > last
      ? [`${count(given - last, 'earlier record')} not shown (-n ${given} shows all)`]
      : []),
    ...(read.records === 0 && isWhole ? ['no record of that kind was written in that time'] : []),
  ].map(safeText)
}
