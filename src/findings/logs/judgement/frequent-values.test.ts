import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrequentValues } from './frequent-values.ts'

describe('the most frequent values', () => {
  it('are counted within their bound, in bounded memory, whatever comes', () => {
    const values = fc.array(fc.integer({ min: 0, max: 40 }).map(String), { maxLength: 400 })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (all, most) => {
        const frequent = createFrequentValues(most)
        for (const value of all) frequent.add(value)
        const counts = frequent.counts()
        expect(frequent.total()).toBe(all.length)
        expect(counts.size).toBeLessThanOrEqual(most)
        for (const value of new Set(all)) {
          const truth = all.filter((each) => each === value).length
          const counted = counts.get(value) ?? 0
          expect(counted).toBeLessThanOrEqual(truth)
          expect(counted).toBeGreaterThanOrEqual(truth - all.length / (most + 1))
        }
      }),
      { numRuns: 200 },
    )
  })
})
