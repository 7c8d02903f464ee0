import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLineBatcher, type LineBatch } from './line-batch.ts'
import type { LineLayout } from '../layout/line-layout.ts'

/** Lines that begin with a digit have a time: that digit. Indented ones go on, and so does any line below one with an x, as a traceback goes on with what tells of an error. */
const layout: LineLayout = {
  timeOf: (bytes, start, end) => {
    const digit = (bytes[start] ?? 0) - 0x30
    return start < end && digit >= 0 && digit <= 9 ? digit : NaN
  },
  continues: (bytes, start, end) => {
    const before = Buffer.from(bytes.subarray(0, start)).toString('latin1').split('\n').at(-2)
    return (start < end && bytes[start] === 0x20) || before?.includes('x') === true
  },
  bodyOf: (_, start) => start,
}

function linesOf(batches: readonly LineBatch[]): readonly (readonly [string, number])[] {
  return batches.flatMap(({ bytes, count, offsets, times }) =>
    Array.from({ length: count }, (_, at): readonly [string, number] => [
      Buffer.from(bytes.subarray(offsets[at], offsets[at + 1])).toString('latin1'),
      times[at] ?? -1,
    ]),
  )
}

function batched(chunks: readonly Uint8Array[], lineBytes?: number): readonly LineBatch[] {
  const batcher = createLineBatcher(layout, lineBytes)
  return [...chunks.flatMap((chunk) => batcher.feed(chunk)), ...batcher.finish()]
}

describe('lines in batches', () => {
  it('tells the lines of a chunk with their times; what goes on has none', () => {
    expect(linesOf(batched([Buffer.from('1 a\n  at b\n\n2 c')]))).toEqual([
      ['1 a\n', 1],
      ['  at b\n', NaN],
      ['\n', NaN],
      ['2 c\n', 2],
    ])
  })

  it('are the same however the bytes come', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('1', '2', ' ', 'x', '\n'), maxLength: 60 }),
        fc.array(fc.nat(8), { minLength: 1 }),
        (text, sizes) => {
          const bytes = Buffer.from(text)
          const chunks: Uint8Array[] = []
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
            chunks.push(Uint8Array.from(bytes.subarray(at, at + size)))
            at += size
          }
          const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`
          const lines = linesOf(batched(chunks))
          expect(lines).toEqual(linesOf(batched([bytes])))
          expect(lines.map(([line]) => line).join('')).toBe(whole)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('keep the beginning of a line without an end, and say how much was cut off', () => {
    const batcher = createLineBatcher(layout, 10)
    for (let at = 0; at < 100; at++) expect(batcher.feed(Buffer.from('7xx'))).toEqual([])
    expect(linesOf(batcher.feed(Buffer.from('end\n\n8\n')))).toEqual([
      ['7xx7xx7xx7\n', 7],
      ['\n', NaN],
      ['8\n', 8],
    ])
    expect(batcher.cutBytes()).toBe(293)
  })

  it('has room for more lines than are usual', () => {
    const lines = linesOf(batched([Buffer.from('3\n'.repeat(5000))]))
    expect(lines.length).toBe(5000)
    expect(lines.every(([line, time]) => line === '3\n' && time === 3)).toBe(true)
  })
})
