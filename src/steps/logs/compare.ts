import { inParallel } from '../../base/in-parallel.ts'
import type { Box } from '../../boxes/box.ts'
import { BOXES_AT_ONCE } from '../../boxes/open.ts'
import { isRequest } from '../../findings/logs/judgement/behind-their-cause.ts'
import { exceptionsOf, type ExceptionGroup } from '../../findings/logs/exceptions/exceptions.ts'
import { bootsOf } from '../../findings/logs/judgement/boots.ts'
import { judgePatterns } from '../../findings/logs/judgement/judge.ts'
import { logFindings } from '../../findings/logs/log-findings.ts'
import { proposeOnset } from '../../findings/logs/judgement/onset.ts'
import type { Boot, Patterns } from '../../findings/logs/pattern.ts'
import { patternsOf } from '../../findings/logs/patterns/patterns-of.ts'
import { createRouteTable, type RouteTable } from '../../findings/logs/routes/routes.ts'
import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import { twinLogs, type RequestLog } from '../../findings/logs/routes/twin-logs.ts'
import { worstRoutes } from '../../findings/logs/routes/worst-routes.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import { withCountedValues, type ReadAgain } from './count-values.ts'
import type { FoundLogs } from './discover.ts'
import { boxLogs, LOGS_AT_ONCE, type AskedLogs } from './found.ts'
import type { LogsRead, ReadBox, ReadException } from './logs-read.ts'
import { mineLog, type LogMined } from './mining/mine-log.ts'
import { threadPool, type ThreadPool } from './mining/mining.ts'
import { spanOfAll, type LogPlan } from './plan.ts'
import { inputLog } from './stdin-log.ts'
import { noticesOfSetBacks, noticesOfUnseen } from './notices.ts'
import { recordLogs } from './record-logs.ts'
import { firstPatterns, redactedAnswer, withFewSamples, withSafeValues } from './redacted-answer.ts'
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
  const pool = threadPool()
  const read = await inParallel(boxes, BOXES_AT_ONCE, (box) => readBox(box, options, pool))
  const logs = read.flatMap((each) => each.logs)
  const twins = twinLogs(logs.filter(({ tape }) => tape.requests() > 0).map(requestLogOf))
  const mined = patternsOf(
    logs.map((each) => each.mined),
    new Map(twins.map(({ counted, repeats }) => [repeats.mined, counted.mined])),
  )
  const boots = bootsWithin(
    bootsOf(
      mined.patterns,
      read.flatMap(({ boot }) => boot ?? []),
    ),
    plan,
    nowMs,
  )
  const patterns: Patterns = { ...mined, seen: logs.flatMap(({ seen }) => seen), boots }
  const onset = plan.onset ?? proposed(patterns)
  const judged = judgePatterns(patterns, onset?.atMs ?? -Infinity)
  // Standard input can be read only once.
  const counted =
    onset && !options.input
      ? await withCountedValues(judged, patterns.patterns, onset.atMs, read.flatMap(readAgain), options)
      : judged
  const safe = counted.map((pattern) => withSafeValues(pattern, redact))
  const traced = await tracedPatterns(safe, options)
  const exceptions = exceptionsOf(traced.patterns, onset?.atMs)
  const routes = routesOf(logs, onset?.atMs)
  const listed = firstPatterns(traced.patterns)
  const shown = redactedAnswer(
    {
      patterns: listed.patterns.map(withFewSamples),
      routes,
      exceptions: exceptions.map(readException),
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
    boots,
    ...shown,
    notices: [
      ...read.flatMap(({ notices }) => notices),
      ...twins.map(
        ({ counted, repeats }) =>
          `${repeats.box}: ${repeats.source} tells of the same requests as ${counted.source}: each is counted once`,
      ),
      ...(onset ? noticesOfUnseen(logs, onset.atMs) : []),
      ...traced.notices,
      ...listed.notices,
    ].map(redact),
  }
  return { ...answer, recorded: await recordLogs(answer, options) }
}

function readException({ patterns, ...group }: ExceptionGroup): ReadException {
  const { type, message, frame, root, verdict, before, after, firstAtMs, lastAtMs, boxes, score } = group
  return {
    type,
    message,
    ...(frame ? { frame } : {}),
    ...(root ? { root } : {}),
    verdict,
    before,
    after,
    firstAtMs,
    lastAtMs,
    boxes,
    score,
    templates: patterns.map(({ template }) => template),
  }
}

/** Those within the time that was asked for; where that has no beginning, all. */
function bootsWithin(boots: readonly Boot[], plan: LogPlan, nowMs: number): readonly Boot[] {
  const { fromMs = -Infinity, toMs = nowMs } = spanOfAll(plan)
  return boots.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
}

interface BoxRead {
  readonly box: ReadBox
  readonly reached: Box
  readonly found: FoundLogs
  readonly boot: Boot | undefined
  readonly logs: readonly LogMined[]
  readonly notices: readonly string[]
}

async function readBox(box: Box, options: CompareOptions, pool: ThreadPool): Promise<BoxRead> {
  const given = options.input && (await inputLog(options.input, options))
  const { found, chosen, notices, box: shown } = given?.logs ?? (await boxLogs(box, options))
  const logs = await inParallel(chosen, LOGS_AT_ONCE, (source) =>
    mineLog(box, source, found, { ...options, ...(given && { input: given.input, caps: given.caps }), pool }),
  )
  const { bootedAtMs, skewMs } = found
  // What a file that is read as a whole tells may be of any time, and of any box.
  const boot =
    bootedAtMs === undefined || isWhole(options.plan) ? undefined : { box: box.name, atMs: bootedAtMs - skewMs }
  return {
    box: shown,
    reached: box,
    found,
    boot,
    logs,
    notices: [
      ...notices,
      ...logs.flatMap((each) => each.notices),
      ...noticesOfSetBacks(
        box.name,
        found.time.zone,
        logs.map(({ log, setBacks }) => ({ id: log.source.id, setBacks })),
      ),
    ],
  }
}

function readAgain({ reached, found, logs }: BoxRead): readonly ReadAgain[] {
  return logs.map((log) => ({ box: reached, found, log }))
}

function isWhole({ spans }: LogPlan): boolean {
  return spans.some(({ fromMs }) => fromMs === undefined)
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

function requestLogOf({ log: { source }, mined, tape }: LogMined): RequestLog & Pick<LogMined, 'mined'> {
  return { box: source.box, source: source.id, replay: tape.replay, requests: tape.requests(), mined }
}

/** Requests of one log are counted by route; of several logs that tell of the same requests the one that tells most of them. */
function routesOf(logs: readonly LogMined[], onsetMs: number | undefined): RouteTable | undefined {
  const tables = [
    ...Map.groupBy(
      logs.filter(({ tape }) => tape.requests() > 0),
      ({ log: { source } }) => source.id,
    ).values(),
  ].map((same) => {
    const table = createRouteTable({ onsetMs })
    for (const { tape, log, mined } of same)
      tape.replay((event, atMs) => table.add(event, atMs - mined.skewMs, log.source.box))
    return { ...table.finish(), source: same[0]?.log.source.id ?? '' }
  })
  const [best] = tables.toSorted(
    (one, other) => Number(hasDurations(other)) - Number(hasDurations(one)) || requestsOf(other) - requestsOf(one),
  )
  const others = tables.flatMap(({ source }) => (source === best?.source ? [] : [source]))
  return best && { ...best, ...(others.length > 0 ? { otherSources: others } : {}) }
}

function hasDurations({ total: { before, after } }: RouteTable): boolean {
  return before.durations !== undefined || after.durations !== undefined
}

function requestsOf({ total: { before, after } }: RouteTable): number {
  return before.requests + after.requests
}
