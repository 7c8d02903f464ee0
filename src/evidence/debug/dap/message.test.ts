import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dapBytes, dapReader, type DapMessage } from './message.ts'

function readAll(bytes: Uint8Array, pieceBytes = bytes.length) {
  const reader = dapReader()
  const messages: DapMessage[] = []
  let broken: string | undefined
  for (let at = 0; at < bytes.length; at += Math.max(1, pieceBytes)) {
    const read = reader.push(bytes.subarray(at, at + Math.max(1, pieceBytes)))
    messages.push(...read.messages)
    broken = read.broken
  }
  return { messages, broken, noise: reader.noise() }
}

/** Texts with what is more than a byte, or none at all. */
const ODD = fc.string({ unit: fc.constantFrom('a', '"', '\n', '~', '\0', 'é', '\u2028', '𝒳', '\ud800'), maxLength: 6 })

const framed = (body: string): Buffer => Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)

describe('messages of the Debug Adapter Protocol', () => {
  it('come in pieces of any size, and are what was sent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(ODD, fc.oneof(ODD, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 4 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (sent, pieceBytes) => {
          const bytes = Buffer.concat(sent.map((message) => dapBytes(message)))
          expect(bytes.every((byte) => byte < 0x7f)).toBe(true)
          const { messages, broken } = readAll(bytes, pieceBytes)
          expect(broken).toBeUndefined()
          expect(messages).toEqual(sent.map((message): unknown => JSON.parse(JSON.stringify(message))))
        },
      ),
      { numRuns: 100 },
    )
  })
  it('are objects, or nothing more is read, whatever comes', () => {
    const header = fc.constantFrom('Content-Length: 7\r\n', 'content-length:2\n', '\r\n', '{"a":1}', 'Content-Length: ')
    const piece = fc.oneof(header, fc.string({ maxLength: 20 }))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const whole = readAll(Buffer.from(pieces.join('')))
        const bytewise = readAll(Buffer.from(pieces.join('')), 1)
        expect(bytewise).toEqual(whole)
        expect(whole.messages.every((message) => typeof message === 'object' && !Array.isArray(message))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
  it('may have other headers, and lines before them', () => {
    const text = 'gdb: cannot find something\nContent-Type: x\r\nContent-Length: 7\r\n\r\n{"a":1}'
    expect(readAll(Buffer.from(text))).toEqual({
      messages: [{ a: 1 }],
      broken: undefined,
      noise: 'gdb: cannot find something\nContent-Type: x',
    })
  })
  it.each([
    ['[1]', /no object in JSON/],
    ['{"a":', /no object in JSON/],
    [`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`, /no object in JSON/],
    ['['.repeat(200_000), /no object in JSON/],
  ])('are refused when they are something else', (body, why) => {
    expect(readAll(framed(body)).broken).toMatch(why)
  })
  it('are bounded', () => {
    expect(readAll(Buffer.from('Content-Length: 999999999\r\n')).broken).toMatch(/999999999 bytes/)
    expect(readAll(Buffer.from('Content-Length: 0\r\n\r\n')).broken).toMatch(/empty/)
    expect(readAll(Buffer.alloc(2_000, 'x')).broken).toMatch(/header is longer/)
    expect(readAll(Buffer.from('noise\n'.repeat(12_000))).broken).toMatch(/not the Debug Adapter Protocol/)
    expect(readAll(framed('{"a":1}')).messages).toEqual([{ a: 1 }])
  })
})
