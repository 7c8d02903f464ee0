import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newDurations, RELATIVE_ERROR } from './durations.ts'

const ms = fc.double({ min: 0.001, max: 1e8, noNaN: true })
const many = fc.array(ms, { minLength: 1, maxLength: 300 })

describe('durations', () => {
  test('every quantile is within the relative error of the value at its rank', () => {
    fc.assert(
      fc.property(many, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const durations = filled(values)
        const exact =
          values.toSorted((one, other) => one - other)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? 0
        const found = durations.quantile(share) ?? 0
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR * 1.0001)
      }),
      { numRuns: 300 },
    )
  })

  test('two that were merged are as one', () => {
    fc.assert(
      fc.property(many, many, (one, other) => {
        const merged = filled(one)
        merged.merge(filled(other))
        const whole = filled([...one, ...other])
        expect(merged.count()).toBe(whole.count())
        for (const share of [0, 0.5, 0.95, 0.99, 1]) expect(merged.quantile(share)).toBe(whole.quantile(share))
      }),
      { numRuns: 100 },
    )
  })

  test('what is longer is counted up to the relative error', () => {
    fc.assert(
      fc.property(many, ms, (values, limit) => {
        const found = filled(values).longerThan(limit)
        const surely = values.filter((value) => value > limit * (1 + 3 * RELATIVE_ERROR)).length
        const atMost = values.filter((value) => value > limit * (1 - 3 * RELATIVE_ERROR)).length
        expect(found).toBeGreaterThanOrEqual(surely)
        expect(found).toBeLessThanOrEqual(atMost)
      }),
      { numRuns: 200 },
    )
  })

  test('takes what is no duration, and holds few buckets for any', () => {
    const durations = filled([Number.NaN, -1, 0, Number.MIN_VALUE, 1e300, Infinity])
    expect(durations.count()).toBe(4)
    expect(durations.buckets().counts.length).toBeLessThan(2000)
    expect(newDurations().quantile(0.5)).toBeUndefined()
  })
})

function filled(values: readonly number[]): ReturnType<typeof newDurations> {
  const durations = newDurations()
  for (const value of values) durations.add(value)
  return durations
}
