import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clockReader, stoodStill, type Tick } from './clock.ts'

const TOLD = 'clock 10.20 runs\n-\nclock 11.5 still\n-\nclock 14 runs\n-\nnoise\n0123 proof\n'

describe('the clock that a box tells', () => {
  it('is read whatever the pieces are', () => {
    const cuts = fc.array(fc.nat({ max: TOLD.length }), { maxLength: 6 })
    fc.assert(
      fc.property(cuts, (places) => {
        const { push } = clockReader()
        const at = [0, ...places.toSorted((a, b) => a - b), TOLD.length]
        const ticks = at.slice(1).flatMap((end, index) => push(Buffer.from(TOLD.slice(at[index], end))))
        expect(ticks).toEqual([
          { upMs: 10_200, state: 'runs' },
          { upMs: 11_500, state: 'still' },
          { upMs: 14_000, state: 'runs' },
        ])
      }),
      { numRuns: 200 },
    )
  })

  it('takes any bytes, and makes nothing up', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const { upMs, state } of clockReader().push(bytes)) {
          expect(Number.isFinite(upMs)).toBe(true)
          expect(['still', 'runs']).toContain(state)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('counts stops, also one whose end was not told', () => {
    const ticks: readonly Tick[] = [
      { upMs: 0, state: 'runs' },
      { upMs: 1_000, state: 'still' },
      { upMs: 1_200, state: 'still' },
      { upMs: 4_000, state: 'runs' },
      { upMs: 4_000, state: 'still' },
      { upMs: 5_000, state: 'runs' },
      { upMs: 9_000, state: 'still' },
    ]
    expect(stoodStill(ticks)).toEqual({ stops: 3, longestMs: 3_000, totalMs: 4_000 })
    expect(stoodStill([])).toEqual({ stops: 0, longestMs: 0, totalMs: 0 })
  })
})
