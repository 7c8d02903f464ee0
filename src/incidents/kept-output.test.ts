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

  it('has nothing of a last line that is a little longer than an end', () => {
    expect(keep([Buffer.from(`first\n${'x'.repeat(500)}`)], 50).text).toBe(
      'first\n[halligan: 500 bytes are left out here]\n',
    )
  })

  it('has both ends of a line that is far longer, cut between words', () => {
    const { text, keptBytes, printedBytes } = keep([Buffer.from(`first\n${'some words '.repeat(100_000)}end`)], 200_000)
    const [, begins = '', ends = ''] = /^([^]*)\n\[halligan: \d+ bytes are left out here\]\n([^]*)$/.exec(text) ?? []
    expect(begins.startsWith('first\nsome words')).toBe(true)
    expect(begins).toMatch(/(?:some|words)$/)
    expect(ends).toMatch(/^(?:some|words) /)
    expect(ends.endsWith('words end')).toBe(true)
    expect(keptBytes).toBe(begins.length + ends.length)
    expect(keptBytes).toBeGreaterThan(380_000)
    expect(printedBytes).toBe(1_100_009)
  })

  it('has no half of a secret, nor of a character, wherever a long line is cut off', () => {
    const token = 'ghp_SECRETSECRETSECRETSECRETSECRETSECRET'
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.constantFrom('x', 'ü', ' x'), (shift, filler) => {
        const half = filler.repeat(Math.ceil(150_000 / Buffer.byteLength(filler)))
        // The token lies over one of both places at which the line is cut off.
        const text = Buffer.from(`${half}${half}${half}${half}`)
        for (const at of [200_000 - shift, text.length - 200_000 - shift]) {
          const line = Buffer.concat([text.subarray(0, at), Buffer.from(token), text.subarray(at)])
          const { bytes } = (() => {
            const kept = keptOutput(200_000)
            kept.push(line)
            return kept.finish()
          })()
          expect(Buffer.from(bytes).includes('SECRET')).toBe(false)
        }
      }),
      { numRuns: 20 },
    )
    const kept = keptOutput(200_000)
    kept.push(Buffer.from('ü'.repeat(400_000)))
    expect(Buffer.from(kept.finish().bytes).toString('utf8')).not.toContain('\ufffd')
    const odd = keptOutput(200_001)
    odd.push(Buffer.from(`a${'ü'.repeat(400_000)}`))
    expect(Buffer.from(odd.finish().bytes).toString('utf8')).not.toContain('\ufffd')
  })

  it('has no rest of a private key in a long line whose beginning was left out', () => {
    const key = `-----BEGIN PRIVATE KEY-----\\n${String.raw`SECRETBASE64\n`.repeat(9_000)}-----END PRIVATE KEY-----`
    const { text } = keep([Buffer.from(`${'word '.repeat(50_000)}${key} after${' word'.repeat(10_000)}`)], 150_000)
    expect(text).not.toContain('SECRET')
    expect(text).toContain(' after word')
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
