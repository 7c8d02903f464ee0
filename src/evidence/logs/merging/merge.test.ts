import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LineBatch } from './line-batch.ts'
import { createMerge, type Merge, type MergeOptions } from './merge.ts'

/** A line of a log, told by where it is from: source, place in it, time. */
type Line = readonly [source: number, place: number, time: number]

/** What each place of a log bears as bytes: its place, in two bytes. */
function batchOf(from: number, times: readonly number[]): LineBatch {
  const bytes = Uint8Array.from(times.flatMap((_, at) => [(from + at) >> 8, (from + at) & 255]))
  return {
    bytes,
    count: times.length,
    offsets: Uint32Array.from({ length: times.length + 1 }, (_, at) => 2 * at),
    times: Float64Array.from(times),
  }
}

/** A merge, and what went out of it. */
function merging(options: Omit<MergeOptions, 'emit'>): {
  readonly merge: Merge
  readonly out: Line[]
  readonly sent: number[]
} {
  const out: Line[] = []
  const sent = options.skewsMs.map(() => 0)
  const merge = createMerge({
    ...options,
    emit: (source, { bytes, offsets, times }, from, to) => {
      for (let at = from; at < to; at++) {
        const start = offsets[at] ?? 0
        out.push([source, (bytes[start] ?? 0) * 256 + (bytes[start + 1] ?? 0), times[at] ?? -1])
      }
    },
  })
  return { merge, out, sent }
}

/** Brings logs in pieces, in a given order of turns. */
function merged(
  logs: readonly (readonly number[])[],
  turns: readonly (readonly [source: number, size: number])[],
  skewsMs: readonly number[] = logs.map(() => 0),
): readonly Line[] {
  const { merge, out, sent } = merging({ skewsMs })
  const bring = (source: number, size: number): void => {
    const from = sent[source] ?? 0
    const times = logs[source]?.slice(from, from + size) ?? []
    sent[source] = from + times.length
    void merge.add(source, batchOf(from, times), 0)
  }
  for (const [source, size] of turns) if (source < logs.length) bring(source, size)
  logs.forEach((log, source) => {
    bring(source, log.length)
    merge.end(source, 0)
  })
  return out
}

/** What a merge is, said slowly: of the next line of each log the earliest goes first; one without a time goes at once. */
function slowly(logs: readonly (readonly number[])[], skewsMs: readonly number[]): readonly Line[] {
  const at = logs.map(() => 0)
  const out: Line[] = []
  for (;;) {
    let best = -1
    let least = Infinity
    logs.forEach((log, source) => {
      const time = log[at[source] ?? 0]
      if (time === undefined) return
      const key = Number.isNaN(time) ? -Infinity : time - (skewsMs[source] ?? 0)
      if (best < 0 || key < least) [best, least] = [source, key]
    })
    if (best < 0) return out
    const place = at[best] ?? 0
    out.push([best, place, logs[best]?.[place] ?? -1])
    at[best] = place + 1
  }
}

const time = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 30 }) },
  { weight: 1, arbitrary: fc.constant(NaN) },
)
const someLogs = fc.array(fc.array(time, { maxLength: 20 }), { minLength: 1, maxLength: 7 })
const someTurns = fc.array(fc.tuple(fc.nat(6), fc.integer({ min: 1, max: 6 })), { maxLength: 40 })
const someSkews = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 7, maxLength: 7 })

describe('logs merged by time', () => {
  it('come as a stable sort has them, when each is in order', () => {
    const sorted = fc.array(
      fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 }).map((times) => times.toSorted((a, b) => a - b)),
      { minLength: 1, maxLength: 7 },
    )
    fc.assert(
      fc.property(sorted, someTurns, someSkews, (logs, turns, skewsMs) => {
        const all = logs.flatMap((times, source) => times.map((at, place): Line => [source, place, at]))
        const real = ([source, , at]: Line): number => at - (skewsMs[source] ?? 0)
        expect(merged(logs, turns, skewsMs.slice(0, logs.length))).toEqual(all.toSorted((a, b) => real(a) - real(b)))
      }),
      { numRuns: 200 },
    )
  })

  it('come as a slow merge has them, in whatever order their lines are and however they come', () => {
    fc.assert(
      fc.property(someLogs, someTurns, someSkews, (logs, turns, skews) => {
        const skewsMs = skews.slice(0, logs.length)
        expect(merged(logs, turns, skewsMs)).toEqual(slowly(logs, skewsMs))
      }),
      { numRuns: 300 },
    )
  })

  it('lose and invent nothing and keep the order of each log, whatever is late and however little may be held', () => {
    const steps = fc.array(fc.tuple(fc.nat(7), fc.integer({ min: 1, max: 6 }), fc.nat(9)), { maxLength: 60 })
    fc.assert(
      fc.property(someLogs, steps, fc.nat(20), fc.nat(400), (logs, plan, lateMs, holdBytes) => {
        const { merge, out, sent } = merging({ skewsMs: logs.map(() => 0), lateMs, holdBytes })
        let nowMs = 0
        const bring = (source: number, size: number): void => {
          const from = sent[source] ?? 0
          const times = logs[source]?.slice(from, from + size) ?? []
          sent[source] = from + times.length
          void merge.add(source, batchOf(from, times), nowMs)
        }
        for (const [source, size, wait] of plan) {
          nowMs += wait
          if (source < logs.length) bring(source, size)
          else merge.advance(nowMs)
          if (size === 1) merge.pause()
          if (size === 2) merge.resume(nowMs)
        }
        merge.resume(nowMs)
        logs.forEach((log, source) => {
          bring(source, log.length)
          merge.end(source, nowMs)
        })
        logs.forEach((log, source) => {
          expect(out.filter(([from]) => from === source)).toEqual(log.map((at, place) => [source, place, at]))
        })
        expect(merge.dueAtMs()).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('wait for a log that is silent only so long, and count what came too late', () => {
    const { merge, out } = merging({ skewsMs: [0, 0], lateMs: 500 })
    void merge.add(0, batchOf(0, [10, 20, NaN]), 1000)
    expect([out.length, merge.dueAtMs()]).toEqual([0, 1500])
    merge.advance(1499)
    expect(out).toEqual([])
    merge.advance(1500)
    expect(out).toEqual([
      [0, 0, 10],
      [0, 1, 20],
      [0, 2, NaN],
    ])
    expect([merge.late(), merge.dueAtMs()]).toEqual([0, undefined])
    void merge.add(1, batchOf(0, [15, 25]), 1600)
    merge.advance(2100)
    expect(out.slice(3)).toEqual([
      [1, 0, 15],
      [1, 1, 25],
    ])
    expect(merge.late()).toBe(1)
  })

  it('do not call a log late whose own times go backwards', () => {
    const { merge } = merging({ skewsMs: [0, 0] })
    void merge.add(0, batchOf(0, [10, 5, 6, 11]), 0)
    void merge.add(1, batchOf(0, [10, 12]), 0)
    merge.end(0, 0)
    merge.end(1, 0)
    expect(merge.late()).toBe(0)
  })

  it('let a stack trace go out with its record, though it came a moment later', () => {
    const { merge, out } = merging({ skewsMs: [0, 0], lateMs: 500 })
    void merge.add(0, batchOf(0, [10]), 1000)
    void merge.add(0, batchOf(1, [NaN, NaN]), 1400)
    void merge.add(0, batchOf(3, [11]), 1401)
    merge.advance(1500)
    expect(out.map(([, place]) => place)).toEqual([0, 1, 2])
  })

  it('hold a log back that brings more than its share, until there is room', async () => {
    const { merge, out } = merging({ skewsMs: [0, 0], holdBytes: 300 })
    expect(merge.add(0, batchOf(0, [1, 2, 3, 4, 5]), 0)).toBeUndefined()
    let room = false
    const waits = merge.add(0, batchOf(5, [6, 7, 8, 9, 10, 11]), 0)?.then(() => (room = true))
    expect(waits).toBeDefined()
    await Promise.resolve()
    expect([room, out.length]).toEqual([false, 0])
    void merge.add(1, batchOf(0, [5, 30]), 0)
    await waits
    expect([room, out.length]).toEqual([true, 12])
    // What is beyond all that may be held goes out though the other log is waited for.
    void merge.add(
      1,
      batchOf(
        2,
        Array.from({ length: 40 }, () => 31),
      ),
      0,
    )
    expect(out.length).toBe(53)
  })

  it('stand still while whoever takes the lines is slow', () => {
    const { merge, out } = merging({ skewsMs: [0], lateMs: 0 })
    merge.pause()
    void merge.add(0, batchOf(0, [1, 2]), 0)
    merge.advance(5000)
    expect(out).toEqual([])
    merge.resume(5000)
    expect(out.length).toBe(2)
  })
})
