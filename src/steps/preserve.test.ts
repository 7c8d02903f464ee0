import { describe, expect, it } from 'vitest'
import { secondsLeft } from './preserve.ts'

describe('the time that a second round trip has', () => {
  it.each([
    ['a first one that took a second', 1_100, 3],
    ['one that took as long as it may', 3_300, 1],
    ['one that was late, and leaves time for what cannot hang', 3_900, 1],
    ['one that leaves hardly any', 4_600, 0],
    ['one that was very late', 60_000, 0],
    ['a clock that was set back', -5_000, 3],
  ])('is after %s what is left of five seconds', (_what, tookMs, seconds) => {
    expect(secondsLeft(1_000_000, 1_000_000 + tookMs)).toBe(seconds)
  })
})
