import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barsText, readBars, readStrip, stripText, type Bars, type Strip } from './charts.ts'

const second = fc.integer({
  min: Date.parse('2026-11-25T00:00:00Z') / 1000,
  max: Date.parse('2026-11-27T00:00:00Z') / 1000,
})
const moment = second.map((seconds) => new Date(seconds * 1000).toISOString())
const seq = fc.option(fc.nat(), { nil: undefined })
const strips: fc.Arbitrary<Strip> = fc.record({
  from: fc.constant('2026-11-25T00:00:00.000Z'),
  to: fc.constant('2026-11-27T00:00:00.000Z'),
  boxes: fc.array(
    fc.record({
      name: fc.oneof(fc.string(), fc.constantFrom('web-1', 'a: ok from 14:00:00 (#1)', 'box x', ': ', '')),
      states: fc.array(fc.record({ at: moment, state: fc.constantFrom('critical', 'warning', 'ok', 'unknown'), seq }), {
        minLength: 1,
      }),
    }),
  ),
  marks: fc.array(
    fc.record({
      name: fc.constantFrom('notes', 'relief or change'),
      moments: fc.array(fc.record({ at: moment, seq }), { minLength: 1 }),
    }),
  ),
})

describe('a timeline strip as text', () => {
  it('is read as what it was', () => {
    fc.assert(
      fc.property(strips, (strip) => {
        expect(readStrip(stripText(strip))).toEqual(strip)
      }),
    )
  })

  it.each([
    [[]],
    [['from 2026-11-25 14:00:00 to 2026-11-25 14:00:00 UTC']],
    [['from 2026-11-25 14:00:00 to 2026-11-25 15:00:00 UTC', 'box web-1: burning from 14:00:00']],
    [['from 2026-11-25 14:00:00 to 2026-11-25 15:00:00 UTC', 'notes: 25:00:00']],
    [['from 2026-11-25 14:00:00 to 2026-11-25 15:00:00 UTC', '']],
  ])('is not guessed: %j', (lines) => {
    expect(readStrip(lines)).toBeUndefined()
  })

  it('is read from any text, or not', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        expect(readStrip(lines)).toBeUndefined()
      }),
    )
  })
})

const bar = fc.record({
  value: fc.oneof(
    fc.nat(),
    fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => Number(value.toPrecision(4))),
  ),
  seq,
})
const words = fc.constantFrom('not measured', 'quiet: 3 sockets in CLOSE_WAIT (#17)', 'quiet: 12 (#3)')
const figures: fc.Arbitrary<Bars> = fc.record({
  label: fc
    .oneof(
      fc.constantFrom('open file descriptors, orders-api on web-1', 'x (limit y)', 'before 3', '█'),
      fc.string({ minLength: 1 }),
    )
    .map((text) => text.trim() || 'x')
    .filter((text) => !/[\p{C}\p{Z}]/u.test(text.replaceAll(' ', '')) && !/ \(limit \d+(?:\.\d+)?\)$/.test(text)),
  limit: fc.option(fc.nat(), { nil: undefined }),
  before: bar,
  after: fc.oneof(bar, words),
})

describe('bars as text', () => {
  it('are read as what they were', () => {
    fc.assert(
      fc.property(fc.array(figures, { minLength: 1 }), (all) => {
        expect(readBars(barsText(all))).toEqual(all)
      }),
    )
  })

  it('are read when somebody drew the bars anew, or not at all', () => {
    expect(readBars(['x (limit 10)', '  before  9', '  after  1 (#3) ███'])).toEqual([
      { label: 'x', limit: 10, before: { value: 9, seq: undefined }, after: { value: 1, seq: 3 } },
    ])
  })

  it.each([
    [[]],
    [['']],
    [['x']],
    [['x', '  before 1']],
    [['x', '  before one', '  after 1']],
    [['x', '  before 1', '  after 1', '  more']],
  ])('are not guessed: %j', (lines) => {
    expect(readBars(lines)).toBeUndefined()
  })
})
