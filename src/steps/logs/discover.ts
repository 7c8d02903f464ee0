import { randomHex } from '../../base/random.ts'
import type { Box, Failure } from '../../boxes/box.ts'
import { collectorScript, type Compression } from '../../evidence/collector.ts'
import { discovery, DISCOVERY_LIMIT_SECONDS, type DiscoveredLogs } from '../../evidence/logs/discovery/discovery.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import { logSubjects, type LoggingService } from '../../evidence/logs/discovery/subject.ts'
import { clockSkew, type ClockReading, type ClockSkew } from './clock-skew.ts'
import type { Redact } from '../../incidents/redaction/index.ts'

export interface LogsWanted {
  /** As typed behind the boxes: services, processes, paths, units, containers; none: all that there is. */
  readonly subjects: readonly string[]
  /** Services of halligan.yaml. */
  readonly services?: Readonly<Record<string, LoggingService>>
}

export interface FoundLogs extends Omit<DiscoveredLogs, 'precisionMs'> {
  /** How far off the skew may be (`clock-skew.ts`). Milliseconds; Infinity: the clock of the box could not be read. */
  readonly skewWithinMs: number
  /** The box could not be entered, or its answer was cut off. */
  readonly failure?: Failure
}

export interface FindLogsOptions {
  /** Takes secrets out of the first and last lines and of what configurations say. */
  readonly redact?: Redact
  readonly signal?: AbortSignal
  readonly compression?: Compression
}

/** What a starved box needs beside its own limits. Milliseconds. */
const MARGIN_MS = 10_000
/** A hundred logs with 8 KiB each are under a megabyte, packed. Bytes. */
const ANSWER_BYTES = 32 * 1024 * 1024

/** Finds the logs of a box in one round trip, and its clock by a short one. Never rejects; what could not be seen is blind. Price: free. */
export async function findLogs(box: Box, wanted: LogsWanted, options: FindLogsOptions = {}): Promise<FoundLogs> {
  const { redact, signal, compression = 'auto' } = options
  const { probes, read } = discovery(box.name, logSubjects(wanted.subjects, wanted.services))
  const boundary = randomHex(16)
  const limits = { windowSeconds: 0, limitSeconds: DISCOVERY_LIMIT_SECONDS }
  const result = await box.run(collectorScript(probes, { boundary, compression, ...limits }), {
    what: 'find the logs',
    timeoutMs: DISCOVERY_LIMIT_SECONDS * 1000 + MARGIN_MS,
    maxBytes: ANSWER_BYTES,
    ...(signal ? { signal } : {}),
  })
  const beganAtMs = result.beganAtMs ?? result.startedAtMs
  const { precisionMs, ...found } = read(result.stdout, boundary, beganAtMs)
  const clean = (source: LogSource): LogSource => (redact ? redacted(source, redact) : source)
  const { skewMs, withinMs } = await skewOf(
    box,
    {
      boxMs: found.time.nowMs,
      precisionMs,
      askedAtMs: result.startedAtMs,
      answeredAtMs: result.startedAtMs + result.durationMs,
    },
    signal,
  )
  return {
    ...found,
    skewMs,
    sources: found.sources.map(clean),
    others: found.others.map(clean),
    // Nothing was asked: nothing is blind, the failure says it all.
    blind:
      result.beganAtMs === undefined
        ? []
        : found.blind.map((each) => ({ ...each, why: redact?.(each.why) ?? each.why })),
    skewWithinMs: withinMs,
    ...(result.failure ? { failure: result.failure } : {}),
  }
}

/** This machine has one clock: what would be measured is how long it took. */
async function skewOf(box: Box, first: ClockReading, signal: AbortSignal | undefined): Promise<ClockSkew> {
  if (box.kind === 'local') return { skewMs: 0, withinMs: 0 }
  if (first.precisionMs === Infinity) return { skewMs: 0, withinMs: Infinity }
  return clockSkew(box, first, signal)
}

/** Paths stay, since they are what is asked for next. */
function redacted(source: LogSource, redact: Redact): LogSource {
  const { head, tail, oldest, layout } = source
  return {
    ...source,
    ...(head ? { head: redactedSample(head, redact) } : {}),
    ...(tail ? { tail: redactedSample(tail, redact) } : {}),
    ...(oldest ? { oldest: redactedSample(oldest, redact) } : {}),
    ...(layout ? { layout: { ...layout, text: redact(layout.text) } } : {}),
  }
}

/** What is no UTF-8 keeps each byte: secrets are ASCII. */
function redactedSample(bytes: Uint8Array, redact: Redact): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const clean = redact(text)
  return clean === text ? bytes : Buffer.from(clean, 'utf8')
}
