import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginSignature, mixSignature, newSignature } from './signature.ts'

const LINE_FEED = 0x0a

/** What decides where tokens begin and end, and any bytes between them. */
const someText = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\u001b', '\u001b[', '\u001b[3', '\u001b[31m', ' ', '\r', '\t', '=', '[', '500', '30'),
      fc.constantFrom('level', 'status', 'GET', 'a1', '10.0.0.7', 'web-12', 'x', 'é'),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 25 },
  )
  .map((pieces) => Buffer.from(pieces.join('')))

function signed(bytes: Uint8Array, stop: number): { readonly signature: readonly number[]; readonly end: number } {
  const signature = newSignature()
  beginSignature(signature)
  const end = mixSignature(bytes, 0, stop, signature)
  return { signature: [...signature], end }
}

describe('a signature', () => {
  it('of a line is the same whether its end is known or found on the way', () => {
    fc.assert(
      fc.property(someText, (text) => {
        const bytes = Uint8Array.from(text)
        const feed = bytes.indexOf(LINE_FEED)
        const end = feed < 0 ? bytes.length : feed
        const alone = signed(bytes.slice(0, end), end)
        expect(signed(bytes, bytes.length)).toEqual(alone)
        expect(alone.end).toBe(end)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps the first words of a line, however many there are', () => {
    const { signature } = signed(Buffer.from('word '.repeat(10_000)), 50_000)
    expect(new Set(signature.slice(3)).size).toBe(1)
    expect(signature[2]).toBe(signature.length - 1)
  })
})
