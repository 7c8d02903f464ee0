import { alarmOf } from './alarm.ts'
import type { Pattern, Patterns, SeenSpan } from '../pattern.ts'

/** How much of a pattern's logs was seen on both sides of the onset. */
export interface Exposure {
  /** The longest span of one of its logs, in milliseconds. */
  readonly beforeMs: number
  readonly afterMs: number
  /**
   * Share of its records that would lie after the onset if nothing had changed, 0 to 1; 0 or 1 when one side was not seen. Each log counts by its own
   * spans and its own rate, so that a log that joins later makes nothing new.
   */
  readonly afterShare: number
}

/**
 * Tells of each pattern how long its logs were seen before and after the onset.
 *
 * A log none of whose records is before the onset, and of which nobody said that it was read there (`Patterns.seen`), is taken as not seen before: unless
 * most of what it holds are errors, for an error log is empty in good times.
 */
export function exposures(
  { patterns, timeline, seen: spans = [] }: Patterns,
  onsetMs: number,
  seen: { readonly fromMs: number; readonly toMs: number } | undefined,
): (pattern: Pattern) => Exposure {
  const whole = seen ?? spanOfRecords(patterns, timeline)
  const logs = new Map<string, Sides>()
  for (const span of spans) {
    const { beforeMs, afterMs } = sidesOf(within(span, whole), onsetMs)
    const others = logs.get(key(span))
    // What came after the onset may have been read by itself, and then what came before it.
    logs.set(key(span), { beforeMs: beforeMs + (others?.beforeMs ?? 0), afterMs: afterMs + (others?.afterMs ?? 0) })
  }
  for (const late of lateLogs(patterns, onsetMs))
    if (!logs.has(late)) logs.set(late, { beforeMs: 0, afterMs: sidesOf(whole, onsetMs).afterMs })
  const usual = sidesOf(whole, onsetMs)
  return ({ sources }) =>
    exposureOf(
      sources.map((source) => ({ ...(logs.get(key(source)) ?? usual), count: source.count })),
      usual,
    )
}

interface Sides {
  readonly beforeMs: number
  readonly afterMs: number
}

function exposureOf(logs: readonly (Sides & { readonly count: number })[], usual: Sides): Exposure {
  const [first] = logs
  if (!first) return { ...usual, afterShare: share(usual.afterMs, usual.beforeMs + usual.afterMs) }
  let after = 0
  let all = 0
  for (const { beforeMs, afterMs, count } of logs) {
    all += count
    after += count * share(afterMs, beforeMs + afterMs)
  }
  return {
    beforeMs: Math.max(...logs.map(({ beforeMs }) => beforeMs)),
    afterMs: Math.max(...logs.map(({ afterMs }) => afterMs)),
    afterShare: share(after, all),
  }
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}

function sidesOf({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }, onsetMs: number): Sides {
  return {
    beforeMs: Math.max(0, Math.min(onsetMs, toMs) - fromMs),
    afterMs: Math.max(0, toMs - Math.max(onsetMs, fromMs)),
  }
}

function within(
  span: SeenSpan,
  whole: { readonly fromMs: number; readonly toMs: number },
): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = Math.max(span.fromMs, whole.fromMs)
  return { fromMs, toMs: Math.max(fromMs, Math.min(span.toMs, whole.toMs)) }
}

/** From the first record to the last: the first and the last bucket are seen in part. */
function spanOfRecords(
  patterns: readonly Pattern[],
  { originMs, widthMs, first, buckets }: Patterns['timeline'],
): { readonly fromMs: number; readonly toMs: number } {
  const startMs = originMs + first * widthMs
  const endMs = startMs + buckets * widthMs
  let fromMs = Infinity
  let toMs = -Infinity
  for (const { firstAtMs, lastAtMs } of patterns) {
    if (firstAtMs < fromMs) fromMs = firstAtMs
    if (lastAtMs > toMs) toMs = lastAtMs
  }
  return fromMs <= toMs
    ? { fromMs: Math.max(fromMs, startMs), toMs: Math.min(Math.max(toMs, startMs), endMs) }
    : { fromMs: startMs, toMs: endMs }
}

/** Logs that begin after the onset and hold, for the most part, what is written in good times too. */
function lateLogs(patterns: readonly Pattern[], onsetMs: number): readonly string[] {
  const logs = new Map<string, { early: boolean; records: number; alarming: number }>()
  for (const pattern of patterns) {
    const alarming = alarmOf(pattern) >= ALARMING
    for (const source of pattern.sources) {
      const log = logs.get(key(source)) ?? { early: false, records: 0, alarming: 0 }
      logs.set(key(source), log)
      log.records += source.count
      if (alarming) log.alarming += source.count
      // Of a pattern in several logs it is not known whose the first record is, save by its samples.
      if (pattern.sources.length === 1 && pattern.firstAtMs < onsetMs) log.early = true
    }
    for (const sample of pattern.samples) {
      const log = logs.get(key(sample))
      if (log && sample.atMs < onsetMs) log.early = true
    }
  }
  return [...logs].filter(([, { early, records, alarming }]) => !early && alarming * 2 < records).map(([name]) => name)
}

/** An error, or words that tell of one. */
const ALARMING = 0.3

function key({ box, source }: { readonly box: string; readonly source: string }): string {
  return `${box}\0${source}`
}
