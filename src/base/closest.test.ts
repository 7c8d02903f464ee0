import { describe, expect, it } from 'vitest'
import { closest } from './closest.ts'

describe('closest', () => {
  it.each([
    ['lok', 'look'],
    ['loook', 'look'],
    ['olok', 'look'],
    ['doctro', 'doctor'],
    ['boxs', 'boxes'],
    ['web-1', undefined],
    ['xy', undefined],
    ['', undefined],
  ])('of %j is %j', (word, meant) => {
    expect(closest(word, ['look', 'boxes', 'doctor', 'completion'])).toBe(meant)
  })
})
