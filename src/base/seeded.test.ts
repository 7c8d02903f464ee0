import { expect, it } from 'vitest'
import { seeded } from './seeded.ts'

it('gives the same numbers from the same seed, others from another, all in [0, 1)', () => {
  const numbers = (seed: number): readonly number[] => Array.from({ length: 1000 }, seeded(seed))
  expect(numbers(7)).toEqual(numbers(7))
  expect(numbers(7)).not.toEqual(numbers(8))
  expect(numbers(7).every((number) => number >= 0 && number < 1)).toBe(true)
  expect(new Set(numbers(7)).size).toBe(1000)
})
