import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dispersionOf, usualDispersion, withinDispersion } from './dispersion.ts'

const even = Array.from({ length: 32 }, () => 5)
const bursts = Array.from({ length: 32 }, (_, at) => (at % 8 === 3 ? 40 : 0))

describe('dispersionOf', () => {
  it('is 1 where records come evenly, and about the size of bursts where they come in bursts', () => {
    expect(dispersionOf(even, 0, 32)).toBe(1)
    expect(dispersionOf(bursts, 0, 32)).toBeGreaterThan(20)
  })

  it('sees drift, which short spans do not', () => {
    const drift = Array.from({ length: 32 }, (_, at) => at)
    expect(dispersionOf(drift, 0, 32)).toBeGreaterThan(
      2 *
        dispersionOf(
          [...drift, ...drift].filter((_, at) => at % 2 === 0),
          0,
          8,
        ),
    )
  })

  it('is that of other patterns where there is little to measure', () => {
    expect(dispersionOf([9, 0, 0], 0, 3, 7)).toBe(7)
    expect(dispersionOf([], 0, 0)).toBe(1)
  })

  it('does not take a change at the border for unevenness', () => {
    const step = [...even.map(() => 0), ...even]
    expect(withinDispersion(step, 32, 1)).toBe(1)
    expect(dispersionOf(step, 0, 64)).toBeGreaterThan(2)
  })

  it('takes the usual one from the upper quarter, so that bursts are expected where they are common', () => {
    expect(usualDispersion([])).toBe(1)
    expect(usualDispersion([1, 1, 9, 1])).toBe(9)
  })

  it('is a figure of at least 1 for any counts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 32 - 1), { maxLength: 40 }), fc.nat(45), fc.nat(45), (counts, from, to) => {
        const value = dispersionOf(counts, from, to)
        expect(Number.isFinite(value) && value >= 1).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
