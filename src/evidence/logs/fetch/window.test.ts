import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoLayout, linesOf, stamped } from '../../../../test/logs/lines.ts'
import { linesInWindow } from './window.ts'

const T0 = Date.parse('2026-03-01T10:00:00.000Z')

describe('the lines in a window', () => {
  it('are the same however the bytes are cut, with lines that go on, without a last end, and of any length', () => {
    const line = fc.oneof(
      fc.integer({ min: 0, max: 20 }).map((at) => stamped(T0 + at * 1000, 1, 0)),
      fc.constantFrom(
        '  at frame\n',
        '\n',
        'no time\n',
        `${'y'.repeat(20_000)}\n`,
        `${stamped(T0 + 5_000, 1, 0).slice(0, 30)}${'z'.repeat(40_000)}\n`,
      ),
    )
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1 }),
        (all, cutEnd, cuts) => {
          const text = cutEnd ? all.join('').slice(0, -1) : all.join('')
          const lines = linesInWindow(isoLayout, { fromMs: T0 + 4_000, toMs: T0 + 12_000 }, false)
          const bytes = Buffer.from(text)
          const pieces: Uint8Array[] = []
          for (let at = 0, nth = 0; at < bytes.length; nth += 1) {
            const next = at + (cuts[nth % cuts.length] ?? 1)
            for (const piece of lines.push(bytes.subarray(at, next))) pieces.push(Buffer.from(piece))
            at = next
          }
          for (const piece of lines.finish()) pieces.push(piece)
          expect(Buffer.concat(pieces).toString()).toBe(linesOf(text, T0 + 4_000, T0 + 12_000))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('begin with what has no time where the log begins and no beginning is asked for', () => {
    const lines = linesInWindow(isoLayout, { toMs: T0 + 1 }, true)
    const text = `a heading\n${stamped(T0, 3, 1000)}`
    expect(Buffer.concat([...lines.push(Buffer.from(text)), ...lines.finish()]).toString()).toBe(
      `a heading\n${stamped(T0, 1, 1000)}`,
    )
  })
})
