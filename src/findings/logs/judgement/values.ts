import { chanceOfAtLeast } from './fisher.ts'
import { createFrequentValues, type FrequentValues } from './frequent-values.ts'
import type { Pattern, PatternSample } from '../pattern.ts'
import { placesOf } from '../patterns/template-places.ts'
import type { ChangedValue } from '../verdict.ts'

/**
 * Variable parts whose values are others after the onset than before, most telling first: the fields of the event (`customer`, `upstream`, `status`), then
 * what stands at the `<*>` of the template.
 *
 * Shares are of the records that the samples stand for. Samples are few, and those that stand for many records are fewer still in effect (L. Kish, "Survey
 * Sampling", 1965: the square of the sum of the weights over the sum of their squares), so they must not say much: a value is named when Fisher's exact test gives its change a chance of less
 * than 5 % for all values of the pattern together (Bonferroni). A pattern that is new has no samples from before: its fields are held against the same
 * fields of all other patterns before the onset, so that "only this customer" can be told from "this customer is most of the traffic anyway".
 */
export function changedValues(
  patterns: readonly Pattern[],
  onsetMs: number,
): (pattern: Pattern) => readonly ChangedValue[] {
  let background: ReadonlyMap<string, Values> | undefined
  return (pattern) => {
    const after = valuesOf(pattern, ({ atMs }) => atMs >= onsetMs)
    if (after.size === 0) return []
    const own = valuesOf(pattern, ({ atMs }) => atMs < onsetMs)
    background ??= allBefore(patterns, onsetMs)
    return changesBetween(own.size > 0 ? own : background, after)
  }
}

/** Counts the values of all records of one pattern, rather than of its samples. */
export interface ValueCounter {
  readonly add: (record: Pick<PatternSample, 'box' | 'event'>, isAfter: boolean) => void
  /** As `changedValues`, but for values that few records have too. */
  readonly changes: () => readonly ChangedValue[]
}

/** @param patterns all of them: of a new one the fields are held against theirs */
export function createValueCounter(
  { template }: Pick<Pattern, 'template'>,
  patterns: readonly Pattern[],
  onsetMs: number,
): ValueCounter {
  const places = placesOf(template)
  const sides = { before: new Map<string, FrequentValues>(), after: new Map<string, FrequentValues>() }
  return {
    add: (record, isAfter) => {
      const side = isAfter ? sides.after : sides.before
      for (const [what, value] of namedValues(record, places)) {
        if (EMPTY_NAMES.test(what)) continue
        const values = side.get(what) ?? createFrequentValues()
        side.set(what, values)
        values.add(value)
      }
    },
    changes: () => {
      const [before, after] = [countedValues(sides.before), countedValues(sides.after)]
      if (after.size === 0) return []
      return changesBetween(before.size > 0 ? before : allBefore(patterns, onsetMs), after, COUNTED)
    },
  }
}

function countedValues(sides: ReadonlyMap<string, FrequentValues>): ReadonlyMap<string, Values> {
  return new Map(
    [...sides].map(([what, values]): [string, Values] => [
      what,
      { total: values.total(), squares: values.total(), of: new Map(values.counts()) },
    ]),
  )
}

/** Records that the samples of one variable part stand for, in all and by value. */
interface Values {
  total: number
  squares: number
  readonly of: Map<string, number>
}

/** A change is named when chance explains all of a pattern's together less often than this. */
const CHANCE = 0.05
/** Which differences of shares are named: smaller ones help nobody. */
interface Telling {
  readonly difference: number
  /** Also so small a one, where the share is so many times as large on one side. */
  readonly rare: { readonly difference: number; readonly times: number }
  /** Values below this share on both sides are not tried. */
  readonly least: number
}
/** Of a few samples a small share is one or two of them. */
const SAMPLED: Telling = { difference: 0.2, rare: { difference: 0.2, times: 1 }, least: 0 }
/** Of all records: one customer of a hundred with a twentieth of the failures is the one. */
const COUNTED: Telling = { difference: 0.2, rare: { difference: 0.05, times: 3 }, least: 0.02 }
const NAMED = 5
/** Patterns whose samples show what is usual: the most frequent ones. */
const BACKGROUND = 1000
const VALUE_CHARACTERS = 200
/** Differ from record to record or from start to start, whatever is wrong; the box's own words for time and level. */
const EMPTY_NAMES =
  /^(?:@?time(?:stamp)?|ts|t|date|hour|minute|seconds?|level|severity|lvl|msg|message|pid|tid|thread|hostname|(?:request|req|trace|span|correlation|session|transaction|connection|conn)[_.-]?(?:id)?|id|uuid|seq(?:uence)?|offset|duration(?:[_.-]?ms)?|elapsed|took|latency|bytes|size)$/i

function changesBetween(
  before: ReadonlyMap<string, Values>,
  after: ReadonlyMap<string, Values>,
  telling: Telling = SAMPLED,
): readonly ChangedValue[] {
  const tried = [...after].flatMap(([what, late]) => {
    const early = before.get(what)
    if (!early || EMPTY_NAMES.test(what)) return []
    return [...new Set([...late.of.keys(), ...early.of.keys()])].flatMap((value) => {
      const [now, once] = [hitsOf(late, value), hitsOf(early, value)]
      // Once is no habit: what is seen a single time on both sides together is not tested, and does not count as a test.
      return now.hits + once.hits < 2 || Math.max(now.share, once.share) < telling.least
        ? []
        : [tryOne(what, value, now, once)]
    })
  })
  const named = tried
    .filter(({ chance, change }) => chance * tried.length < CHANCE && isLarge(change, telling))
    .toSorted(mostTelling)
  return named
    .filter(
      ({ change }) => rises(change) || !named.some((other) => other.change.what === change.what && rises(other.change)),
    )
    .slice(0, NAMED)
    .map(({ change }) => change)
}

function isLarge({ before, after }: ChangedValue, { difference, rare }: Telling): boolean {
  const by = Math.abs(after - before)
  return by >= difference || (by >= rare.difference && Math.max(before, after) >= rare.times * Math.min(before, after))
}

interface Tried {
  readonly change: ChangedValue
  readonly chance: number
}

interface Hits {
  readonly share: number
  /** Samples in effect, of as many. */
  readonly hits: number
  readonly of: number
}

function hitsOf({ total, squares, of: values }: Values, value: string): Hits {
  const share = (values.get(value) ?? 0) / total
  const of = Math.max(1, Math.floor((total * total) / squares + ROUNDING))
  return { share, hits: Math.round(share * of), of }
}

/** Equal weights that are no whole numbers still make as many samples as there are. */
const ROUNDING = 1e-6

function tryOne(what: string, value: string, late: Hits, early: Hits): Tried {
  const change = { what, value, before: early.share, after: late.share }
  const [more, less] = rises(change) ? [late, early] : [early, late]
  return { change, chance: chanceOfAtLeast(more.hits, more.of, more.hits + less.hits, more.of + less.of) }
}

function rises({ before, after }: ChangedValue): boolean {
  return after > before
}

function mostTelling(a: Tried, b: Tried): number {
  const difference = ({ change }: Tried): number => Math.abs(change.after - change.before)
  return (
    a.chance - b.chance ||
    difference(b) - difference(a) ||
    Number(isPlace(a)) - Number(isPlace(b)) ||
    compare(a.change.what, b.change.what) ||
    compare(a.change.value, b.change.value)
  )
}

/** Named by the words around it, not by a key. */
function isPlace({ change: { what } }: Tried): boolean {
  return what.includes(' ')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function allBefore(patterns: readonly Pattern[], onsetMs: number): ReadonlyMap<string, Values> {
  const all = new Map<string, Values>()
  for (const { samples } of patterns.toSorted(mostFrequent).slice(0, BACKGROUND))
    for (const sample of samples)
      if (sample.atMs < onsetMs)
        for (const [what, value] of namedValues(sample, noPlaces)) add(all, what, value, sample.stands)
  return all
}

function mostFrequent(a: Pattern, b: Pattern): number {
  return b.count - a.count || compare(a.template, b.template)
}

function valuesOf(
  { template, samples }: Pattern,
  wanted: (sample: PatternSample) => boolean,
): ReadonlyMap<string, Values> {
  const all = new Map<string, Values>()
  const places = placesOf(template)
  for (const sample of samples) {
    if (!wanted(sample)) continue
    for (const [what, value] of namedValues(sample, places)) add(all, what, value, sample.stands)
  }
  return all
}

const noPlaces = (): undefined => undefined

/** The fields of a record, each once, and what stands at the variable parts of its template. */
function namedValues(
  { box, event: { fields, access, message } }: Pick<PatternSample, 'box' | 'event'>,
  places: ReturnType<typeof placesOf> | typeof noPlaces,
): ReadonlyMap<string, string> {
  const served: Readonly<Record<string, string | number | undefined>> = access
    ? {
        status: access.status,
        upstream: access.upstream,
        'upstream status': access.upstreamStatus,
        method: access.method,
        path: access.target?.split('?')[0],
        client: access.client,
        host: access.host,
      }
    : {}
  const values = new Map<string, string>()
  for (const [what, value] of [...Object.entries(fields ?? {}), ...Object.entries(served), ['box', box] as const]) {
    if (value === undefined || value === '' || value === '-' || values.has(what)) continue
    values.set(what, String(value).slice(0, VALUE_CHARACTERS))
  }
  for (const [what, value] of places(message) ?? [])
    if (!values.has(what)) values.set(what, value.slice(0, VALUE_CHARACTERS))
  return values
}

function add(all: Map<string, Values>, what: string, value: string, stands = 1): void {
  const values = all.get(what) ?? { total: 0, squares: 0, of: new Map<string, number>() }
  all.set(what, values)
  values.total += stands
  values.squares += stands * stands
  values.of.set(value, (values.of.get(value) ?? 0) + stands)
}
