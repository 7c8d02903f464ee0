import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layoutOf } from './layout.ts'
import { newLineHead } from './line-layout.ts'

const time = { nowMs: Date.UTC(2026, 0, 3), zone: 'Europe/Vienna' }
const two = (value: number): string => String(value).padStart(2, '0')

/** Ways of writing a time that many lines share but for its end. */
const WAYS: readonly ((second: number, millisecond: string) => string)[] = [
  (second, fraction) => `2026-01-02T03:04:${two(second)}.${fraction}Z`,
  (second, fraction) => `2026-01-02T03:04:${two(second)}.${fraction}+02:00`,
  (second, fraction) => `2026-01-02T03:04:${two(second)}.${fraction}+02`,
  (second, fraction) => `2026-01-02 03:04:${two(second)},${fraction}`,
  (second, fraction) => `[2026-01-02 03:04:${two(second)}.${fraction}]`,
  (second) => `10.0.0.7 - - [02/Jan/2026:03:04:${two(second)} +0100]`,
  (second) => `Jan  2 03:04:${two(second)}`,
  (second, fraction) => `Fri Jan 02 03:04:${two(second)}.${fraction} 2026`,
  (second, fraction) => `02.01.2026 03:04:${two(second)}.${fraction}`,
  (second, fraction) => `1767323${two(second)}1.${fraction}`,
  (second, fraction) => `03:04:${two(second)}.${fraction}`,
  (second, fraction) => `{"level":30,"time":"2026-01-02T03:04:${two(second)}.${fraction}Z","msg":"x"}`,
]

/** What stands behind a time, and may be part of it. */
const ENDS = [
  ' x',
  ' web-1 a[1]: b',
  ' PM x',
  ' pm',
  ' CET x',
  ' EST',
  ' INFO x',
  ' +0200 x',
  'Z',
  '5',
  '+03:00',
  ': x',
  '] y',
  ' 2025 x',
  '-1',
  ' [a] b',
  '',
  ' ',
  ' api',
]

const someLog = fc
  .tuple(
    fc.constantFrom(...WAYS),
    fc.array(
      fc.tuple(
        fc.nat({ max: 2 }),
        fc.constantFrom('000', '678', '679', '67', '678901', '6789'),
        fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ENDS.slice(0, 2)) }, fc.constantFrom(...ENDS)),
        fc.constantFrom('', '', '', '', '    at f (a.js:1:2)\n', 'ValueError: x\n'),
      ),
      { minLength: 1, maxLength: 30 },
    ),
  )
  .map(([way, lines]) =>
    lines.map(([second, fraction, end, before]) => `${before}${way(second, fraction)}${end}`).join('\n'),
  )

describe('the head of a line, read at once', () => {
  it('is what time, body and continuation say one by one, whatever the line before was', () => {
    let heads = 0
    fc.assert(
      fc.property(someLog, fc.nat({ max: 3 }), (log, cut) => {
        const bytes = Buffer.from(log)
        const { timeOf, bodyOf, continues, readHead } = layoutOf(bytes, time)
        if (readHead === undefined) return
        const head = newLineHead()
        for (let start = 0; start < bytes.length;) {
          const found = bytes.indexOf(0x0a, start)
          const whole = found === -1 ? bytes.length : found
          const end = Math.max(start, whole - cut)
          expect(readHead(bytes, start, end, false, head)).toBe(continues(bytes, start, end))
          expect(readHead(bytes, start, end, true, head)).toBe(false)
          expect(head).toEqual({ atMs: timeOf(bytes, start, end), body: bodyOf(bytes, start, end) })
          heads++
          start = whole + 1
        }
      }),
      { numRuns: 300 },
    )
    expect(heads).toBeGreaterThan(1_000)
  })
})
