import { RE2JS } from 're2js'
import { narrowedBy } from './filter.ts'
import type { LineLayout } from '../layout/line-layout.ts'
import { RECORD_BYTES } from '../layout/records.ts'
import type { LogFilter } from '../window.ts'

/** Lets records through that a filter wants, on the console: what is followed, and standard input. */
export interface LineFilter {
  push(chunk: Uint8Array): readonly Uint8Array[]
  /** Nothing has come for a while: the last record is given, if its last line has its end; lines that go on with it later have the same fate. */
  pause(): readonly Uint8Array[]
  finish(): readonly Uint8Array[]
}

const NEWLINE = 0x0a

/**
 * A condition holds for a record, the lines that go on with it included. Expressions are read by RE2, in time that grows with the text alone; of POSIX
 * it lacks equivalence classes (`[[=a=]]`). An expression that it does not know matches nothing.
 *
 * A record is known to be whole when the next one begins.
 */
export function lineFilter(filter: LogFilter, layout: LineLayout): LineFilter {
  const wanted = conditionOf(filter)
  if (!wanted) return { push: (chunk) => [chunk], pause: () => [], finish: () => [] }
  /** Since the beginning of a record. */
  let carried: Uint8Array = new Uint8Array(0)
  /** A record longer than is looked at was decided on, and goes on. */
  let rest: boolean | undefined

  function push(chunk: Uint8Array): readonly Uint8Array[] {
    const data = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk
    const pieces: Uint8Array[] = []
    let record = 0
    let line = 0
    for (let end = data.indexOf(NEWLINE, line); end >= 0; end = data.indexOf(NEWLINE, line)) {
      if (line > record || rest !== undefined) {
        const begins = !layout.continues(data, line, end)
        if (begins) {
          settle(data.subarray(record, line), pieces)
          rest = undefined
          record = line
        }
      }
      line = end + 1
    }
    if (data.length - record > RECORD_BYTES) {
      const decided = rest ?? wanted?.(data.subarray(record)) ?? true
      if (decided) pieces.push(data.subarray(record, line))
      // A line without an end is kept until it has one, or is too long to be kept.
      rest = decided
      record = line
      if (data.length - record > RECORD_BYTES) {
        if (decided) pieces.push(data.subarray(record))
        record = data.length
      }
    }
    carried = data.slice(record)
    return pieces
  }

  function settle(record: Uint8Array, pieces: Uint8Array[]): void {
    if (record.length > 0 && (rest ?? wanted?.(record))) pieces.push(record)
  }

  function finish(): readonly Uint8Array[] {
    const pieces: Uint8Array[] = []
    settle(carried, pieces)
    carried = new Uint8Array(0)
    rest = undefined
    return pieces
  }

  function pause(): readonly Uint8Array[] {
    if (carried.length === 0 || carried.at(-1) !== NEWLINE) return []
    const decided = rest ?? wanted?.(carried)
    const pieces = decided ? [carried] : []
    carried = new Uint8Array(0)
    rest = decided
    return pieces
  }

  return { push, pause, finish }
}

/** Whether it can be read here: `lineFilter` takes one that cannot as fitting nothing. */
export function isExpression(text: string): boolean {
  return compiled(text, false) !== undefined
}

function compiled(text: string, ignoreCase: boolean): RE2JS | undefined {
  try {
    return RE2JS.compile(text, RE2JS.MULTILINE | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0))
  } catch {
    return undefined
  }
}

function conditionOf({ grep, not, fields, ignoreCase }: LogFilter): ((record: Uint8Array) => boolean) | undefined {
  if (grep.length + not.length + fields.length === 0) return undefined
  const wanted = grep.map((text) => compiled(text, ignoreCase))
  const fixed = narrowedBy({ fields })
  const unwanted = not.map((text) => compiled(text, ignoreCase))
  return (record) => {
    const text = Buffer.from(record.buffer, record.byteOffset, Math.min(record.length, RECORD_BYTES)).toString('utf8')
    const matches = (expression: RE2JS | undefined): boolean => expression?.matcher(text).find() ?? false
    return wanted.every(matches) && !unwanted.some(matches) && fixed.every((value) => text.includes(value))
  }
}
