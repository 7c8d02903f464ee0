import { seeded } from '../../../base/seeded.ts'
import { alarmOf } from './alarm.ts'
import { beginningOf, endOf, isAround, partOfBoots } from './boots.ts'
import { dispersionOf, usualDispersion, withinDispersion } from './dispersion.ts'
import type { Pattern, Patterns, SeenSpan } from '../pattern.ts'

/** A moment from which on the logs are others than before. */
export interface Onset {
  /** Where a bucket of the timeline begins; console clock. */
  readonly atMs: number
  /** 0 to 1: one less the share of shuffles of the same buckets in which some moment stands out as much. At most 0.99. */
  readonly confidence: number
  /** One sentence: what changes there. */
  readonly why: string
}

/**
 * The moment at which the logs change most, when they change beyond chance; else undefined.
 *
 * Each border between two buckets is tried. Of each pattern (and of all alarming records together, so that many rare errors count as one thing) the G² of
 * `judge.ts` is taken for a change of its rate there, and divided by how unevenly its records come on either side. What exceeds 2 ln M, the most that M
 * patterns without a change show by chance, is its vote; the vote of a harmless pattern saturates early, so that one new harmless line is no onset. Votes
 * are added up: a likelihood-ratio scan (M. Kulldorff, "A spatial scan statistic", Communications in Statistics 26, 1997, in one dimension).
 *
 * A boot changes everything, and explains nothing: what belongs to it (`boots.ts`) has no vote, and where the best moment is a boot all the same, errors that
 * change beyond chance after it, or before it, are what is proposed.
 *
 * How often chance does as well is told by shuffling the buckets, all patterns alike, `SHUFFLES` times (a permutation test: E. Edgington, "Randomization
 * Tests", 1980), from fixed seeds: the same logs give the same answer.
 */
export function proposeOnset(patterns: Patterns): Onset | undefined {
  const isOfBoot = partOfBoots(patterns)
  const rest = { ...patterns, patterns: patterns.patterns.filter((pattern) => !isOfBoot(pattern)) }
  const found = bestOnset(rest)
  const boot = found && patterns.boots?.find((each) => isAround(each, found.atMs, patterns.timeline.widthMs))
  if (!found || !boot) return found && onsetOf(found)
  const errors = [within(rest, endOf(boot), Infinity), within(rest, -Infinity, beginningOf(boot))].map(bestOnset)
  const other = errors.find((each) => each !== undefined && each.alarm >= ALARMING)
  return onsetOf(other ?? { ...found, why: `${boot.box} booted at that time; ${found.why}` })
}

interface Best extends Onset {
  /** Of the most alarming pattern that changes there. */
  readonly alarm: number
}

function onsetOf({ atMs, confidence, why }: Best): Onset {
  return { atMs, confidence, why }
}

/** What of the patterns lies in buckets wholly within these times. */
function within({ timeline, patterns, ...others }: Patterns, fromMs: number, toMs: number): Patterns {
  const { originMs, widthMs, first, buckets } = timeline
  const bucketOf = (atMs: number): number => (atMs - originMs) / widthMs - first
  const from = Math.min(buckets, Math.max(0, Math.ceil(bucketOf(fromMs))))
  const to = Math.max(from, Math.min(buckets, Math.floor(bucketOf(toMs))))
  const startMs = originMs + (first + from) * widthMs
  const endMs = originMs + (first + to) * widthMs
  return {
    ...others,
    timeline: { ...timeline, first: first + from, buckets: to - from },
    patterns: patterns.flatMap((pattern) => {
      const counts = pattern.counts.slice(from, to)
      const count = counts.reduce((sum, each) => sum + each, 0)
      if (count === 0) return []
      const firstAtMs = Math.max(pattern.firstAtMs, startMs)
      return [{ ...pattern, counts, count, firstAtMs, lastAtMs: Math.min(pattern.lastAtMs, endMs) }]
    }),
  }
}

/** The moment at which most changes beyond chance, whatever it is that changes. */
function bestOnset(patterns: Patterns): Best | undefined {
  const scan = scanOf(patterns)
  if (!scan) return undefined
  const order = scan.exposure.map((_, at) => at)
  const best = bestBorder(scan, order)
  if (best.votes < VOTES_NEEDED) return undefined
  const random = seeded(SEED)
  let asGood = 1
  for (let shuffle = 0; shuffle < SHUFFLES; shuffle++) {
    if (bestBorder(scan, shuffled(order, random)).votes >= best.votes) asGood++
    if (asGood > CHANCE * (SHUFFLES + 1)) return undefined
  }
  const border = finest(scan, best.border)
  const { originMs, widthMs, first } = patterns.timeline
  return {
    atMs: originMs + (first + border) * widthMs,
    confidence: Math.min(MOST_CONFIDENT, 1 - asGood / (SHUFFLES + 1)),
    why: reasonFor(patterns, scan, border),
    alarm: Math.max(0, ...votersAt(scan, border).map(({ each }) => each.alarm)),
  }
}

/** One strong change of an alarming pattern, or two of harmless ones. In units of G². */
const VOTES_NEEDED = 12
/** A vote saturates here, and so much later for the most alarming. */
const SATURATION = 8
const ALARMING_SATURATION = 60
const SHUFFLES = 199
/** Share of shuffles that may do as well. */
const CHANCE = 0.05
const SEED = 20_051
/** So many shuffles cannot tell more, and logs do more than shuffles do. */
const MOST_CONFIDENT = 0.99
/** Of the scan; longer timelines are scanned in wider buckets, and then near the best border in their own. */
const BUCKETS = 128
/** Fewer cannot be told from chance by shuffling. */
const BUCKETS_NEEDED = 6
/** Patterns that are scanned: the alarming ones first, then those with most records. */
const SERIES = 400
/** An alarm from which on records count among all alarming ones. */
const ALARMING = 0.4
/** Records; fewer cannot vote. */
const RECORDS_NEEDED = 4

interface Series {
  /** Missing: all alarming records together. */
  readonly pattern?: Pattern
  readonly alarm: number
  readonly counts: Float64Array
  readonly total: number
  /** How unevenly its records come, on either side of its own best border. */
  readonly uneven: number
}

interface Scan {
  readonly series: readonly Series[]
  /** 2 ln M. */
  readonly chance: number
  /** How much of each bucket was seen, 0 to 1. */
  readonly exposure: readonly number[]
  /** Buckets of the timeline in one of the scan. */
  readonly merged: number
  /** First bucket of the timeline that is scanned. */
  readonly from: number
  /** The first bucket behind them. */
  readonly to: number
}

function scanOf({ timeline, patterns, seen }: Patterns): Scan | undefined {
  const { from: begins, to, exposure } = seenBuckets(timeline, patterns)
  const merged = 2 ** Math.max(0, Math.ceil(Math.log2((to - begins) / BUCKETS)))
  const buckets = Math.floor((to - begins) / merged)
  // Whole ones up to the end, which is the nearest to now: what is over is left out at the beginning.
  const from = to - buckets * merged
  if (!(buckets >= BUCKETS_NEEDED)) return undefined
  // Chosen by what shuffling leaves as it is: were they chosen by their change, chance would have none of them to show one.
  const chosen = patterns
    .filter((pattern) => pattern.count >= RECORDS_NEEDED && seenThroughout(pattern, seen, timeline, from, to))
    .map((pattern) => ({ pattern, alarm: alarmOf(pattern) }))
    .toSorted(
      (a, b) =>
        Number(b.alarm >= ALARMING) - Number(a.alarm >= ALARMING) || b.pattern.count - a.pattern.count || compare(a, b),
    )
    .slice(0, SERIES)
  const single = chosen.map(({ pattern, alarm }) => seriesOf(pattern.counts, from, buckets, merged, alarm, pattern))
  const all = new Float64Array(timeline.buckets)
  for (const pattern of patterns)
    if (alarmOf(pattern) >= ALARMING && seenThroughout(pattern, seen, timeline, from, to))
      pattern.counts.forEach((count, at) => (all[at] = (all[at] ?? 0) + count))
  const series = [...single, seriesOf(all, from, buckets, merged, 1)].filter(({ total }) => total >= RECORDS_NEEDED)
  const wide = Array.from({ length: buckets }, (_, at) => meanOf(exposure, from + at * merged, merged))
  const usual = usualDispersion(series.map(({ counts }) => dispersionOf(counts, 0, counts.length)))
  return {
    series: series.map((each) => ({ ...each, uneven: unevenness(each, wide, usual) })),
    chance: 2 * Math.log(Math.max(2, series.length)),
    exposure: wide,
    merged,
    from,
    to,
  }
}

function seriesOf(
  counts: ArrayLike<number>,
  from: number,
  buckets: number,
  merged: number,
  alarm: number,
  pattern?: Pattern,
): Series {
  const wide = new Float64Array(buckets)
  for (let at = from; at < Math.min(counts.length, from + buckets * merged); at++) {
    const bucket = Math.floor((at - from) / merged)
    wide[bucket] = (wide[bucket] ?? 0) + (counts[at] ?? 0)
  }
  return {
    ...(pattern ? { pattern } : {}),
    alarm,
    counts: wide,
    total: wide.reduce((sum, each) => sum + each, 0),
    uneven: 1,
  }
}

/** From the first record to the last; how much of each bucket lies between. */
function seenBuckets(
  { originMs, widthMs, first, buckets }: Patterns['timeline'],
  patterns: readonly Pattern[],
): { readonly from: number; readonly to: number; readonly exposure: readonly number[] } {
  let from = Infinity
  let to = -Infinity
  for (const { firstAtMs, lastAtMs } of patterns) {
    from = Math.min(from, Number.isNaN(firstAtMs) ? Infinity : (firstAtMs - originMs) / widthMs - first)
    to = Math.max(to, Number.isNaN(lastAtMs) ? -Infinity : (lastAtMs - originMs) / widthMs - first)
  }
  const start = Math.min(buckets, Math.max(0, from))
  const end = Math.max(start, Math.min(buckets, to))
  if (!Number.isFinite(from) || !Number.isFinite(to)) return { from: 0, to: 0, exposure: [] }
  const exposure = Array.from({ length: buckets }, (_, at) =>
    Math.max(SEEN_LEAST, Math.min(at + 1, end) - Math.max(at, start)),
  )
  // Of a bucket at the edge of which less was seen than that its rate is none: a log that ends in it would seem to fall silent there.
  const firstScanned = Math.ceil(start) - start < SEEN_LEAST ? Math.ceil(start) : Math.floor(start)
  const lastScanned = end - Math.floor(end) < SEEN_LEAST ? Math.floor(end) : Math.ceil(end)
  return { from: firstScanned, to: Math.max(firstScanned, lastScanned), exposure }
}

/** No bucket is seen so little that one record in it is an endless rate. */
const SEEN_LEAST = 0.25

/** A log that begins or ends within the timeline changes everything in it there, and nothing on the box. */
function seenThroughout(
  { sources }: Pattern,
  spans: readonly SeenSpan[] | undefined,
  { originMs, widthMs, first }: Patterns['timeline'],
  from: number,
  to: number,
): boolean {
  const startMs = originMs + (first + from + 1) * widthMs
  const endMs = originMs + (first + to - 1) * widthMs
  return sources.every(({ box, source }) => {
    // What came after a moment may have been read by itself, and then what came before it.
    const own = spans?.filter((span) => span.box === box && span.source === source) ?? []
    if (own.length === 0) return true
    return Math.min(...own.map(({ fromMs }) => fromMs)) <= startMs && Math.max(...own.map(({ toMs }) => toMs)) >= endMs
  })
}

function meanOf(list: readonly number[], from: number, length: number): number {
  const part = list.slice(from, from + length)
  return part.reduce((sum, each) => sum + each, 0) / Math.max(1, length)
}

/** The border with most votes, the buckets taken in this order. `border` buckets lie before it. */
function bestBorder(
  { series, chance, exposure }: Scan,
  order: readonly number[],
): { readonly border: number; readonly votes: number } {
  const votes = new Float64Array(order.length)
  const shares = prefixOf(exposure, order)
  for (const each of series) {
    changesOf(each, order, shares).forEach((change, border) => {
      votes[border] = (votes[border] ?? 0) + vote(change / each.uneven - chance, each.alarm)
    })
  }
  const most = votes.reduce((a, b) => Math.max(a, b), 0)
  return { border: votes.indexOf(most), votes: most }
}

function vote(beyondChance: number, alarm: number): number {
  if (!(beyondChance > 0)) return 0
  return beyondChance / (1 + beyondChance / (SATURATION + ALARMING_SATURATION * alarm))
}

/** Seen before each border, of all that was seen. */
function prefixOf(exposure: readonly number[], order: readonly number[]): Float64Array {
  const prefix = new Float64Array(order.length)
  let sum = 0
  order.forEach((bucket, at) => {
    prefix[at] = sum
    sum += exposure[bucket] ?? 0
  })
  return prefix.map((each) => each / sum)
}

/** G² of a change of this series at each border; 0 before the first bucket. */
function changesOf({ counts, total }: Series, order: readonly number[], shares: Float64Array): Float64Array {
  const changes = new Float64Array(order.length)
  let before = 0
  for (let border = 1; border < order.length; border++) {
    before += counts[order[border - 1] ?? 0] ?? 0
    const share = shares[border] ?? 0
    changes[border] = Math.max(0, 2 * (term(before, total * share) + term(total - before, total * (1 - share))))
  }
  return changes
}

function term(seen: number, expected: number): number {
  return seen > 0 ? seen * Math.log(seen / expected) : 0
}

/** The change itself does not count as unevenness. */
function unevenness(series: Series, exposure: readonly number[], usual: number): number {
  const order = exposure.map((_, at) => at)
  const changes = changesOf(series, order, prefixOf(exposure, order))
  const own = changes.indexOf(changes.reduce((a, b) => Math.max(a, b), 0))
  return withinDispersion(series.counts, own, usual)
}

/**
 * Where those that vote for a border change most themselves, in buckets of the timeline. Votes tell that something changed, and saturate; where it did is
 * told by how fast the evidence falls off on either side.
 */
function finest({ series, chance, merged, from, to }: Scan, border: number): number {
  const coarse = from + border * merged
  const voters = series.filter((each) => changeAt(each, coarse, { from, to }) / each.uneven > chance)
  let best = { border: coarse, weight: 0 }
  for (let at = from + 1; at < to; at++) {
    let weight = 0
    for (const each of voters) {
      const beyond = Math.max(0, changeAt(each, at, { from, to }) / each.uneven - chance)
      weight += ((HARMLESS_WEIGHT + each.alarm) * beyond) / (1 + beyond / PLACE_SATURATION)
    }
    if (weight > best.weight) best = { border: at, weight }
  }
  return best.border
}

/** Of a pattern without alarm, beside 1 and this of the most alarming one. */
const HARMLESS_WEIGHT = 0.2
/** In units of G²: one pattern of much volume is not to say alone where the border lies. */
const PLACE_SATURATION = 200

function changeAt({ pattern }: Series, border: number, scanned: Pick<Scan, 'from' | 'to'>): number {
  if (!pattern) return 0
  const { before, after } = sidesAt(pattern, border, scanned)
  const share = (border - scanned.from) / Math.max(1, scanned.to - scanned.from)
  return Math.max(0, 2 * (term(before, (before + after) * share) + term(after, (before + after) * (1 - share))))
}

function sidesAt(
  { counts }: Pattern,
  border: number,
  { from, to }: Pick<Scan, 'from' | 'to'>,
): { readonly before: number; readonly after: number } {
  let before = 0
  let after = 0
  for (let at = from; at < Math.min(to, counts.length); at++) {
    if (at < border) before += counts[at] ?? 0
    else after += counts[at] ?? 0
  }
  return { before, after }
}

/** The two patterns that change most at the border, and how many more. */
function reasonFor({ timeline: { widthMs } }: Patterns, scan: Scan, border: number): string {
  const { from, to } = scan
  const voters = votersAt(scan, border)
  const named = voters.slice(0, NAMED).flatMap(({ each: { pattern } }) => {
    if (!pattern) return []
    const all = sidesAt(pattern, border, { from: 0, to: pattern.counts.length })
    const { before, after } = sidesAt(pattern, border, { from, to })
    const hourly = (count: number, span: number): string => String(Math.round((count * HOUR_MS) / (span * widthMs)))
    const name = `"${pattern.template.length > TEMPLATE_SHOWN ? `${pattern.template.slice(0, TEMPLATE_SHOWN)}…` : pattern.template}"`
    if (all.before === 0) return [`${name} is new (${all.after} since)`]
    if (all.after === 0) return [`${name} stops (${all.before} before)`]
    return [`${name} goes from ${hourly(before, border - from)} to ${hourly(after, to - border)} an hour`]
  })
  const more = voters.length - named.length
  if (named.length === 0) return 'errors of many kinds, each rare, change together'
  return `${named.join('; ')}${more > 0 ? `; ${more === 1 ? 'one other pattern changes' : `${more} other patterns change`} at the same time` : ''}`
}

/** Those that change there beyond chance, most telling first. */
function votersAt(
  { series, chance, from, to }: Scan,
  border: number,
): readonly { readonly each: Series; readonly weight: number }[] {
  return series
    .map((each) => ({ each, weight: vote(changeAt(each, border, { from, to }) - chance, each.alarm) }))
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight || compare(a.each, b.each))
}

const NAMED = 2
const HOUR_MS = 3_600_000
const TEMPLATE_SHOWN = 80

function compare({ pattern: a }: Pick<Series, 'pattern'>, { pattern: b }: Pick<Series, 'pattern'>): number {
  const [one = '', other = ''] = [a?.template, b?.template]
  return one < other ? -1 : one > other ? 1 : 0
}

/** Fisher and Yates. */
function shuffled(order: readonly number[], random: () => number): readonly number[] {
  const list = [...order]
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = list[at] ?? 0
    list[at] = list[other] ?? 0
    list[other] = kept
  }
  return list
}
