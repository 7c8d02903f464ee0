import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Severity } from '../../../evidence/logs/format.ts'
import { judgePatterns } from './judge.ts'
import type { Pattern, Patterns, SeenSpan } from '../pattern.ts'
import type { JudgedPattern } from '../verdict.ts'

/** Buckets of a minute or so, 32 on each side of the onset, which is 0. */
const WIDTH_MS = 64_000
const SIDE = 32

interface Told {
  readonly severity?: Severity
  /** Records in each bucket before the onset, and after it. */
  readonly before?: number | ((bucket: number) => number)
  readonly after?: number | ((bucket: number) => number)
  readonly sources?: Pattern['sources']
}

function pattern(template: string, { severity, before = 0, after = 0, sources }: Told): Pattern {
  const counts = Uint32Array.from({ length: 2 * SIDE }, (_, at) => {
    const side = at < SIDE ? before : after
    return typeof side === 'number' ? side : side(at % SIDE)
  })
  const filled = [...counts.keys()].filter((at) => counts[at] !== 0)
  const count = counts.reduce((sum, each) => sum + each, 0)
  const start = (at: number | undefined): number => (at === undefined ? NaN : (at - SIDE) * WIDTH_MS)
  return {
    template,
    severity,
    count,
    counts,
    firstAtMs: start(filled[0]),
    lastAtMs: start(filled.at(-1)) + WIDTH_MS - 1,
    sources: sources?.map((source) => ({ ...source, count })) ?? [{ box: 'web-1', source: 'app', count }],
    samples: [],
  }
}

const over = (patterns: readonly Pattern[], seen?: readonly SeenSpan[]): Patterns => ({
  timeline: { originMs: 0, widthMs: WIDTH_MS, first: -SIDE, buckets: 2 * SIDE },
  patterns,
  ...(seen ? { seen } : {}),
})
const once =
  (at: number, records = 1) =>
  (bucket: number): number =>
    bucket === at ? records : 0
const told = (judged: readonly JudgedPattern[]): readonly string[] =>
  judged.map(({ verdict, template }) => `${verdict}: ${template}`)
const verdictOf = (judged: readonly JudgedPattern[], template: string): string | undefined =>
  judged.find((each) => each.template === template)?.verdict

const traffic = ['GET orders', 'GET carts', 'GET prices', 'cache hit', 'session opened', 'session closed'].map((name) =>
  pattern(name, { severity: 'info', before: 20, after: 20 }),
)

describe('judgePatterns', () => {
  it('misses nothing that came twice only', () => {
    const twice = pattern('listening', { severity: 'info', before: (bucket) => (bucket < 2 ? 1 : 0) })
    const soon = -(SIDE - 3) * WIDTH_MS
    expect(verdictOf(judgePatterns(over([...traffic, twice]), soon), 'listening')).toBe('steady')
    const often = pattern('counted', { severity: 'info', before: (bucket) => (bucket < 3 ? 2 : 0) })
    expect(verdictOf(judgePatterns(over([...traffic, often]), soon), 'counted')).toBe('silent')
  })

  it('compares nothing with a time in which its log was not seen, and says so', () => {
    const young = pattern('payment refused', {
      severity: 'error',
      after: 1,
      sources: [{ box: 'web-1', source: 'young', count: 0 }],
    })
    const seen = [{ box: 'web-1', source: 'young', fromMs: 60_000, toMs: SIDE * WIDTH_MS }]
    const judged = judgePatterns(over([...traffic, young], seen), 0)
    expect(judged.filter(({ uncompared }) => uncompared).map(({ template, verdict }) => [template, verdict])).toEqual([
      ['payment refused', 'steady'],
    ])
    expect(judgePatterns(over([young]), -Infinity).some(({ uncompared }) => uncompared)).toBe(false)
  })

  it('tells new, spiking, silent and steady apart, in that order', () => {
    const judged = judgePatterns(
      over([
        ...traffic,
        pattern('upstream timed out', { severity: 'error', after: 1 }),
        pattern('retrying', { severity: 'warning', before: 1, after: 3 }),
        pattern('heartbeat', { severity: 'info', before: 2 }),
      ]),
      0,
    )
    expect(told(judged).slice(0, 3)).toEqual(['new: upstream timed out', 'spiking: retrying', 'silent: heartbeat'])
    expect(new Set(judged.slice(3).map(({ verdict }) => verdict))).toEqual(new Set(['steady']))
    expect(judged[1]?.before).toEqual({ count: 32, perHour: (1 / 64) * 3600 })
  })

  it('puts a single new error above all that a restart writes for the first time', () => {
    const chatter = Array.from({ length: 25 }, (_, at) =>
      pattern(`module ${at} loaded`, { severity: 'info', after: once(0, 3) }),
    )
    const [first] = judgePatterns(
      over([...traffic, ...chatter, pattern('no price for <*>', { severity: 'error', after: once(9) })]),
      0,
    )
    expect(first?.template).toBe('no price for <*>')
  })

  it('puts an error of a few records above what a new version writes all day', () => {
    const wordy = Array.from({ length: 20 }, (_, at) => pattern(`handled step ${at}`, { severity: 'info', after: 50 }))
    const [first] = judgePatterns(
      over([
        ...traffic,
        ...wordy,
        pattern('no price for <*>', { severity: 'error', after: (at) => Number(at % 8 === 3) }),
      ]),
      0,
    )
    expect(first?.template).toBe('no price for <*>')
  })

  it('puts a single error above all the lines that are gone with a program that has ended', () => {
    const gone = traffic.map(({ template }) => pattern(`${template} done`, { severity: 'info', before: 20 }))
    const judged = judgePatterns(
      over([...gone, ...traffic, pattern('giving up', { severity: 'error', after: once(0) })]),
      0,
    )
    expect(told(judged).slice(0, 2)).toEqual(['new: giving up', 'silent: GET carts done'])
  })

  it('goes by words where a log has no levels', () => {
    const [first] = judgePatterns(
      over([
        ...traffic,
        pattern('hello', { after: once(4, 2) }),
        pattern('connection to <*> refused', { after: once(4, 2) }),
      ]),
      0,
    )
    expect(first?.template).toBe('connection to <*> refused')
  })

  it('gives an error that was there before, as often, nothing for being one', () => {
    const judged = judgePatterns(
      over([
        ...traffic,
        pattern('old trouble', { severity: 'error', before: 9, after: 9 }),
        pattern('hello', { after: 1 }),
      ]),
      0,
    )
    expect(judged[0]?.template).toBe('hello')
    expect(verdictOf(judged, 'old trouble')).toBe('steady')
  })

  it('does not call a burst of a pattern that comes in bursts a spike', () => {
    const bursts = (bucket: number): number => (bucket % 8 === 3 ? 40 : 0)
    const moreBursts = (bucket: number): number => (bucket % 8 === 3 || bucket === 20 ? 50 : 0)
    const judged = judgePatterns(
      over([
        ...traffic,
        pattern('batch', { before: bursts, after: moreBursts }),
        pattern('even', { before: 5, after: 8 }),
      ]),
      0,
    )
    expect(verdictOf(judged, 'batch')).toBe('steady')
    expect(verdictOf(judged, 'even')).toBe('spiking')
  })

  it('calls nothing a spike because all traffic doubled, and what rose beyond that one', () => {
    const doubled = traffic.map(({ template }) => pattern(template, { before: 20, after: 40 }))
    const judged = judgePatterns(over([...doubled, pattern('slow query', { before: 2, after: 20 })]), 0)
    expect(told(judged.filter(({ verdict }) => verdict !== 'steady'))).toEqual(['spiking: slow query'])
  })

  it('compares rates where the spans are unequal', () => {
    const long = over([
      pattern('even', { before: 10, after: (at) => (at < 2 ? 10 : 0) }),
      pattern('risen', { before: 10, after: (at) => (at < 2 ? 40 : 0) }),
    ])
    const judged = judgePatterns(long, 0, { fromMs: -SIDE * WIDTH_MS, toMs: 2 * WIDTH_MS })
    expect(told(judged)).toEqual(['spiking: risen', 'steady: even'])
    expect(judged[1]?.after.perHour).toBeCloseTo(judged[1]?.before.perHour ?? NaN)
  })

  it('is the same whether a log was read at once or in two spans, the later one first', () => {
    const patterns = [pattern('invoice was not written', { severity: 'error', after: once(3, 9) }), ...traffic]
    const span = (fromMs: number, toMs: number): SeenSpan => ({ box: 'web-1', source: 'app', fromMs, toMs })
    const end = SIDE * WIDTH_MS
    const judged = judgePatterns(over(patterns, [span(0, end), span(-end, 0)]), 0)
    expect(told(judged)[0]).toBe('new: invoice was not written')
    expect(judged).toEqual(judgePatterns(over(patterns, [span(-end, end)]), 0))
  })

  it('finds nothing new in a log that was not seen before the onset', () => {
    const late = [{ box: 'web-2', source: 'app', count: 0 }]
    const patterns = [...traffic, pattern('GET orders on web-2', { severity: 'info', after: 20, sources: late })]
    expect(verdictOf(judgePatterns(over(patterns), 0), 'GET orders on web-2')).toBe('steady')
    const seen = [{ box: 'web-2', source: 'app', fromMs: 0, toMs: SIDE * WIDTH_MS }]
    expect(verdictOf(judgePatterns(over(patterns, seen), 0), 'GET orders on web-2')).toBe('steady')
    const all = [{ box: 'web-2', source: 'app', fromMs: -SIDE * WIDTH_MS, toMs: SIDE * WIDTH_MS }]
    expect(verdictOf(judgePatterns(over(patterns, all), 0), 'GET orders on web-2')).toBe('new')
  })

  it('takes an error log that was empty before the onset for one that had nothing to say', () => {
    const errors = [{ box: 'web-1', source: 'error.log', count: 0 }]
    const judged = judgePatterns(
      over([...traffic, pattern('upstream timed out', { severity: 'error', after: 1, sources: errors })]),
      0,
    )
    expect(told(judged)[0]).toBe('new: upstream timed out')
  })

  it('shares a bucket across the onset out by time, or by first and last record', () => {
    const onsetMs = WIDTH_MS / 4
    const judged = judgePatterns(
      over([
        pattern('even', { before: 8, after: 8 }),
        { ...pattern('late', { after: once(0, 4) }), firstAtMs: onsetMs + 1 },
      ]),
      onsetMs,
    )
    expect(judged.find(({ template }) => template === 'even')?.before.count).toBe(8 * SIDE + 2)
    expect(judged.find(({ template }) => template === 'late')).toMatchObject({
      before: { count: 0 },
      after: { count: 4 },
    })
  })

  it('says nothing of records without a time', () => {
    const undated = { ...pattern('undated', { severity: 'error' }), count: 7 }
    expect(told(judgePatterns(over([undated]), 0))).toEqual(['steady: undated'])
  })

  it('takes any counts: figures, sorted, the same whatever the order of the patterns', () => {
    const anyPattern = fc
      .record({
        template: fc.constantFrom('a', 'b error', 'c <*> timed out', 'd', 'e'),
        severity: fc.constantFrom<Severity | undefined>(undefined, 'fatal', 'error', 'warning', 'info'),
        counts: fc.array(fc.oneof(fc.constant(0), fc.nat(3), fc.nat(2 ** 32 - 1)), { minLength: 6, maxLength: 6 }),
        box: fc.constantFrom('web-1', 'web-2'),
        dated: fc.boolean(),
      })
      .map(({ template, severity, counts, box, dated }): Pattern => {
        const at = counts.findIndex((each) => each > 0)
        const last = counts.findLastIndex((each) => each > 0)
        return {
          template,
          severity,
          count: counts.reduce((sum, each) => sum + each, 0),
          counts: Uint32Array.from(counts),
          firstAtMs: dated && at >= 0 ? at * WIDTH_MS : NaN,
          lastAtMs: dated && at >= 0 ? last * WIDTH_MS : NaN,
          sources: [{ box, source: 'app', count: counts.reduce((sum, each) => sum + each, 0) }],
          samples: [],
        }
      })
    fc.assert(
      fc.property(
        fc.array(anyPattern, { maxLength: 8 }),
        fc.integer({ min: -1, max: 8 * WIDTH_MS }),
        (list, onsetMs) => {
          const timeline = { originMs: 0, widthMs: WIDTH_MS, first: 0, buckets: 6 }
          const judged = judgePatterns({ timeline, patterns: list }, onsetMs)
          expect(judged).toHaveLength(list.length)
          for (const { score, before, after } of judged)
            for (const figure of [score, before.count, before.perHour, after.count, after.perHour])
              expect(Number.isFinite(figure)).toBe(true)
          expect(judged.map(({ score }) => score)).toEqual(judged.map(({ score }) => score).toSorted((a, b) => b - a))
          expect(judgePatterns({ timeline, patterns: list.toReversed() }, onsetMs)).toEqual(judged)
        },
      ),
      { numRuns: 200 },
    )
  })
})
