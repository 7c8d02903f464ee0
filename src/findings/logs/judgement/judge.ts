import { alarmOf } from './alarm.ts'
import { partOfBoots } from './boots.ts'
import { behindTheirCause } from './behind-their-cause.ts'
import { dispersionOf } from './dispersion.ts'
import { exposures, type Exposure } from './exposure.ts'
import type { Pattern, Patterns } from '../pattern.ts'
import { changedValues } from './values.ts'
import type { JudgedPattern, Rate } from '../verdict.ts'

/**
 * Each pattern before and after the onset, what matters most first.
 *
 * Of a pattern with `a` records before the onset and `b` after it, `n = a + b`, of which a share `p` would lie after it if nothing had changed (`p`: the
 * part of the time that its logs were seen which lies after the onset):
 *
 *     G² = 2 (a ln(a / n(1-p)) + b ln(b / np))        with the sign of b - np
 *
 * is the log-likelihood ratio of "its rate changed at the onset" against "it did not" (T. Dunning, "Accurate Methods for the Statistics of Surprise and
 * Coincidence", Computational Linguistics 19, 1993), which holds for small counts too. It is taken twice where it rises, by the clock and beside the rest
 * of the log, and the smaller one counts: where traffic doubles each line doubles, and none of them is the answer. How much the rest has risen is the
 * median of the patterns' ratios (as S. Anders, W. Huber, "Differential expression analysis for sequence count data", Genome Biology 11, 2010, do for
 * genes), which a few that spike do not move.
 *
 *     x = G² / φ
 *
 * φ is how unevenly its records come (`dispersion.ts`), so that a burst of a pattern that comes in bursts is no spike. Then
 *
 *     score = x / (1 + x / S)  +  N (1 - pⁿ) [new]  +  A w alarm  -  D ln max(1, k / K) [new]
 *     S = S₀ min(1, K / h) + S₁ alarm        S₀ = 40, S₁ = 40, N = 1, A = 4 (2 of a pattern that is not new), D = 4, K = 6
 *
 * - `alarm`, 0 to 1: severity and words (`alarm.ts`). Evidence saturates at S: no number of harmless new lines makes up for one that says what broke.
 * - `w`: of a new pattern 1 - pⁿ/2, else how far x is on the way to significance, at most 1: what failed before just as often gets nothing for it.
 * - `pⁿ`: how likely a steady pattern would have all its n records after the onset.
 * - `k`: how many new patterns are at least as alarming and have at least as much evidence, itself included; `h`: how many new patterns are harmless and
 *   beyond chance. What a restart or a new version writes for the first time comes in dozens, and each of the dozens says little.
 * - Of a pattern that becomes rarer the score is x / (1 - x / S), below 0; gone silent, it is 3 |x| / (16 + |x|): where a program has ended all its
 *   harmless lines are gone, and each is less than a single error that says why.
 *
 * Verdicts, of M patterns: `new`: none before, and 1 - pⁿ at least 0.05. `spiking`: x at least max(6.6, 2 ln M) and at least 1.5 times the rate. `silent`:
 * as far down, a tenth of the rate or less, and three records before at least. A Poisson count strays so far with a probability of at most e^(-x/2), so that among M patterns without a
 * change less than one is expected to be called changed (H. Chernoff, "A Measure of Asymptotic Efficiency …", Annals of Mathematical Statistics 23, 1952).
 * What was not seen before the onset is never new.
 *
 * What belongs to the boot of a box (`boots.ts`) ranks behind all else.
 *
 * Pure: neither the order of the patterns nor anything else matters.
 *
 * @param onsetMs console clock; records of the bucket in which it lies are shared out by time
 * @param seen what was read of all logs; `Patterns.seen` says it log by log
 */
export function judgePatterns(
  patterns: Patterns,
  onsetMs: number,
  seen?: { readonly fromMs: number; readonly toMs: number },
): readonly JudgedPattern[] {
  const exposureOf = exposures(patterns, onsetMs, seen)
  const sides = patterns.patterns.map((pattern): Sides =>
    sidesOf(pattern, patterns.timeline, onsetMs, exposureOf(pattern)),
  )
  const isOfBoot = partOfBoots(patterns)
  const rise = riseOfTheRest(sides.filter(({ pattern }) => !isOfBoot(pattern)))
  const changes = sides.map((side) => changeOf(side, rise, patterns.timeline, onsetMs, sides.length))
  // The crowd that a boot writes is known, and weighs down nothing else.
  const ordinary = changes.filter(({ pattern }) => !isOfBoot(pattern))
  const crowds = crowdsOf(ordinary)
  const harmless = ordinary.filter(
    ({ verdict, alarm, evidence, significant }) => verdict === 'new' && alarm < HARMLESS && evidence >= significant,
  ).length
  const judged = changes.map((change): JudgedPattern => {
    const { pattern, before, after, exposure, verdict } = change
    const each: JudgedPattern = {
      ...pattern,
      verdict,
      before: rate(before, exposure.beforeMs),
      after: rate(after, exposure.afterMs),
      score: scoreOf(change, crowds.get(change) ?? 1, harmless),
      changed: [],
      ...(isUncompared(change, onsetMs) ? { uncompared: true } : {}),
    }
    return isOfBoot(pattern) ? asOfBoot(each) : each
  })
  return withChangedValues(behindTheirCause(judged).toSorted(worstFirst), patterns.patterns, onsetMs)
}

/** Behind all that is not of a boot; what of it is over is not gone. */
function asOfBoot(pattern: JudgedPattern): JudgedPattern {
  const verdict = pattern.verdict === 'silent' ? 'steady' : pattern.verdict
  return { ...pattern, verdict, ofBoot: true, score: -1 / (1 + Math.max(0, pattern.score)) }
}

/** Where there is no onset nothing is compared, and nothing is missing. */
function isUncompared({ before, after, exposure }: Change, onsetMs: number): boolean {
  return Number.isFinite(onsetMs) && before === 0 && after > 0 && exposure.afterShare >= 1
}

/** Of those that are looked at: the first ones, and the most frequent ones, in which a share can change while their number does not. */
function withChangedValues(
  judged: readonly JudgedPattern[],
  patterns: readonly Pattern[],
  onsetMs: number,
): readonly JudgedPattern[] {
  const frequent = new Set(judged.toSorted((a, b) => b.count - a.count).slice(0, VALUES_OF))
  const values = changedValues(patterns, onsetMs)
  return judged.map((pattern, at) =>
    at < VALUES_OF || frequent.has(pattern) ? { ...pattern, changed: values(pattern) } : pattern,
  )
}

const VALUES_OF = 200
/** S₀, S₁: evidence of harmless patterns saturates here, and so much later for the most alarming. In units of G². */
const SATURATION = 40
const ALARMING_SATURATION = 40
/** N: what being new is worth, beside its G². */
const NOVELTY = 1
/** A: what an error is worth above a harmless pattern that changed as much: about what three more new lines have in G². */
const ALARM = 4
const ALARM_OF_KNOWN = 2
/** D: what each e-fold of companions costs a new pattern, from K of them on: a screen shows about so many. */
const CROWD_COST = 4
const CROWD = 6
/** Less alarming ones are called harmless. */
const HARMLESS = 0.2
/** The most that going silent is worth: where a program has ended all its harmless lines are gone, and each is less than a single error that says why. */
const SILENT = 3
const SILENT_HALF = 16
/** Orders what did not change. */
const STANDING = 0.1
/** 1 % of chi-squared with one degree of freedom. */
const SIGNIFICANT = 6.63
const SPIKE_RATIO = 1.5
const SILENT_RATIO = 0.1
/** Records before the onset: what came twice had no habit that it could break. */
const SILENT_LEAST = 3
/** The least 1 - pⁿ that is called new: less means that hardly anything was seen before the onset. */
const NEW_SURPRISE = 0.05
/** Patterns, and records of each on either side, that the rise of the rest is told from. */
const REST_PATTERNS = 5
const REST_RECORDS = 5

interface Sides {
  readonly pattern: Pattern
  readonly before: number
  readonly after: number
  readonly exposure: Exposure
}

interface Change extends Sides {
  readonly alarm: number
  /** x, with its sign. */
  readonly evidence: number
  /** 1 - pⁿ. */
  readonly surprise: number
  /** x from which on it is no chance. */
  readonly significant: number
  readonly verdict: JudgedPattern['verdict']
}

/** Records on either side. What lies in a bucket across the onset is shared out, unless first and last record tell on which side all are. */
function sidesOf(
  pattern: Pattern,
  { originMs, widthMs, first }: Patterns['timeline'],
  onsetMs: number,
  exposure: Exposure,
): Sides {
  const { counts, firstAtMs, lastAtMs } = pattern
  const onset = (onsetMs - originMs) / widthMs - first
  let all = 0
  let before = 0
  counts.forEach((count, at) => {
    all += count
    before += count * Math.min(1, Math.max(0, onset - at))
  })
  if (firstAtMs >= onsetMs) before = 0
  if (lastAtMs < onsetMs) before = all
  before = Math.round(before)
  return { pattern, before, after: all - before, exposure }
}

function changeOf(
  side: Sides,
  rise: number,
  { originMs, widthMs, first }: Patterns['timeline'],
  onsetMs: number,
  tests: number,
): Change {
  const { pattern, before, after, exposure } = side
  const { afterShare } = exposure
  const seenBothSides = afterShare > 0 && afterShare < 1
  const clock = seenBothSides ? signedG2(before, after, afterShare) : 0
  const beside = seenBothSides ? signedG2(before, after, shareRisen(afterShare, rise)) : 0
  const plain = clock > 0 ? Math.max(0, Math.min(clock, beside)) : clock
  const onset = Math.min(pattern.counts.length, Math.max(0, (onsetMs - originMs) / widthMs - first))
  const evidence = plain / unevenness(pattern.counts, onset, before, after)
  const surprise = before === 0 && seenBothSides ? 1 - afterShare ** after : 0
  const significant = Math.max(SIGNIFICANT, 2 * Math.log(Math.max(1, tests)))
  // 1 when the rate after is that of before.
  const ratio = seenBothSides ? (after * (1 - afterShare)) / Math.max(before * afterShare, Number.MIN_VALUE) : 1
  const verdict =
    after > 0 && surprise >= NEW_SURPRISE
      ? 'new'
      : evidence >= significant && ratio >= SPIKE_RATIO
        ? 'spiking'
        : evidence <= -significant && ratio <= SILENT_RATIO && before >= SILENT_LEAST
          ? 'silent'
          : 'steady'
  return { ...side, alarm: alarmOf(pattern), evidence, surprise, significant, verdict }
}

/** From the buckets that lie wholly before the onset; of a pattern that has no records there, from those after it, and one burst still counts as two records. */
function unevenness(counts: Uint32Array, onset: number, before: number, after: number): number {
  // The first and the last bucket are not wholly seen.
  if (before > 0) return dispersionOf(counts, 1, Math.floor(onset))
  return Math.min(dispersionOf(counts, Math.ceil(onset), counts.length - 1), Math.max(1, after / 2))
}

function signedG2(before: number, after: number, afterShare: number): number {
  const all = before + after
  const term = (seen: number, expected: number): number => (seen > 0 ? seen * Math.log(seen / expected) : 0)
  // Below zero only by rounding.
  const g2 = Math.max(0, 2 * (term(before, all * (1 - afterShare)) + term(after, all * afterShare)))
  return after >= all * afterShare ? g2 : -g2
}

/** The share after the onset of a pattern that rises as the rest does. */
function shareRisen(afterShare: number, rise: number): number {
  return (afterShare * rise) / (afterShare * rise + 1 - afterShare)
}

/** By how much the rest of the log became more frequent: the median over all patterns with records enough; 1 when they are few. */
function riseOfTheRest(sides: readonly Sides[]): number {
  const ratios = sides
    .filter(
      ({ before, after, exposure: { afterShare } }) =>
        before >= REST_RECORDS && after >= REST_RECORDS && afterShare > 0 && afterShare < 1,
    )
    .map(({ before, after, exposure: { afterShare } }) => (after * (1 - afterShare)) / (before * afterShare))
    .toSorted((a, b) => a - b)
  return ratios.length < REST_PATTERNS ? 1 : (ratios[Math.floor(ratios.length / 2)] ?? 1)
}

/** Of each new pattern: how many new ones are at least as alarming and have at least as much evidence, itself included. */
function crowdsOf(changes: readonly Change[]): ReadonlyMap<Change, number> {
  const fresh = changes.filter(({ verdict }) => verdict === 'new').toSorted((a, b) => b.evidence - a.evidence)
  const crowds = new Map<Change, number>()
  // Alarms are few different figures: counted by tenths, so that this is linear in the number of patterns.
  const levels = Array.from({ length: LEVELS + 1 }, () => 0)
  for (let start = 0; start < fresh.length;) {
    let end = start
    while (end < fresh.length && fresh[end]?.evidence === fresh[start]?.evidence) end++
    const equals = fresh.slice(start, end)
    for (const { alarm } of equals) levels[level(alarm)] = (levels[level(alarm)] ?? 0) + 1
    for (const change of equals)
      crowds.set(
        change,
        levels.slice(level(change.alarm)).reduce((sum, each) => sum + each, 0),
      )
    start = end
  }
  return crowds
}

const LEVELS = 10

function level(alarm: number): number {
  return Math.round(alarm * LEVELS)
}

function scoreOf(change: Change, crowd: number, harmless: number): number {
  const { alarm, evidence, surprise, significant, verdict, before, after } = change
  const saturation = SATURATION * Math.min(1, CROWD / Math.max(1, harmless)) + ALARMING_SATURATION * alarm
  const strength = Math.abs(evidence) / (1 + Math.abs(evidence) / saturation)
  const standing = STANDING * alarm
  if (verdict === 'silent') return (SILENT * -evidence) / (SILENT_HALF - evidence) + standing
  if (evidence < 0) return standing - strength
  if (verdict === 'new')
    return (
      strength +
      NOVELTY * surprise +
      ALARM * alarm * (0.5 + surprise / 2) -
      CROWD_COST * Math.log(Math.max(1, crowd / CROWD)) +
      standing
    )
  // Nothing was seen before the onset: an error is still worth a look.
  if (before === 0 && after > 0) return standing + (ALARM * alarm) / 2
  return strength + ALARM_OF_KNOWN * alarm * Math.min(1, evidence / significant) + standing
}

function rate(count: number, spanMs: number): Rate {
  return { count, perHour: spanMs > 0 ? (count * HOUR_MS) / spanMs : 0 }
}

const HOUR_MS = 3_600_000

/** By score; what else they differ in only makes the order the same each time. */
function worstFirst(a: JudgedPattern, b: JudgedPattern): number {
  return (
    b.score - a.score ||
    b.after.count - a.after.count ||
    b.count - a.count ||
    compare(a.template, b.template) ||
    compare(place(a), place(b)) ||
    compare(a.counts.join(' '), b.counts.join(' ')) ||
    compare(String(a.severity), String(b.severity))
  )
}

function place({ sources }: JudgedPattern): string {
  return sources.map(({ box, source, count }) => `${box} ${source} ${count}`).join('\n')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
