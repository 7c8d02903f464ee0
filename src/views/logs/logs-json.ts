import { safeJson } from '../../base/safe-text.ts'
import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import type { Beside } from '../../incidents/beside.ts'
import type { LogList } from '../../steps/logs/list.ts'
import type { LogsRead, ReadLog } from '../../steps/logs/logs-read.ts'
import { lookBesideJson } from '../beside-lines.ts'

type LookOf = (box: string) => Pick<Beside, 'look'>

/** The contract `halligan.logs/1` as text (ARCHITECTURE.md): changed only by adding. Times are ISO 8601 in UTC by the clock of this console. */
export function logsJson(read: LogsRead, lookOf: LookOf = () => ({ look: undefined })): string {
  const { startedAtMs, tookMs, plan, boxes, logs, timeline, boots, patterns, exceptions, routes, findings, notices } =
    read
  return `${safeJson({
    schema: 'halligan.logs/1',
    startedAt: iso(startedAtMs),
    tookMs,
    spans: plan.spans.map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs) })),
    onset: plan.onset ? { ...plan.onset, atMs: undefined, at: iso(plan.onset.atMs) } : null,
    boxes: boxes.map(({ box, identity, skewMs, skewWithinMs, zone, failure, blind }) => ({
      box,
      ...(identity ? { identity } : {}),
      ...(failure ? { failure } : {}),
      clockSkewMs: skewWithinMs === Infinity ? null : (skewMs ?? null),
      clockSkewWithinMs: skewWithinMs === Infinity ? null : (skewWithinMs ?? null),
      zone: zone ?? null,
      blind,
      ...lookBesideJson(lookOf(box)),
    })),
    sources: logs.map(sourceJson),
    timeline: { ...timeline, originMs: undefined, origin: iso(timeline.originMs) },
    boots: boots.map(({ box, atMs }) => ({ box, at: iso(atMs) })),
    patterns: patterns.map(patternJson),
    exceptions: exceptions.map((each) => ({
      ...each,
      firstAtMs: undefined,
      lastAtMs: undefined,
      first: iso(each.firstAtMs),
      last: iso(each.lastAtMs),
    })),
    routes: routes ?? null,
    findings,
    notices,
  })}\n`
}

/** The same contract for `--list`: sources alone. */
export function listJson(lists: readonly LogList[]): string {
  return `${safeJson({
    schema: 'halligan.logs/1',
    boxes: lists.map(({ box, skewMs, skewWithinMs, failure, blind }) => ({
      box,
      ...(failure ? { failure } : {}),
      clockSkewMs: skewWithinMs === Infinity ? null : (skewMs ?? null),
      clockSkewWithinMs: skewWithinMs === Infinity ? null : (skewWithinMs ?? null),
      blind,
    })),
    sources: lists.flatMap(({ logs }) =>
      logs.map(({ source, format, firstAtMs, lastAtMs }) => ({
        ...sourceFields(source),
        format: format?.id ?? null,
        first: iso(firstAtMs),
        last: iso(lastAtMs),
      })),
    ),
  })}\n`
}

/** One log, as `--list` and the others have it. */
function sourceJson({ source, format, records, lines, bytes, firstAtMs, lastAtMs, reports, failure }: ReadLog) {
  return {
    ...sourceFields(source),
    format: format.id,
    records,
    lines,
    bytesRead: bytes,
    first: iso(firstAtMs),
    last: iso(lastAtMs),
    cost: {
      readBytes: reports.reduce((sum, each) => sum + each.readBytes, 0),
      probes: reports.reduce((sum, each) => sum + each.probes, 0),
    },
    ...(failure ? { failure } : {}),
  }
}

function sourceFields({
  box,
  id,
  kind,
  files,
  unit,
  container,
  found,
  writers,
  bytes,
  bytesPerSecond,
  blind,
}: ReadLog['source']) {
  return {
    box,
    id,
    kind,
    found,
    files: files.map((file) => ({ ...file, modifiedAtMs: undefined, modifiedAt: iso(file.modifiedAtMs) })),
    ...(unit === undefined ? {} : { unit }),
    ...(container === undefined ? {} : { container }),
    writers,
    bytes: bytes ?? null,
    bytesPerSecond: bytesPerSecond ?? null,
    ...(blind ? { blind: { why: blind.why, hint: blind.hint } } : {}),
  }
}

function patternJson(pattern: JudgedPattern) {
  const { template, verdict, severity, score, count, counts, before, after, firstAtMs, lastAtMs } = pattern
  const { sources, samples, changed, statement, uncompared, ofBoot, alsoIn } = pattern
  return {
    template,
    verdict,
    ...(ofBoot ? { ofBoot } : {}),
    ...(uncompared ? { uncompared } : {}),
    severity: severity ?? null,
    score,
    count,
    before,
    after,
    first: iso(firstAtMs),
    last: iso(lastAtMs),
    boxes: [...new Set(sources.map(({ box }) => box))],
    logs: sources,
    ...(alsoIn ? { alsoIn } : {}),
    counts: [...counts],
    samples: samples.map(({ text }) => text),
    changed,
    ...(statement ? { source: statement.place, statement } : {}),
  }
}

function iso(time: number | undefined): string | null {
  return time === undefined || Number.isNaN(time) ? null : new Date(time).toISOString()
}
