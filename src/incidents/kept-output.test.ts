import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptOutput } from './kept-output.ts'

const keep = (pieces: readonly Uint8Array[], endBytes: number) => {
  const kept = keptOutput(endBytes)
  for (const piece of pieces) kept.push(piece)
  const { bytes, keptBytes } = kept.finish()
  return { text: Buffer.from(bytes).toString('latin1'), keptBytes, printedBytes: kept.printedBytes() }
}
const piecesOf = (text: string, size: number): readonly Buffer[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, at) => Buffer.from(text.slice(at * size, (at + 1) * size)))
const lines = fc
  .array(fc.stringMatching(/^[a-z]{0,12}$/), { maxLength: 60 })
  .map((all) => all.map((each) => `${each}\n`).join(''))

describe('what is kept of an output', () => {
  it('is all of it while it is short, whatever the pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 9 }), (bytes, size) => {
        const text = Buffer.from(bytes).toString('latin1')
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        )
        expect(keep(pieces, 100)).toEqual({ text, keptBytes: bytes.length, printedBytes: bytes.length })
      }),
    )
  })

  it('is whole lines of both ends, and the rest is counted', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 16, max: 64 }), (text, size, endBytes) => {
        const { text: kept, keptBytes, printedBytes } = keep(piecesOf(text, size), endBytes)
        expect(printedBytes).toBe(text.length)
        if (text.length <= 2 * endBytes) {
          expect(kept).toBe(text)
          return
        }
        const [, begins = '', left, ends = ''] =
          /^([^]*)\[halligan: (\d+) bytes are left out here\]\n([^]*)$/.exec(kept) ?? []
        expect(text.startsWith(begins)).toBe(true)
        expect(text.endsWith(ends)).toBe(true)
        expect(begins.length + ends.length).toBe(keptBytes)
        expect(Number(left)).toBe(printedBytes - keptBytes)
        expect(text[text.length - ends.length - 1]).toBe('\n')
        expect(begins === '' || begins.endsWith('\n')).toBe(true)
      }),
    )
  })

  it('has nothing of a line that is longer than an end', () => {
    expect(keep([Buffer.from(`first\n${'x'.repeat(500)}`)], 50).text).toBe(
      'first\n[halligan: 500 bytes are left out here]\n',
    )
  })

  it.each([
    ['-----BEGIN RSA PRIVATE KEY-----', '-----END RSA PRIVATE KEY-----'],
    ['-----BEGIN PGP PRIVATE KEY BLOCK-----', '-----END PGP PRIVATE KEY BLOCK-----'],
    ['---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----', '---- END SSH2 ENCRYPTED PRIVATE KEY ----'],
    ['Private-Lines: 20', 'Private-MAC: 0a1b2c'],
    ['Private-Lines: 20', 'Private-Hash: 0a1b2c'],
    ['+-----BEGIN PRIVATE KEY-----', '+-----END PRIVATE KEY-----'],
  ])('has no rest of a private key whose beginning was left out: %s', (begin, end) => {
    const key = `${begin}\n${'SECRETBASE64\n'.repeat(20)}${end}\n`
    const { text } = keep([Buffer.from(`${'a line\n'.repeat(30)}${key}after\n`)], 150)
    expect(text).not.toContain('SECRET')
    expect(text).toMatch(/^a line\n[^]*left out here\]\nafter\n$/)
  })

  it('keeps a private key whole that is whole in the last part, for the redaction to take it out', () => {
    const key = `-----BEGIN PRIVATE KEY-----\nSECRETBASE64\n-----END PRIVATE KEY-----\n`
    expect(keep([Buffer.from(`${'a line\n'.repeat(60)}${key}`)], 150).text).toContain(key)
  })
})
