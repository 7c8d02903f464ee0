import type { Box } from '../../boxes/box.ts'
import type { BoxTime } from '../../evidence/logs/time/box-time.ts'
import { formatOfLayout } from '../../evidence/logs/configured-layout.ts'
import { formatOf } from '../../evidence/logs/detect.ts'
import { journalAsked } from '../../evidence/logs/fetch/journal-fields.ts'
import { hasFields } from '../../evidence/logs/fields-of.ts'
import type { LogFormat } from '../../evidence/logs/format.ts'
import { layoutOf } from '../../evidence/logs/layout/layout.ts'
import type { LineLayout } from '../../evidence/logs/layout/line-layout.ts'
import { recordsOf } from '../../evidence/logs/layout/records.ts'
import { createRecordStream } from '../../evidence/logs/layout/record-stream.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import type { LogCaps, LogFilter, LogWindow } from '../../evidence/logs/window.ts'
import { fetchLog, type Fetched } from './fetching/fetch.ts'
import type { LogSpan } from './plan.ts'

/** How one log is to be read; times are of this console. */
export interface ReadLogOptions {
  readonly filter: LogFilter
  readonly caps: LogCaps
  readonly time: BoxTime
  /** Clock of the box minus clock of this console. Milliseconds. */
  readonly skewMs: number
  readonly signal: AbortSignal
  readonly input?: AsyncIterable<Uint8Array> | undefined
}

/** How the lines of a log are read, told from some of them. */
export interface Reader {
  /** What it was told from. */
  readonly sample: Uint8Array
  readonly layout: LineLayout
  readonly format: LogFormat
  /** Its records tell of requests that were served. */
  readonly tellsRequests: boolean
}

/** Told from its first and its last lines, and from what the configuration of its program says. */
export function readerOf({ head, tail, layout: configured }: LogSource, time: BoxTime): Reader {
  const [first, last] = [head ?? new Uint8Array(0), tail ?? new Uint8Array(0)]
  // They may be far apart: a line that is cut at the end of the first is none with the beginning of the last.
  const sample = last.length === 0 ? first : Buffer.concat([first, Buffer.from('\n'), last])
  return readerOfSample(sample, time, configured)
}

/** @param configured the form that the configuration of its program gives it */
export function readerOfSample(sample: Uint8Array, time: BoxTime, configured?: LogSource['layout']): Reader {
  const layout = layoutOf(sample, time)
  const told = formatOf(sample, time)
  const named = configured && formatOfLayout(configured)
  const format = named ? firstOf(named, told) : told
  const tellsRequests = recordsOf(sample, layout).some(({ text }) => format.read(text, time)?.access !== undefined)
  return { sample, layout, format, tellsRequests }
}

/** Since when there is a log, by the clock of its box: the time of its first line, rotated files included. NaN where that is not known. */
export function beginningOf({ head, oldest, files }: LogSource, time: BoxTime): number {
  // Of rotated files the first lines were not always cheap to have.
  const sample = oldest ?? (files.length > 1 ? undefined : head)
  const [first] = timesIn(sample, time)
  return first ?? NaN
}

/**
 * The latest moment, by the clock of its box, at which it is known that there was a log: where its first line is not known, a file that was written to last at
 * that moment was there then, and since when before that nobody can say. NaN where nothing is known: of what keeps no files.
 */
export function knownSince(source: LogSource, time: BoxTime): number {
  const begins = beginningOf(source, time)
  if (!Number.isNaN(begins)) return begins
  const [first] = timesIn(source.head, time)
  return source.files
    .map(({ modifiedAtMs }) => modifiedAtMs)
    .reduce((earliest, each) => (each < earliest || Number.isNaN(earliest) ? each : earliest), first ?? NaN)
}

/** Times of the records of a part of a log, in order. */
export function timesIn(sample: Uint8Array | undefined, time: BoxTime): readonly number[] {
  if (!sample) return []
  return recordsOf(sample, layoutOf(sample, time)).flatMap(({ atMs }) => (Number.isNaN(atMs) ? [] : [atMs]))
}

/** What the configured form does not read was written before it was configured, or is of another kind. */
function firstOf(named: LogFormat, told: LogFormat): LogFormat {
  return { ...named, read: (text, time) => named.read(text, time) ?? told.read(text, time) }
}

/**
 * Reads one span of a log: its bytes, or, where fields are wanted, those of the records that have them, go to `onBytes` in the order in which they were
 * written.
 */
export async function readSpan(
  box: Box,
  source: LogSource,
  span: LogSpan,
  { layout, format }: Reader,
  options: ReadLogOptions & { readonly onBytes: (bytes: Uint8Array) => void | Promise<void> },
): Promise<Fetched> {
  const { filter, caps, time, signal, onBytes, input } = options
  const { fields } = journalAsked(source, filter).filter
  let kept: string[] = []
  const chosen = createRecordStream(layout, (text) => {
    if (hasFields(format.read(text, time), fields)) kept.push(`${text}\n`)
  })
  // Together: who takes them may ask to wait, and waits for one promise, not for one of each.
  const give = (): void | Promise<void> => {
    const bytes = Buffer.from(kept.join(''))
    kept = []
    return bytes.length > 0 ? onBytes(bytes) : undefined
  }
  const fetched = await fetchLog(box, source, {
    window: windowOf(span, options.skewMs),
    filter,
    caps,
    time,
    layoutOf,
    signal,
    ...(input ? { input } : {}),
    onBytes:
      fields.length === 0
        ? onBytes
        : (chunk) => {
            chosen.feed(chunk)
            return give()
          },
  })
  if (fields.length > 0) {
    chosen.finish()
    await give()
  }
  return fetched
}

/** The same span by the clock of the box. */
function windowOf({ fromMs, toMs }: LogSpan, skewMs: number): LogWindow {
  return {
    ...(fromMs === undefined ? {} : { fromMs: fromMs + skewMs }),
    ...(toMs === undefined ? {} : { toMs: toMs + skewMs }),
  }
}
