import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inOne, applied, type Change } from './change.ts'

/** Changes that do not touch, of a text of some length; each with a mark of its own. */
const changesOf = (length: number, mark: string): fc.Arbitrary<readonly Change[]> =>
  fc.uniqueArray(fc.nat({ max: length }), { maxLength: 8 }).map((places) => {
    const sorted = places.toSorted((a, b) => a - b)
    return sorted.flatMap((start, at) => {
      const end = sorted[at + 1]
      return at % 2 === 0 && end !== undefined ? [{ start, end, mark: `${mark}${at}` }] : []
    })
  })

describe('changes', () => {
  it('of what came of changes are changes of the text', () => {
    const plans = fc
      .string({ minLength: 1, maxLength: 40 })
      .chain((text) =>
        changesOf(text.length, '‹a›').chain((first) =>
          changesOf(applied(text, first).length, '‹b›').map((second) => ({ text, first, second })),
        ),
      )
    fc.assert(
      fc.property(plans, ({ text, first, second }) => {
        const once = applied(text, first)
        const marks = first.map(({ start, mark }, at) => {
          const begins = first
            .slice(0, at)
            .reduce((sum, each) => sum + each.mark.length - (each.end - each.start), start)
          return { begins, ends: begins + mark.length }
        })
        const isCut = second.some(({ start, end }) =>
          marks.some(({ begins, ends }) => [start, end].some((place) => place > begins && place < ends)),
        )
        const all = inOne(first, second)
        expect(all.every(({ start, end }, at) => start <= end && start >= (all[at - 1]?.end ?? 0))).toBe(true)
        if (!isCut) expect(applied(text, all)).toBe(applied(once, second))
        else for (const { mark } of second) expect(applied(text, all)).toContain(mark)
      }),
      { numRuns: 2_000 },
    )
  })
})
