import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createWordSet } from './word-set.ts'

const someWord = fc.oneof(
  fc.integer(),
  fc.integer({ min: -4, max: 4 }).map((each) => (each * 65_536) | 0),
)

it('has what a set has but zero', () => {
  fc.assert(
    fc.property(fc.array(someWord, { maxLength: 600 }), fc.array(someWord), (words, others) => {
      const known = new Set(words.filter((word) => word !== 0))
      const set = createWordSet(words)
      expect(set.size()).toBe(known.size)
      for (const word of [...words, ...others, 0]) expect(set.has(word)).toBe(known.has(word))
    }),
    { numRuns: 200 },
  )
})
