import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Severity } from '../../../evidence/logs/format.ts'
import { proposeOnset } from './onset.ts'
import type { Pattern, Patterns, SeenSpan } from '../pattern.ts'

const WIDTH_MS = 32_000
const START_MS = 1_000_000

/** Numbers in [0, 1), the same from the same seed (a linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Records in a bucket where so many are expected (Poisson, by D. Knuth's method). */
function drawn(expected: number, random: () => number): number {
  const least = Math.exp(-expected)
  let product = random()
  let count = 0
  for (; product > least; count++) product *= random()
  return count
}

function pattern(template: string, counts: readonly number[], severity?: Severity, box = 'web-1'): Pattern {
  const count = counts.reduce((sum, each) => sum + each, 0)
  const at = (bucket: number): number => START_MS + bucket * WIDTH_MS
  return {
    template,
    severity,
    count,
    counts: Uint32Array.from(counts),
    firstAtMs: count > 0 ? at(counts.findIndex((each) => each > 0)) : NaN,
    lastAtMs: count > 0 ? at(counts.findLastIndex((each) => each > 0) + 1) - 1 : NaN,
    sources: [{ box, source: 'app', count }],
    samples: [],
  }
}

const over = (patterns: readonly Pattern[], seen?: readonly SeenSpan[]): Patterns => ({
  timeline: { originMs: START_MS, widthMs: WIDTH_MS, first: 0, buckets: patterns[0]?.counts.length ?? 0 },
  patterns,
  ...(seen ? { seen } : {}),
})
const buckets = <T>(count: number, make: (at: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => make(at))

/** Patterns of all volumes whose rates do not change. */
function noise(seed: number, many = 40, length = 64): readonly Pattern[] {
  const random = numbers(seed)
  return buckets(many, (at) => {
    const expected = Math.exp(random() * 8 - 6)
    const severity = at % 10 === 7 ? 'error' : at % 10 === 8 ? 'warning' : 'info'
    return pattern(
      `noise ${at}`,
      buckets(length, () => drawn(expected, random)),
      severity,
    )
  }).filter(({ count }) => count > 0)
}

/** Buckets between the onset that is proposed and the true one. */
const missedBy = (patterns: Patterns, trueBucket: number): number =>
  Math.abs(((proposeOnset(patterns)?.atMs ?? NaN) - START_MS) / WIDTH_MS - trueBucket)

describe('proposeOnset', () => {
  it('proposes none in stationary noise', () => {
    const proposals = buckets(60, (seed) => proposeOnset(over(noise(seed + 1)))).filter((each) => each !== undefined)
    // Measured over many more: below one in a hundred.
    expect(proposals.length).toBeLessThanOrEqual(1)
  })

  it('finds errors that begin, and says so', () => {
    const random = numbers(5)
    const errors = pattern(
      'no price for <*>',
      buckets(64, (at) => (at < 40 ? 0 : drawn(2, random))),
      'error',
    )
    const onset = proposeOnset(over([...noise(1), errors]))
    expect(Math.abs(((onset?.atMs ?? NaN) - START_MS) / WIDTH_MS - 40)).toBeLessThanOrEqual(1)
    expect(onset?.why).toMatch(/^"no price for <\*>" is new \(\d+ since\)/)
    expect(onset?.confidence).toBeGreaterThan(0.95)
    expect(onset?.confidence).toBeLessThan(1)
  })

  it('finds errors that treble, lines that stop together, and new lines that begin together', () => {
    const random = numbers(6)
    const series = (before: number, after: number): readonly number[] =>
      buckets(64, (at) => drawn(at < 30 ? before : after, random))
    expect(missedBy(over([...noise(2), pattern('retry', series(3, 9), 'error')]), 30)).toBeLessThanOrEqual(2)
    const stops = buckets(3, (at) => pattern(`worker ${at} done`, series(5, 0), 'info'))
    expect(missedBy(over([...noise(3), ...stops]), 30)).toBeLessThanOrEqual(2)
    const begins = buckets(4, (at) => pattern(`fallback ${at}`, series(0, 2), 'info'))
    expect(missedBy(over([...noise(4), ...begins]), 30)).toBeLessThanOrEqual(2)
  })

  it('finds the bucket in a timeline that is longer than what is scanned', () => {
    const random = numbers(7)
    const errors = pattern(
      'no price',
      buckets(500, (at) => (at < 333 ? 0 : drawn(1, random))),
      'error',
    )
    expect(missedBy(over([...noise(5, 20, 500), errors]), 333)).toBeLessThanOrEqual(2)
  })

  it('takes neither one new harmless line nor a single burst for an onset', () => {
    const random = numbers(8)
    const harmless = pattern(
      'cache warmed',
      buckets(64, (at) => (at < 30 ? 0 : drawn(2, random))),
      'info',
    )
    expect(proposeOnset(over([...noise(6), harmless]))).toBeUndefined()
    const burst = pattern(
      'batch failed',
      buckets(64, (at) => (at === 30 ? 50 : 0)),
      'error',
    )
    expect(proposeOnset(over([...noise(7), burst]))).toBeUndefined()
  })

  it('does not take the beginning of a log for the beginning of trouble', () => {
    const late = buckets(6, (at) =>
      pattern(
        `web-2 line ${at}`,
        buckets(64, (bucket) => (bucket < 30 ? 0 : 4)),
        'warning',
        'web-2',
      ),
    )
    const seen = [{ box: 'web-2', source: 'app', fromMs: START_MS + 30 * WIDTH_MS, toMs: START_MS + 64 * WIDTH_MS }]
    expect(proposeOnset(over([...noise(8), ...late]))).toBeDefined()
    expect(proposeOnset(over([...noise(8), ...late], seen))).toBeUndefined()
  })

  it('does not take the end of a log for its silence', () => {
    // The last bucket was only begun: of some hundred records a bucket it has a few.
    for (const length of [64, 143, 144]) {
      const ends = buckets(6, (kind) => {
        const counts = buckets(length, (at) => (at === length - 1 ? 4 : 120 + ((at * 7 + kind) % 5)))
        return { ...pattern(`request ${kind}`, counts, 'info'), lastAtMs: START_MS + (length - 0.97) * WIDTH_MS }
      })
      expect(proposeOnset(over(ends))).toBeUndefined()
    }
  })

  it('says nothing of too little: no patterns, no times, few buckets', () => {
    expect(proposeOnset(over([]))).toBeUndefined()
    expect(
      proposeOnset(
        over([
          pattern(
            'x',
            buckets(64, () => 0),
          ),
        ]),
      ),
    ).toBeUndefined()
    expect(proposeOnset(over([pattern('x', [0, 0, 9, 9], 'error')]))).toBeUndefined()
  })

  it('takes any counts: a moment within the timeline, the same whatever the order', () => {
    const anyPattern = fc
      .tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.array(fc.oneof(fc.constant(0), fc.nat(4), fc.nat(1e6)), { minLength: 20, maxLength: 20 }),
        fc.constantFrom<Severity>('error', 'info'),
      )
      .map(([template, counts, severity]) => pattern(template, counts, severity))
    fc.assert(
      fc.property(fc.array(anyPattern, { maxLength: 6 }), (list) => {
        const timeline = { originMs: START_MS, widthMs: WIDTH_MS, first: 0, buckets: 20 }
        const onset = proposeOnset({ timeline, patterns: list })
        if (onset) {
          expect(onset.atMs > START_MS && onset.atMs < START_MS + 20 * WIDTH_MS).toBe(true)
          expect(onset.confidence >= 0.9 && onset.confidence < 1).toBe(true)
          expect(onset.why).not.toMatch(/NaN|Infinity|undefined/)
        }
        expect(proposeOnset({ timeline, patterns: list.toReversed() })?.atMs).toBe(onset?.atMs)
      }),
      { numRuns: 100 },
    )
  })
})
