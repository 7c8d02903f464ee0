import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markedReader, type Piece } from './frames.ts'

const K = '0123456789abcdef'

describe('marks between bytes', () => {
  it('are found however the stream is cut, and no byte is lost or added', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '\n',
        '\n\n',
        `\n${K}`,
        K.slice(0, 7),
        `\n${K.slice(0, 9)}`,
        'text\n',
        '\x01',
        `\n${K.slice(1)} x\x01`,
      ),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    )
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.array(part).map((parts) => parts.join('')),
            fc.constantFrom('asked', 'block 3 4096', 'at 17'),
          ),
          { maxLength: 8 },
        ),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (all, cuts) => {
          const stream = Buffer.from(all.map(([bytes, words]) => `${bytes}\n${K} ${words}\x01`).join(''), 'latin1')
          const reader = markedReader(K)
          const pieces: Piece[] = []
          for (let at = 0, nth = 0; at < stream.length; nth += 1) {
            const next = at + (cuts[nth % cuts.length] ?? 1)
            pieces.push(...reader.push(stream.subarray(at, next)))
            at = next
          }
          fc.pre(all.every(([bytes]) => !bytes.includes(`\n${K} `)))
          expect(joined(pieces)).toEqual(all)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('that never end are of the log', () => {
    const reader = markedReader(K)
    const bytes = Buffer.from(`\n${K} ${'x'.repeat(5_000)}`)
    const got = [...reader.push(bytes.subarray(0, 100)), ...reader.push(bytes.subarray(100))]
    expect(Buffer.concat(got.map((piece) => (piece.kind === 'bytes' ? piece.bytes : Buffer.from('mark'))))).toEqual(
      bytes,
    )
  })
})

function joined(pieces: readonly Piece[]): readonly (readonly [string, string])[] {
  const all: [string, string][] = []
  let bytes = ''
  for (const piece of pieces) {
    if (piece.kind === 'bytes') bytes += Buffer.from(piece.bytes).toString('latin1')
    else {
      all.push([bytes, piece.words.join(' ')])
      bytes = ''
    }
  }
  return all
}
