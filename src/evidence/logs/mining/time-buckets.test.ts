import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTimeBuckets } from './time-buckets.ts'

/** Records of some of 300 series, more than room is made for at first, within a day: buckets become wider several times. */
const someRecords = fc.array(fc.record({ series: fc.nat({ max: 299 }), second: fc.nat({ max: 86_400 }) }), {
  minLength: 1,
  maxLength: 400,
})

it('counts each record in the series it was added to, however many there are and however wide buckets become', () => {
  fc.assert(
    fc.property(someRecords, fc.nat({ max: 299 }), (records, moved) => {
      const buckets = createTimeBuckets(0)
      const begun = new Map<number, number>()
      const expected = new Map<number, number[]>()
      for (let one = 0; one < 300; one++) {
        begun.set(one, buckets.begin())
        expected.set(one, [])
      }
      for (const { series, second } of records) {
        buckets.add(begun.get(series) as number, second * 1_000)
        expected.get(series)?.push(second)
      }
      const into = (moved + 1) % 300
      buckets.moveInto(begun.get(moved) as number, begun.get(into) as number)
      expected.get(into)?.push(...(expected.get(moved) ?? []))
      expected.set(moved, [])

      const { widthMs, first, buckets: length } = buckets.timeline()
      for (const [series, seconds] of expected) {
        const counts = new Uint32Array(length)
        buckets.countsOf(begun.get(series) as number, counts)
        const own = new Uint32Array(length)
        for (const second of seconds) {
          const bucket = Math.floor((second * 1_000) / widthMs) - first
          own[bucket] = (own[bucket] as number) + 1
        }
        expect(counts).toEqual(own)
      }
    }),
    { numRuns: 30 },
  )
})
