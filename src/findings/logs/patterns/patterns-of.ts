import type { BoxTime } from '../../../evidence/logs/time/box-time.ts'
import { addCounts, commonTimeline } from '../../../evidence/logs/mining/common-timeline.ts'
import type { LogEvent, LogFormat } from '../../../evidence/logs/format.ts'
import { evenly } from '../../../evidence/logs/mining/merge-mined.ts'
import type { Mined, MinedRow, SampleRecord } from '../../../evidence/logs/mining/mined.ts'
import type { Timeline } from '../../../evidence/logs/mining/timeline.ts'
import { templatesOf } from './cluster.ts'
import { commonMessage } from './common-message.ts'
import { VARIABLE } from './tokens.ts'
import { exceptionTypes } from './exception-types.ts'
import type { Pattern, PatternSample, Patterns } from '../pattern.ts'

/** What was mined of one log of one box. */
export interface MinedLog {
  readonly box: string
  readonly source: string
  readonly mined: Mined
  readonly format: LogFormat
  readonly time: BoxTime
  /** The box's clock minus the console's: times of patterns are by the console's. */
  readonly skewMs: number
}

/**
 * The patterns of some logs, most frequent first. Rows of all of them are one pattern when their messages have one template, one severity and the same types
 * of exceptions. Pure; the same logs give the same patterns.
 *
 * @param repeats logs of requests that another one tells of too, which counts (`twin-logs.ts`)
 */
export function patternsOf(logs: readonly MinedLog[], repeats: ReadonlyMap<MinedLog, MinedLog> = new Map()): Patterns {
  const timelines = new Map(logs.map((log) => [log, inConsoleTime(log)]))
  const timeline = commonTimeline([...timelines.values()])
  const rows = logs.flatMap((log) => log.mined.rows.flatMap((row) => readRow(log, row)))
  // A request is told by its format already: method, route with its ids folded, status.
  const said = rows.filter(({ event }) => event.access === undefined)
  const templates = templatesOf(
    said.map(({ event, row }) =>
      row.folded === undefined ? event.message : event.message.replaceAll(VARIABLE, NUMBER),
    ),
    said.map(({ row }) => row.count),
    (at) => furtherMessages(said[at]),
  )
  const templateOf = new Map(said.map((row, at) => [row, templates[at] ?? '']))
  for (const row of rows) if (row.event.access !== undefined) templateOf.set(row, row.event.message)
  const groups = Map.groupBy(rows, (row) => `${row.kind} ${templateOf.get(row)}`)
  const timelineOf = (log: MinedLog): Timeline => timelines.get(log) ?? timeline
  const most = Math.min(SAMPLES, Math.max(FEWEST_SAMPLES, Math.floor(ALL_SAMPLES / (2 * groups.size))))
  const patterns = [...groups.values()].map((members) => {
    const template = members[0] && templateOf.get(members[0])
    const { counted, repeated } = countedOnce(members, repeats)
    const pattern = patternFrom(template ?? '', counted, { timeline, timelineOf, most })
    return repeated.length === 0 ? pattern : { ...pattern, alsoIn: placesOf(repeated) }
  })
  return { timeline, patterns: patterns.toSorted((a, b) => b.count - a.count) }
}

interface ReadRow {
  readonly log: MinedLog
  readonly row: MinedRow
  /** Of its first record. */
  readonly event: LogEvent
  /** Severity and types of exceptions. */
  readonly kind: string
}

/** What a log repeats is left out where the log that counts has it too; what that one lacks is counted all the same. */
function countedOnce(
  rows: readonly ReadRow[],
  repeats: ReadonlyMap<MinedLog, MinedLog>,
): { readonly counted: readonly ReadRow[]; readonly repeated: readonly ReadRow[] } {
  if (repeats.size === 0) return { counted: rows, repeated: [] }
  const logs = new Set(rows.map(({ log }) => log))
  const isRepeated = ({ log, event }: ReadRow): boolean => {
    const other = repeats.get(log)
    return other !== undefined && event.access !== undefined && logs.has(other)
  }
  return { counted: rows.filter((row) => !isRepeated(row)), repeated: rows.filter(isRepeated) }
}

/** How many of them each log has, most first. */
function placesOf(rows: readonly ReadRow[]): Pattern['sources'] {
  const sources = new Map<MinedLog, number>()
  for (const { log, row } of rows) sources.set(log, (sources.get(log) ?? 0) + row.count)
  return [...sources].map(([{ box, source }, count]) => ({ box, source, count })).toSorted((a, b) => b.count - a.count)
}

/** What varies by its form stands for what is known to vary. */
const NUMBER = '0'

/** Samples of a pattern on each side of the origin: enough to see which value of a variable is new. */
const SAMPLES = 32
/** Of all patterns together: each is some kilobytes. Where there are thousands of patterns each has fewer, though some. */
const ALL_SAMPLES = 30_000
const FEWEST_SAMPLES = 3

function inConsoleTime({ mined, skewMs }: MinedLog): Timeline {
  return { ...mined.timeline, originMs: mined.timeline.originMs - skewMs }
}

function readRow(log: MinedLog, row: MinedRow): readonly ReadRow[] {
  const [sample] = row.samples
  if (!sample) return []
  const read = eventOf(log, sample)
  const event =
    row.folded === undefined
      ? read
      : { ...read, message: commonMessage(row.samples.map((each) => eventOf(log, each).message)) }
  return [{ log, row, event, kind: [event.severity ?? '', ...exceptionTypes(sample.text)].join(' ') }]
}

/** Of the other samples of a row. */
function furtherMessages(read: ReadRow | undefined): readonly string[] {
  if (!read || read.row.folded !== undefined) return []
  return read.row.samples.slice(1).map((sample) => eventOf(read.log, sample).message)
}

/** What a record says; where the format cannot read it, its first line is its message. */
function eventOf({ format, time }: MinedLog, { text }: SampleRecord): LogEvent {
  return format.read(text, time) ?? { message: text.split('\n', 1).join('') }
}

function patternFrom(
  template: string,
  rows: readonly ReadRow[],
  {
    timeline,
    timelineOf,
    most,
  }: { readonly timeline: Timeline; readonly timelineOf: (log: MinedLog) => Timeline; readonly most: number },
): Pattern {
  const counts = new Uint32Array(timeline.buckets)
  let firstAtMs = NaN
  let lastAtMs = NaN
  for (const { log, row } of rows) {
    addCounts(counts, timeline, row.counts, timelineOf(log))
    if (!(firstAtMs <= row.firstAtMs - log.skewMs))
      firstAtMs = Number.isNaN(row.firstAtMs) ? firstAtMs : row.firstAtMs - log.skewMs
    if (!(lastAtMs >= row.lastAtMs - log.skewMs))
      lastAtMs = Number.isNaN(row.lastAtMs) ? lastAtMs : row.lastAtMs - log.skewMs
  }
  return {
    template,
    severity: rows[0]?.event.severity,
    count: rows.reduce((sum, { row }) => sum + row.count, 0),
    counts,
    firstAtMs,
    lastAtMs,
    sources: placesOf(rows),
    samples: samplesOf(rows, timeline.originMs, most),
  }
}

function samplesOf(rows: readonly ReadRow[], originMs: number, most: number): readonly PatternSample[] {
  const all = rows
    .flatMap(({ log, row }) => {
      const stands = standingFor(log, row)
      return row.samples.map((sample) => ({
        log,
        sample,
        atMs: sample.atMs - log.skewMs,
        stands: stands(sample.atMs),
      }))
    })
    .toSorted((a, b) => order(a.atMs) - order(b.atMs))
  const before = all.filter(({ atMs }) => !(atMs >= originMs))
  const after = all.filter(({ atMs }) => atMs >= originMs)
  return [...evenly(before, most), ...evenly(after, most)].map(({ log, sample, atMs, stands }) => ({
    box: log.box,
    source: log.source,
    text: sample.text,
    atMs,
    stands,
    event: eventOf(log, sample),
  }))
}

/** How many records of its row, on its side of the origin, a sample stands for: all rows keep as many samples, whether they have ten records or a million. */
function standingFor(
  { mined: { timeline } }: MinedLog,
  { count, counts, samples }: MinedRow,
): (atMs: number) => number {
  const early = counts.slice(0, Math.max(0, -timeline.first)).reduce((sum, each) => sum + each, 0)
  const isEarly = (atMs: number): boolean => !(atMs >= timeline.originMs)
  const kept = samples.filter(({ atMs }) => isEarly(atMs)).length
  const before = early / Math.max(1, kept)
  const after = (count - early) / Math.max(1, samples.length - kept)
  return (atMs) => Math.max(1, isEarly(atMs) ? before : after)
}

/** Records without a time come first. `-Infinity` for two of them would make no order. */
function order(atMs: number): number {
  return Number.isNaN(atMs) ? -Number.MAX_VALUE : atMs
}
