import type { Box } from '../../../boxes/box.ts'
import { createAccessTape, type AccessTape } from '../../../evidence/logs/access-tape.ts'
import type { BoxTime } from '../../../evidence/logs/time/box-time.ts'
import type { SetBack } from '../../../evidence/logs/time/set-back.ts'
import { mergeMined } from '../../../evidence/logs/mining/merge-mined.ts'
import type { Mined } from '../../../evidence/logs/mining/mined.ts'
import { readFrom } from '../../../evidence/logs/fetch/slack.ts'
import { namesNoZone } from '../../../evidence/logs/layout/zoneless.ts'
import { createRecordStream, type RecordStream } from '../../../evidence/logs/layout/record-stream.ts'
import type { LogSource } from '../../../evidence/logs/source.ts'
import type { SeenSpan } from '../../../findings/logs/pattern.ts'
import type { MinedLog } from '../../../findings/logs/patterns/patterns-of.ts'
import type { FoundLogs } from '../discover.ts'
import type { AskedLogs } from '../found.ts'
import type { ReadLog } from '../logs-read.ts'
import { setBacksIn, type ReadTimes } from '../set-backs.ts'
import { mineStream, type ThreadPool } from './mining.ts'
import { noticesOfLongLines, noticesOfReports } from '../notices.ts'
import type { Fetched } from '../fetching/fetch.ts'
import { comparedSpans, spanOfAll, type LogSpan } from '../plan.ts'
import { knownSince, readerOf, readSpan, type Reader } from '../read-log.ts'

/** One log, with what its records came to. */
export interface LogMined {
  readonly log: ReadLog
  readonly mined: MinedLog
  readonly seen: readonly SeenSpan[]
  /** Of an access log. */
  readonly tape: AccessTape
  /** Its times of the hour before each of these came twice and name no zone. */
  readonly setBacks: readonly SetBack[]
  readonly notices: readonly string[]
}

export interface MineLogOptions extends AskedLogs {
  /** Standard input, for the log `-`. */
  readonly input?: AsyncIterable<Uint8Array> | undefined
  /** Shared with the logs that are read at the same time. */
  readonly pool?: ThreadPool
}

/** Reads what is wanted of one log, and keeps of it what patterns and routes are made of. */
export async function mineLog(
  box: Box,
  source: LogSource,
  found: FoundLogs,
  options: MineLogOptions,
): Promise<LogMined> {
  const { plan, filter, caps, signal, input } = options
  const { time, skewMs } = found
  const reader = readerOf(source, time)
  // All logs have the same origin by the clock of this console, so that their timelines can be put together.
  const originMs = (plan.onset?.atMs ?? 0) + skewMs
  const tape = createAccessTape()
  const parts: Mined[] = []
  const reports: ReadLog['reports'][number][] = []
  let failure: ReadLog['failure']
  const spans = input ? [spanOfAll(plan)] : comparedSpans(plan, options.nowMs)
  const seen: SeenSpan[] = []
  const begins = knownSince(source, time) - skewMs
  for (const span of spans) {
    const mining = mineStream(reader.sample, time, { originMs, ...(options.pool && { pool: options.pool }) })
    const requests = reader.tellsRequests ? requestReader(reader, time, tape) : undefined
    const onBytes = (chunk: Uint8Array): void | Promise<void> => {
      requests?.feed(chunk)
      return mining.feed(chunk)
    }
    const fetched = await readSpan(box, source, apart(span, spans, reader, found), reader, {
      filter,
      caps,
      time,
      skewMs,
      signal,
      onBytes,
      input,
    })
    const part = await mining.finish()
    parts.push(part)
    requests?.finish()
    seen.push({
      box: source.box,
      source: source.id,
      ...seenOf(span, fetched, timesOf(part, skewMs), { begins, nowMs: options.nowMs }),
    })
    reports.push(fetched.report)
    failure ??= fetched.failure
  }
  const mined = mergeMined(parts)
  const log: ReadLog = {
    source,
    format: { id: reader.format.id, title: reader.format.title },
    records: mined.records,
    lines: mined.lines,
    bytes: mined.bytes,
    ...timesOf(mined, skewMs),
    reports,
    failure,
  }
  return {
    log,
    mined: { box: box.name, source: source.id, mined, format: reader.format, time, skewMs },
    seen,
    tape,
    setBacks: setBacksIn({ sample: reader.sample, time, ...timesOf(mined, 0), hasRecords: recordsSeen(mined) }),
    notices: noticesOf(box.name, log, mined, tape.left()),
  }
}

function requestReader({ layout, format }: Reader, time: BoxTime, tape: AccessTape): RecordStream {
  return createRecordStream(layout, (text, atMs) => {
    const access = format.read(text, time)?.access
    if (access) tape.add(access, atMs)
  })
}

interface RecordTimes {
  /** By the clock of this console; NaN when no record has a time. */
  readonly firstAtMs: number
  readonly lastAtMs: number
}

function timesOf({ rows }: Mined, skewMs: number): RecordTimes {
  const times = rows.flatMap(({ firstAtMs, lastAtMs }) => [firstAtMs, lastAtMs]).filter((at) => !Number.isNaN(at))
  if (times.length === 0) return { firstAtMs: NaN, lastAtMs: NaN }
  return { firstAtMs: least(times) - skewMs, lastAtMs: most(times) - skewMs }
}

/** A span up to where the lines of the one after it begin: where the clocks were set back about then, some would be of both. */
function apart(span: LogSpan, spans: readonly LogSpan[], { sample }: Reader, { time, skewMs }: FoundLogs): LogSpan {
  const { toMs } = span
  if (toMs === undefined || !spans.some(({ fromMs }) => fromMs === toMs)) return span
  const readMs = readFrom(time, toMs + skewMs) - skewMs
  return readMs !== toMs && namesNoZone(sample, time) ? { ...span, toMs: readMs } : span
}

/** Whether a bucket of the timeline that touches a span of time (by the clock of the box) has records. */
function recordsSeen({ rows, timeline: { originMs, widthMs, first } }: Mined): ReadTimes['hasRecords'] {
  return (fromMs, toMs) => {
    const [from, to] = [(fromMs - originMs) / widthMs - first, (toMs - originMs) / widthMs - first]
    return rows.some(({ counts }) =>
      counts.subarray(Math.max(0, Math.floor(from)), Math.max(0, Math.ceil(to))).some(Boolean),
    )
  }
}

/**
 * What of a span was really seen, by the clock of this console: less than was asked for where the log has no older lines; from its first record to its last
 * where a limit or a failure left something out. A log that begins later says nothing of before: without this all that it has would be new, and what was
 * left out would be gone silent.
 *
 * @param begins since when it is known that there is a log; NaN where nothing is
 */
function seenOf(
  span: LogSpan,
  { report, failure }: Fetched,
  { firstAtMs, lastAtMs }: RecordTimes,
  { begins, nowMs }: { readonly begins: number; readonly nowMs: number },
): Pick<SeenSpan, 'fromMs' | 'toMs'> {
  const isEmpty = Number.isNaN(firstAtMs)
  if (report.capped !== undefined || report.isPartial || failure)
    return isEmpty ? { fromMs: nowMs, toMs: nowMs } : { fromMs: firstAtMs, toMs: lastAtMs }
  const asked = span.fromMs ?? -Infinity
  // A record that came from before tells more than what was known of its files.
  const known = isEmpty ? begins : Math.min(begins, firstAtMs)
  const from = Math.max(asked, Number.isNaN(begins) ? asked : known)
  const open = isEmpty ? nowMs : Math.max(nowMs, lastAtMs)
  return { fromMs: from === -Infinity ? (isEmpty ? nowMs : firstAtMs) : from, toMs: span.toMs ?? open }
}

function noticesOf(
  box: string,
  { source, reports, failure }: ReadLog,
  mined: Mined,
  uncounted: number,
): readonly string[] {
  const name = `${box}: ${source.id}`
  return [
    ...noticesOfReports(source, reports, failure),
    ...(mined.folded > 0
      ? [
          `${name}: ${mined.folded} records are too various to be told apart by all of their words: words that few of them have count as <*> (a --grep tells them apart)`,
        ]
      : []),
    ...(mined.other > 0
      ? [`${name}: ${mined.other} records are too various to be told apart, and count as others`]
      : []),
    ...noticesOfLongLines(source, mined.cutBytes),
    ...(uncounted > 0
      ? [`${name}: ${uncounted} requests were too many to be counted by route (a shorter --since)`]
      : []),
    ...(mined.records > 0 && mined.undated === mined.records
      ? [`${name}: its records name no time, so it is before or after nothing`]
      : []),
  ]
}

/** Of many: Math.min takes its arguments on the stack. */
function least(times: readonly number[]): number {
  return times.reduce((lowest, each) => Math.min(lowest, each), Infinity)
}

function most(times: readonly number[]): number {
  return times.reduce((highest, each) => Math.max(highest, each), -Infinity)
}
