import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LineLayout } from './line-layout.ts'
import { createRecordStream } from './record-stream.ts'

/** A line that begins with a digit bears that time; one that begins with a space goes on. */
const layout: LineLayout = {
  timeOf: (bytes, start) => {
    const digit = (bytes[start] ?? 0) - 0x30
    return digit >= 0 && digit <= 9 ? digit : NaN
  },
  continues: (bytes, start) => bytes[start] === 0x20,
  bodyOf: (_bytes, start) => start,
}

function recordsOf(chunks: readonly Uint8Array[]): readonly (readonly [string, number])[] {
  const records: (readonly [string, number])[] = []
  const stream = createRecordStream(layout, (text, atMs) => records.push([text, atMs]))
  for (const chunk of chunks) stream.feed(chunk)
  stream.finish()
  return records
}

describe('records of a log that comes in pieces', () => {
  it('are lines with those that go on with them', () => {
    expect(recordsOf([Buffer.from('1 a\n  b\n\n2 c\r\nx')])).toEqual([
      ['1 a\n  b', 1],
      ['2 c', 2],
      ['x', NaN],
    ])
  })
  it('are the same however it is cut, and any bytes are survived', () => {
    const line = fc.constantFrom('1 a', ' b', '', '2 \u{1f525}', 'x', '\u0000')
    const log = fc.oneof(
      fc.array(line, { maxLength: 20 }).map((lines) => Buffer.from(lines.join('\n'))),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    )
    fc.assert(
      fc.property(log, fc.array(fc.nat(200), { maxLength: 5 }), (bytes, cuts) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].toSorted((a, b) => a - b)
        const chunks = places.slice(1).map((place, at) => bytes.subarray(places[at], place))
        expect(recordsOf(chunks)).toEqual(recordsOf([bytes]))
      }),
      { numRuns: 200 },
    )
  })
  it('are bounded, however long they go on', () => {
    const records = recordsOf([Buffer.from(`1 a\n${` ${'b'.repeat(1000)}\n`.repeat(1000)}2 c\n`)])
    expect(records).toHaveLength(2)
    expect(records[0]?.[0].length).toBeLessThan(70_000)
  })
})
