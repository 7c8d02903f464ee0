import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidenceId, headerHash, headerText, payloadHash } from './entry.ts'

// The values were computed with Python's json and hashlib from docs/record.md, not with this code: they are the format, and never change.

const SALT = '000102030405060708090a0b0c0d0e0f'
const BODY = '{"text":"ä \\"x\\" \\ud800 \\u0000"}'
const PAYLOAD_HASH = '7541f432fe5da88f7b760ca415742084c995e98243be5574764e2e3dd65067bf'

describe('the hashes of form 1', () => {
  it('of a payload is over the form, the salt and the text', () => {
    expect(payloadHash(SALT, BODY)).toBe(PAYLOAD_HASH)
  })

  it('of a header is over a JSON array of all that is in it', () => {
    const header = {
      v: 1,
      incident: '20260102-bcdf',
      seq: 2,
      at: '2026-01-02T03:04:05.678Z',
      by: 'amy@web-1 ä\u2028\u{1f525}',
      did: 'noted',
      box: 'web-1',
      payloadHash: PAYLOAD_HASH,
      prev: '0'.repeat(64),
    }
    expect(headerHash(header)).toBe('ee456c2c9aca1e3c90c8e46f71c1efef0b8cf32ddb9897ef5e65e5227d50cf91')
    const other = { ...header, seq: 1, by: 'amy', did: 'opened', box: undefined, prev: 'f'.repeat(64) }
    const identity = { hostname: 'web-1', machineId: 'm', bootId: 'b' }
    expect(headerHash({ ...other, identity })).toBe('9e808e6e53e96ff0e21937d6fd5e7b2bb9af9e1609d82498c7bec945e91493b8')
  })

  it('of evidence is what sha256sum says', () => {
    expect(evidenceId(Buffer.from('raw'))).toBe('d7439bee24773bcbfa2d0a97947ee36227b10d1022b1a55847e928965bb6bfde')
  })

  it('tells every field from every other', () => {
    const texts = fc.record({
      box: fc.option(fc.string(), { nil: undefined }),
      hostname: fc.string(),
      machineId: fc.option(fc.string(), { nil: undefined }),
    })
    const hashOf = ({
      box,
      ...identity
    }: {
      readonly box: string | undefined
      readonly hostname: string
      readonly machineId: string | undefined
    }) => headerHash({ v: 1, incident: 'x', seq: 1, at: '', by: '', did: '', box, identity, payloadHash: '', prev: '' })
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        expect(hashOf(one) === hashOf(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
    )
  })
})

describe('the text of a header', () => {
  it('has no control characters and no lone surrogates, is bounded, and stays as it is from then on', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 3000 }), (units) => {
        const text = headerText(String.fromCharCode(...units))
        expect(text.isWellFormed()).toBe(true)
        expect(text.length).toBeLessThanOrEqual(1024)
        // oxlint-disable-next-line no-control-regex -- these must not be there
        expect(text).not.toMatch(/[\u0000-\u001f\u007f]/)
        expect(headerText(text)).toBe(text)
      }),
    )
    expect(headerText('amy\n@\u0000web\u007f')).toBe('amy?@?web?')
  })
})
