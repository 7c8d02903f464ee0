import fc from 'fast-check'
import { expect, test } from 'vitest'
import { momentOf } from './moment.ts'

const now = new Date(2026, 10, 25, 14, 30, 0).getTime()
const local = (month: number, day: number, hours: number, minutes: number, seconds = 0): number =>
  new Date(2026, month, day, hours, minutes, seconds).getTime()

test.each([
  ['14:05', local(10, 25, 14, 5)],
  ['14:05:30', local(10, 25, 14, 5, 30)],
  ['23:10', local(10, 24, 23, 10)],
  ['yesterday 14:05', local(10, 24, 14, 5)],
  ['today 16:00', local(10, 25, 16, 0)],
  ['-30m', now - 1_800_000],
  ['-2h', now - 7_200_000],
  ['- 1 d', now - 86_400_000],
  ['now', now],
  ['2026-11-25 14:05', local(10, 25, 14, 5)],
  ['2026-11-25T14:05:00Z', Date.UTC(2026, 10, 25, 14, 5)],
  ['2026-11-25T14:05:00+02:00', Date.UTC(2026, 10, 25, 12, 5)],
])('%s', (text, expected) => {
  expect(momentOf(text, now)).toBe(expected)
})

test.each(['', '25:00', '14:65', 'soon', '-30', '2026-13-45 10:00', '2026-11-25', '1700000000'])(
  '%j is no moment',
  (text) => {
    expect(momentOf(text, now)).toBeUndefined()
  },
)

test('any text gives a real moment or none', () => {
  fc.assert(fc.property(fc.string(), (text) => !Number.isNaN(momentOf(text, now) ?? 0)))
})
