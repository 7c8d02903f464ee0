import { chanceOfAtLeast } from './fisher.ts'
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

/** Records that the samples of one variable part stand for, in all and by value. */
interface Values {
  total: number
  squares: number
  readonly of: Map<string, number>
}

/** A change is named when chance explains all of a pattern's together less often than this. */
const CHANCE = 0.05
/** Smaller differences of shares help nobody. */
const DIFFERENCE = 0.2
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
): readonly ChangedValue[] {
  const tried = [...after].flatMap(([what, late]) => {
    const early = before.get(what)
    if (!early || EMPTY_NAMES.test(what)) return []
    return [...new Set([...late.of.keys(), ...early.of.keys()])].flatMap((value) => {
      const [now, once] = [hitsOf(late, value), hitsOf(early, value)]
      // Once is no habit: what is seen a single time on both sides together is not tested, and does not count as a test.
      return now.hits + once.hits < 2 ? [] : [tryOne(what, value, now, once)]
    })
  })
  const named = tried
    .filter(
      ({ chance, change }) => chance * tried.length < CHANCE && Math.abs(change.after - change.before) >= DIFFERENCE,
    )
    .toSorted(mostTelling)
  return named
    .filter(
      ({ change }) => rises(change) || !named.some((other) => other.change.what === change.what && rises(other.change)),
    )
    .slice(0, NAMED)
    .map(({ change }) => change)
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
    for (const sample of samples) if (sample.atMs < onsetMs) addFields(all, sample)
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
    const fields = addFields(all, sample)
    for (const [what, value] of places(sample.event.message) ?? [])
      if (!fields.has(what)) add(all, what, value, sample.stands)
  }
  return all
}

/** Gives the names of those that it has. */
function addFields(
  all: Map<string, Values>,
  { box, stands, event: { fields, access } }: PatternSample,
): ReadonlySet<string> {
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
  const names = new Set<string>()
  for (const [what, value] of [...Object.entries(fields ?? {}), ...Object.entries(served), ['box', box] as const]) {
    if (value === undefined || value === '' || value === '-' || names.has(what)) continue
    names.add(what)
    add(all, what, String(value), stands)
  }
  return names
}

function add(all: Map<string, Values>, what: string, value: string, stands = 1): void {
  const values = all.get(what) ?? { total: 0, squares: 0, of: new Map<string, number>() }
  all.set(what, values)
  const short = value.slice(0, VALUE_CHARACTERS)
  values.total += stands
  values.squares += stands * stands
  values.of.set(short, (values.of.get(short) ?? 0) + stands)
}
