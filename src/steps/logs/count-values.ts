import { inParallel } from '../../base/in-parallel.ts'
import type { Box } from '../../boxes/box.ts'
import { createRecordStream } from '../../evidence/logs/layout/record-stream.ts'
import { createValueCounter, type ValueCounter } from '../../findings/logs/judgement/values.ts'
import type { Pattern } from '../../findings/logs/pattern.ts'
import { placesOf } from '../../findings/logs/patterns/template-places.ts'
import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import type { FoundLogs } from './discover.ts'
import { LOGS_AT_ONCE, type AskedLogs } from './found.ts'
import type { LogMined } from './mining/mine-log.ts'
import { comparedSpans } from './plan.ts'
import { readerOf, readSpan } from './read-log.ts'

/** A log that was read, and where it can be read again. */
export interface ReadAgain {
  readonly box: Box
  readonly found: FoundLogs
  readonly log: LogMined
}

/**
 * The first patterns, with the values that changed within them counted from all of their records, where samples are few of them: a customer with a tenth of
 * the failures is in one sample of eight, which says nothing. Reads their logs once more, only lines that have a word of one of these patterns. A log that
 * cannot be read again, or costs more than it should, leaves what the samples said.
 *
 * @param patterns all of them
 */
export async function withCountedValues(
  judged: readonly JudgedPattern[],
  patterns: readonly Pattern[],
  onsetMs: number,
  logs: readonly ReadAgain[],
  options: AskedLogs,
): Promise<readonly JudgedPattern[]> {
  const counted = judged
    .filter(({ verdict, ofBoot }) => verdict !== 'steady' && verdict !== 'silent' && !ofBoot)
    .slice(0, PATTERNS_COUNTED)
    .filter(({ count, samples }) => count >= MANY * samples.length)
    .flatMap((pattern): readonly Counted[] => {
      const word = tellingWord(pattern.template)
      return word === undefined ? [] : [{ pattern, word, values: createValueCounter(pattern, patterns, onsetMs) }]
    })
  if (counted.length === 0) return judged
  const missing = new Set<Counted>()
  await inParallel(logs, LOGS_AT_ONCE, async (each) => {
    const own = counted.filter(({ pattern }) => isIn(pattern, each))
    if (own.length === 0 || (await countIn(each, own, onsetMs, options))) return
    for (const one of own) missing.add(one)
  })
  const changed = new Map(
    counted.filter((each) => !missing.has(each)).map(({ pattern, values }) => [pattern, values.changes()]),
  )
  return judged.map((pattern) => {
    const values = changed.get(pattern)
    return values ? { ...pattern, changed: values } : pattern
  })
}

interface Counted {
  readonly pattern: JudgedPattern
  /** That each of its records holds. */
  readonly word: string
  readonly values: ValueCounter
}

/** Patterns that a person reads first. */
const PATTERNS_COUNTED = 5
/** Times as many records as samples: fewer are told well enough by these. */
const MANY = 2
/** Of each log and span; what comes after it has the same shares. */
const BYTES = 32 * 1024 * 1024
/** Of each log and span: nobody waits longer for it. */
const SECONDS = 10

function isIn({ sources }: JudgedPattern, { log }: ReadAgain): boolean {
  const { box, id } = log.log.source
  return sources.some((each) => each.box === box && each.source === id)
}

/** False: not all of it could be read. */
async function countIn(
  { box, found, log }: ReadAgain,
  counted: readonly Counted[],
  onsetMs: number,
  { plan, filter, caps, signal, nowMs }: AskedLogs,
): Promise<boolean> {
  const { source } = log.log
  const { time, skewMs } = found
  const reader = readerOf(source, time)
  const fits = counted.map(({ pattern, values }) => ({ values, fit: fitOf(pattern) }))
  const grep = [...filter.grep, [...new Set(counted.map(({ word }) => word))].join('|')]
  for (const span of comparedSpans(plan, nowMs)) {
    const records = createRecordStream(reader.layout, (text, atMs) => {
      const event = reader.format.read(text, time)
      if (!event || Number.isNaN(atMs)) return
      for (const { fit, values } of fits)
        if (fit(event)) return values.add({ box: source.box, event }, atMs - skewMs >= onsetMs)
    })
    const fetched = await readSpan(box, source, span, reader, {
      filter: { ...filter, grep, ignoreCase: filter.ignoreCase },
      caps: { bytes: Math.min(BYTES, caps.bytes), seconds: Math.min(SECONDS, caps.seconds) },
      time,
      skewMs,
      signal,
      onBytes: records.feed,
    })
    records.finish()
    const { failure, report } = fetched
    if (failure || report.isPartial || report.capped === 'seconds') return false
  }
  return true
}

/** Whether a record is one of the pattern. */
function fitOf({ template, severity }: JudgedPattern): (event: JudgedPattern['samples'][number]['event']) => boolean {
  const places = placesOf(template)
  return (event) =>
    event.severity === severity &&
    (event.access === undefined ? places(event.message) !== undefined : event.message === template)
}

/** The longest word of letters that is constant in the template; undefined where there is none that tells its lines from most others. */
function tellingWord(template: string): string | undefined {
  const words = template.replaceAll(/\{\w+\}|<\*>/g, '\n').match(/(?<![\w-])[A-Za-z]+(?![\w-])/g) ?? []
  const [longest] = words.toSorted((a, b) => b.length - a.length)
  return longest !== undefined && longest.length >= LEAST_WORD ? longest : undefined
}

/** Letters. */
const LEAST_WORD = 4
