import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elapsedSince } from './elapsed.ts'

/** Asks after each step, in which the two clocks went on by so many milliseconds. */
function told(steps: readonly (readonly [wall: number, steady: number])[]): readonly number[] {
  let wall = 1_700_000_000_000
  let steady = 5_000
  const elapsed = elapsedSince({ wall: () => wall, steady: () => steady })
  return steps.map(([byWall, bySteady]) => {
    wall += byWall
    steady += bySteady
    return elapsed()
  })
}

describe('how long ago something began', () => {
  it.each<readonly [string, readonly (readonly [number, number])[], readonly number[]]>([
    [
      'as both clocks have it',
      [
        [100, 100],
        [50, 50],
      ],
      [100, 150],
    ],
    [
      'where the clock is set back by an hour',
      [
        [100, 100],
        [-3_600_000, 20],
        [30, 30],
      ],
      [100, 120, 150],
    ],
    [
      'where the laptop sleeps for an hour',
      [
        [100, 100],
        [3_600_000, 5],
      ],
      [100, 3_600_100],
    ],
  ])('is %s', (_, steps, expected) => expect(told(steps)).toEqual(expected))

  it('does not grow by how often it is asked', () => {
    const steps = Array.from({ length: 3_000 }, (_each, at) => [at % 2, 0.5] as const)
    expect(told(steps).at(-1)).toBe(1_500)
  })

  it('is never negative, nor less than before, whatever the clocks do', () => {
    const step = fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 1e6 }))
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const times = [0, ...told(steps)]
        expect(times).toEqual(times.toSorted((a, b) => a - b))
      }),
    )
  })
})
