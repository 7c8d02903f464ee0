import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Tick } from './clock.ts'
import { untoldStops } from './untold-stops.ts'

/** As the box tells it: looked at each 200 ms, and "runs" in between when it ran between two looks at which it stood still. */
function ticksOf(looks: readonly boolean[]): readonly Tick[] {
  return looks.flatMap((isStill, at): readonly Tick[] => {
    const upMs = 5_000 + at * 200
    const was = at === 0 ? undefined : looks[at - 1]
    if (isStill) return [...(was ? [{ upMs, state: 'runs' } as const] : []), { upMs, state: 'still' }]
    return was === false ? [] : [{ upMs, state: 'runs' }]
  })
}
const sharesOf = (ticks: readonly Tick[], isTold = false): readonly number[] => {
  const share = untoldStops(10_000)
  return ticks.map((tick) => share(tick, isTold))
}

describe('stops that gdb tells nobody of', () => {
  it('are as much of the time as it was seen still', () => {
    const looks = Array.from({ length: 400 }, (_, at) => at % 4 !== 3)
    expect(sharesOf(ticksOf(looks)).at(-1)).toBeCloseTo(0.75, 1)
  })
  it('are none where gdb has told of them', () => {
    expect(sharesOf(ticksOf([true, true, true, true]), true)).toEqual([0, 0, 0, 0, 0, 0, 0])
  })
  it('are forgotten when the window has gone over them', () => {
    const share = untoldStops(10_000)
    share({ upMs: 0, state: 'still' }, false)
    expect(share({ upMs: 8_000, state: 'runs' }, false)).toBe(0.8)
    expect(share({ upMs: 12_000, state: 'still' }, false)).toBe(0.6)
    expect(share({ upMs: 30_000, state: 'runs' }, true)).toBe(0)
  })
  it('are a share, whatever the clock of a box says', () => {
    const tick = fc.record({ upMs: fc.nat(1_000_000), state: fc.constantFrom('still' as const, 'runs' as const) })
    fc.assert(
      fc.property(fc.array(tick, { maxLength: 30 }), (ticks) => {
        for (const share of sharesOf(ticks)) expect(share >= 0 && share <= 1).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
