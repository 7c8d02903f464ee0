import type { Box } from '../../../boxes/box.ts'
import { createAccessTape, type AccessTape } from '../../../evidence/logs/access-tape.ts'
import type { BoxTime } from '../../../evidence/logs/time/box-time.ts'
import { mergeMined } from '../../../evidence/logs/mining/merge-mined.ts'
import type { Mined } from '../../../evidence/logs/mining/mined.ts'
import { createRecordStream, type RecordStream } from '../../../evidence/logs/layout/record-stream.ts'
import type { LogSource } from '../../../evidence/logs/source.ts'
import type { SeenSpan } from '../../../findings/logs/pattern.ts'
import type { MinedLog } from '../../../findings/logs/patterns/patterns-of.ts'
import type { FoundLogs } from '../discover.ts'
import type { AskedLogs } from '../found.ts'
import type { ReadLog } from '../logs-read.ts'
import { mineStream } from './mining.ts'
import { noticesOfReports } from '../notices.ts'
import { comparedSpans, type LogSpan } from '../plan.ts'
import { beginningOf, readerOf, readSpan, type Reader } from '../read-log.ts'

/** One log, with what its records came to. */
export interface LogMined {
  readonly log: ReadLog
  readonly mined: MinedLog
  readonly seen: readonly SeenSpan[]
  /** Of an access log. */
  readonly tape: AccessTape
  readonly notices: readonly string[]
}

export interface MineLogOptions extends AskedLogs {
  /** Standard input, for the log `-`. */
  readonly input?: AsyncIterable<Uint8Array> | undefined
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
  const spans = comparedSpans(plan, options.nowMs)
  for (const span of spans) {
    const mining = mineStream(reader.sample, time, { originMs })
    const requests = reader.tellsRequests ? requestReader(reader, time, tape) : undefined
    const onBytes = (chunk: Uint8Array): void | Promise<void> => {
      requests?.feed(chunk)
      return mining.feed(chunk)
    }
    const fetched = await readSpan(box, source, span, reader, { filter, caps, time, skewMs, signal, onBytes, input })
    parts.push(await mining.finish())
    requests?.finish()
    reports.push(fetched.report)
    failure ??= fetched.failure
  }
  const mined = mergeMined(parts)
  const times = mined.rows.flatMap(({ firstAtMs, lastAtMs }) => [firstAtMs, lastAtMs]).filter((at) => !Number.isNaN(at))
  const log: ReadLog = {
    source,
    format: { id: reader.format.id, title: reader.format.title },
    records: mined.records,
    lines: mined.lines,
    bytes: mined.bytes,
    firstAtMs: times.length === 0 ? NaN : least(times) - skewMs,
    lastAtMs: times.length === 0 ? NaN : most(times) - skewMs,
    reports,
    failure,
  }
  return {
    log,
    mined: { box: box.name, source: source.id, mined, format: reader.format, time, skewMs },
    seen: [seenSpan(log, spans, beginningOf(source, time) - skewMs, options.nowMs)],
    tape,
    notices: noticesOf(box.name, log, mined),
  }
}

function requestReader({ layout, format }: Reader, time: BoxTime, tape: AccessTape): RecordStream {
  return createRecordStream(layout, (text, atMs) => {
    const access = format.read(text, time)?.access
    if (access) tape.add(access, atMs)
  })
}

/**
 * What was really seen of a log, by the clock of this console: less than was asked for where it has no older lines, or where a limit cut off what came last.
 * A log that begins later says nothing of before: without this all that it has would be new.
 */
function seenSpan(
  { source, firstAtMs, lastAtMs, reports }: ReadLog,
  spans: readonly LogSpan[],
  begins: number,
  nowMs: number,
): SeenSpan {
  const asked = Math.min(...spans.map(({ fromMs }) => fromMs ?? -Infinity))
  const open = Number.isNaN(lastAtMs) ? nowMs : Math.max(nowMs, lastAtMs)
  const until = Math.max(...spans.map(({ toMs }) => toMs ?? open))
  const from = Math.max(asked, Number.isNaN(begins) ? asked : begins)
  // The span that ends last was read first.
  const isCut = reports[0]?.capped !== undefined && !Number.isNaN(lastAtMs)
  return {
    box: source.box,
    source: source.id,
    fromMs: from === -Infinity ? (Number.isNaN(firstAtMs) ? nowMs : firstAtMs) : from,
    toMs: isCut ? lastAtMs : until,
  }
}

function noticesOf(box: string, { source, reports, failure }: ReadLog, mined: Mined): readonly string[] {
  const name = `${box}: ${source.id}`
  return [
    ...noticesOfReports(source, reports, failure),
    ...(mined.other > 0
      ? [`${name}: ${mined.other} records are too various to be told apart, and count as others`]
      : []),
    ...(mined.cutBytes > 0
      ? [`${name}: ${mined.cutBytes} bytes of lines that are longer than 64 KiB were left out`]
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
