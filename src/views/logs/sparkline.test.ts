import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { width } from '../../base/safe-text.ts'
import { sparkline } from './sparkline.ts'

const timeline = (buckets: number, first = 0) => ({ originMs: 1000_000, widthMs: 1000, first, buckets })
const unicode = { unicode: true }

describe('a sparkline', () => {
  it('shows the highest full, none as a space, and the onset as a bar', () => {
    expect(sparkline([0, 1, 4, 8], timeline(4, -2), 10, unicode, 1000_000)).toBe(' ▁│▄█')
    expect(sparkline([0, 1, 4, 8], timeline(4, -2), 10, { unicode: false }, 1000_000)).toBe(' .|=@')
  })
  it('adds neighbours where there are more buckets than columns, and none across the onset', () => {
    expect(sparkline([1, 1, 1, 0, 0, 9], timeline(6, -3), 3, unicode, 1000_000)).toBe('▁▂│ █')
  })
  it('is empty for nothing', () => {
    expect(sparkline([], timeline(0), 10, unicode)).toBe('')
  })
  it('fits, whatever the counts', () => {
    const columns = fc.integer({ min: 1, max: 60 })
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 300 }), columns, fc.integer(), (counts, wide, marked) => {
        const line = sparkline(counts, timeline(counts.length), wide, unicode, marked)
        // One column more where the columns do not begin with the first bucket, and the bar.
        expect(width(line)).toBeLessThanOrEqual(wide + 2)
      }),
    )
  })
})
