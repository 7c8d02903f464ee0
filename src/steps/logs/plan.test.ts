import { describe, expect, it } from 'vitest'
import { comparedSpans, logPlan, type Onset } from './plan.ts'

const nowMs = Date.UTC(2026, 10, 26, 12)
const hours = (count: number) => count * 3_600_000
const onset = (hoursAgo: number): Onset => ({ atMs: nowMs - hours(hoursAgo), from: 'asked' })
const plan = (request: Partial<Parameters<typeof logPlan>[0]>) => logPlan({ whole: false, nowMs, ...request })

describe('which spans are read', () => {
  it('is the last hour where nothing is said', () => {
    expect(plan({})).toEqual({ onset: undefined, spans: [{ fromMs: nowMs - hours(1) }] })
  })
  it('is all of a file that is named here', () => {
    expect(plan({ whole: true })).toEqual({ onset: undefined, spans: [{}] })
  })
  it('is as long before the onset as after it, an hour at least, what came after it first', () => {
    const began = onset(3)
    expect(plan({ onset: began }).spans).toEqual([
      { fromMs: began.atMs },
      { fromMs: nowMs - hours(6), toMs: began.atMs },
    ])
    expect(plan({ onset: onset(0.1) }).spans[1]).toEqual({ fromMs: nowMs - hours(1.1), toMs: nowMs - hours(0.1) })
  })
  it('is not more than a day of before', () => {
    expect(plan({ onset: onset(100) }).spans[1]?.fromMs).toBe(nowMs - hours(124))
  })
  it('keeps to the window that was asked for', () => {
    const began = onset(1)
    expect(plan({ onset: began, fromMs: nowMs - hours(2), toMs: nowMs - hours(0.5) }).spans).toEqual([
      { fromMs: began.atMs, toMs: nowMs - hours(0.5) },
      { fromMs: nowMs - hours(2), toMs: began.atMs },
    ])
  })
  it('has no onset where that lies outside of it', () => {
    expect(plan({ onset: onset(3), fromMs: nowMs - hours(2) })).toEqual({
      onset: undefined,
      spans: [{ fromMs: nowMs - hours(2) }],
    })
    expect(plan({ onset: onset(-1) }).onset).toBeUndefined()
  })

  it('ends at the same moment for all logs that are compared, unless it is a whole file', () => {
    const began = onset(1)
    expect(comparedSpans(plan({ onset: began }), nowMs)).toEqual([
      { fromMs: began.atMs, toMs: nowMs },
      { fromMs: nowMs - hours(2), toMs: began.atMs },
    ])
    expect(comparedSpans(plan({ whole: true }), nowMs)).toEqual([{}])
  })
})
