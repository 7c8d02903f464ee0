import { inParallel } from '../../base/in-parallel.ts'
import type { Box } from '../../boxes/box.ts'
import { createAccessTape, type AccessTape } from '../../evidence/logs/access-tape.ts'
import type { BoxTime } from '../../evidence/logs/box-time.ts'
import { mergeMined } from '../../evidence/logs/merge-mined.ts'
import type { Mined } from '../../evidence/logs/mined.ts'
import { createMiner } from '../../evidence/logs/miner.ts'
import { createRecordStream, type RecordStream } from '../../evidence/logs/record-stream.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import { isRequest } from '../../findings/logs/behind-their-cause.ts'
import { exceptionsOf } from '../../findings/logs/exceptions.ts'
import { judgePatterns } from '../../findings/logs/judge.ts'
import { logFindings } from '../../findings/logs/log-findings.ts'
import { proposeOnset } from '../../findings/logs/onset.ts'
import type { Patterns, SeenSpan } from '../../findings/logs/pattern.ts'
import { patternsOf, type MinedLog } from '../../findings/logs/patterns-of.ts'
import { createRouteTable, type RouteTable } from '../../findings/logs/routes.ts'
import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import { worstRoutes } from '../../findings/logs/worst-routes.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import type { FoundLogs } from './discover.ts'
import { BOXES_AT_ONCE, boxLogs, LOGS_AT_ONCE, type AskedLogs } from './found.ts'
import type { LogsRead, ReadBox, ReadLog } from './logs-read.ts'
import { noticesOfReports } from './notices.ts'
import type { LogPlan, LogSpan } from './plan.ts'
import { inputLog } from './stdin-log.ts'
import { beginningOf, readerOf, readSpan, type Reader } from './read-log.ts'
import { recordLogs } from './record-logs.ts'
import { redactedAnswer, withFewSamples } from './redacted-answer.ts'
import { traceStatements } from './trace.ts'

/** What is compared, beside what is asked of the logs. */
export interface CompareOptions extends AskedLogs {
  /** Patterns and fields, as typed: for the record. */
  readonly sought: readonly string[]
  /** Folder of a repository in which the statements are sought that write the patterns. */
  readonly repository?: string | undefined
  /** This machine, where the repository is. */
  readonly local: () => Box
  readonly recorder: Recorder
  /** Standard input, in place of boxes. */
  readonly input?: AsyncIterable<Uint8Array> | undefined
}

/** Finds the logs of boxes, reads what is wanted of them, says which patterns are others since the onset, and records it. Reads only. */
export async function compareLogs(boxes: readonly Box[], options: CompareOptions): Promise<LogsRead> {
  const { plan, nowMs, redact } = options
  const started = performance.now()
  const read = await inParallel(boxes, BOXES_AT_ONCE, (box) => readBox(box, options))
  const logs = read.flatMap((each) => each.logs)
  const patterns: Patterns = {
    ...patternsOf(logs.map(({ mined }) => mined)),
    seen: logs.flatMap(({ seen }) => seen),
  }
  const onset = plan.onset ?? proposed(patterns)
  const judged = judgePatterns(patterns, onset?.atMs ?? -Infinity)
  const traced = await tracedPatterns(judged, options)
  const exceptions = exceptionsOf(traced.patterns, onset?.atMs)
  const routes = routesOf(logs, onset?.atMs)
  const shown = redactedAnswer(
    {
      patterns: traced.patterns.map(withFewSamples),
      routes,
      exceptions: exceptions.map(({ patterns: of, samples: _, ...rest }) => ({
        ...rest,
        templates: of.map(({ template }) => template),
      })),
      findings: onset
        ? logFindings({
            onsetMs: onset.atMs,
            patterns: traced.patterns,
            exceptions,
            routes: routes ? worstRoutes(routes) : [],
          })
        : [],
    },
    redact,
  )
  const answer: Omit<LogsRead, 'recorded'> = {
    startedAtMs: nowMs,
    tookMs: performance.now() - started,
    plan: { ...plan, onset },
    boxes: read.map(({ box }) => box),
    logs: logs.map(({ log }) => log),
    timeline: patterns.timeline,
    ...shown,
    notices: [...read.flatMap(({ notices }) => notices), ...traced.notices],
  }
  return { ...answer, recorded: await recordLogs(answer, options) }
}

interface BoxRead {
  readonly box: ReadBox
  readonly logs: readonly LogRead[]
  readonly notices: readonly string[]
}

/** One log, with what its records came to. */
interface LogRead {
  readonly log: ReadLog
  readonly mined: MinedLog
  readonly seen: readonly SeenSpan[]
  /** Of an access log. */
  readonly tape: AccessTape
  readonly notices: readonly string[]
}

async function readBox(box: Box, options: CompareOptions): Promise<BoxRead> {
  const given = options.input && (await inputLog(options.input, options.nowMs))
  const { found, chosen, notices, box: shown } = given?.logs ?? (await boxLogs(box, options))
  const logs = await inParallel(chosen, LOGS_AT_ONCE, (source) =>
    readLog(box, source, found, { ...options, input: given?.input }),
  )
  return { box: shown, logs, notices: [...notices, ...logs.flatMap((each) => each.notices)] }
}

async function readLog(box: Box, source: LogSource, found: FoundLogs, options: CompareOptions): Promise<LogRead> {
  const { plan, filter, caps, signal, input } = options
  const { time, skewMs } = found
  const reader = readerOf(source, time)
  // All logs have the same origin by the clock of this console, so that their timelines can be put together.
  const originMs = (plan.onset?.atMs ?? 0) + skewMs
  const tape = createAccessTape()
  const parts: Mined[] = []
  const reports: ReadLog['reports'][number][] = []
  let failure: ReadLog['failure']
  for (const span of plan.spans) {
    const miner = createMiner(reader.layout, { originMs })
    const requests = reader.tellsRequests ? requestReader(reader, time, tape) : undefined
    const onBytes = (chunk: Uint8Array): void => {
      miner.feed(chunk)
      requests?.feed(chunk)
    }
    const fetched = await readSpan(box, source, span, reader, { filter, caps, time, skewMs, signal, onBytes, input })
    parts.push(miner.finish())
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
    seen: [seenSpan(log, plan.spans, beginningOf(source, time) - skewMs, options.nowMs)],
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
  const until = Math.max(...spans.map(({ toMs }) => toMs ?? nowMs))
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

function proposed(patterns: Patterns): LogPlan['onset'] {
  const found = proposeOnset(patterns)
  return found && { ...found, from: 'proposed' }
}

/** With the statements that write them, where there is a repository to search. */
async function tracedPatterns(
  judged: readonly JudgedPattern[],
  { repository, signal, local }: CompareOptions,
): Promise<{ readonly patterns: readonly JudgedPattern[]; readonly notices: readonly string[] }> {
  if (repository === undefined || judged.length === 0) return { patterns: judged, notices: [] }
  const notices: string[] = []
  // What a web server writes of a request stands in its configuration, not in the repository.
  const own = judged.filter((pattern) => !isRequest(pattern))
  const statements = await traceStatements(local(), repository, own, {
    signal,
    onNotice: (text) => notices.push(text),
  })
  return {
    patterns: judged.map((pattern) => {
      const statement = statements.get(pattern)
      return statement ? { ...pattern, statement } : pattern
    }),
    notices,
  }
}

/** Requests of one log are counted by route; of several logs that tell of the same requests the one that tells most of them. */
function routesOf(logs: readonly LogRead[], onsetMs: number | undefined): RouteTable | undefined {
  const tables = [
    ...Map.groupBy(
      logs.filter(({ tape }) => tape.requests() > 0),
      ({ log: { source } }) => source.id,
    ).values(),
  ].map((same) => {
    const table = createRouteTable({ onsetMs })
    for (const { tape, log, mined } of same)
      tape.replay((event, atMs) => table.add(event, atMs - mined.skewMs, log.source.box))
    return table.finish()
  })
  const [best] = tables.toSorted(
    (one, other) => Number(hasDurations(other)) - Number(hasDurations(one)) || requestsOf(other) - requestsOf(one),
  )
  return best
}

function hasDurations({ total: { before, after } }: RouteTable): boolean {
  return before.durations !== undefined || after.durations !== undefined
}

function requestsOf({ total: { before, after } }: RouteTable): number {
  return before.requests + after.requests
}

/** Of many: Math.min takes its arguments on the stack. */
function least(times: readonly number[]): number {
  return times.reduce((lowest, each) => Math.min(lowest, each), Infinity)
}

function most(times: readonly number[]): number {
  return times.reduce((highest, each) => Math.max(highest, each), -Infinity)
}
