import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact, redactThoroughly } from '../../../test/redact.ts'
import { redactedBytes, redactedDeep } from './index.ts'

describe('redactedBytes', () => {
  it('redacts text', async () => {
    const text = 'é password=hunter2 ü'
    expect(Buffer.from(await redactedBytes(Buffer.from(text), redactThoroughly)).toString()).toBe(redact(text))
  })

  it('keeps every other byte of what is no text, and writes marks that can be read', async () => {
    const bytes = Buffer.concat([
      Buffer.from([0xff, 0x80, 0xe2, 0x39]),
      Buffer.from(' password=hunter2 '),
      Buffer.from([0xfe, 0]),
    ])
    const once = Buffer.from(await redactedBytes(bytes, redactThoroughly))
    const mark = redact('password=hunter2')
    expect(once).toEqual(
      Buffer.concat([Buffer.from([0xff, 0x80, 0xe2, 0x39]), Buffer.from(` ${mark} `), Buffer.from([0xfe, 0])]),
    )
    expect(Buffer.from(await redactedBytes(once, redactThoroughly))).toEqual(once)
  })

  it.each(['', '\ufeff'])('redacts UTF-16 of either order, between other bytes: %j', async (begins) => {
    const wide = Buffer.from(`${begins}user=amy\r\npassword=hunter2secret\r\nmore\r\n`, 'utf16le')
    for (const text of [wide, Buffer.from(wide).swap16()])
      for (const bytes of [text, Buffer.concat([Buffer.from('first\n'), text, Buffer.from('\nlast')])]) {
        const once = Buffer.from(await redactedBytes(bytes, redactThoroughly))
        const seen = once.toString('latin1').replaceAll('\0', '')
        expect(seen).not.toContain('hunter2')
        expect(seen).toMatch(/user=amy\r\npassword=.*secret:password:\w{4}.*\r\nmore/)
        expect(Buffer.from(await redactedBytes(once, redactThoroughly))).toEqual(once)
      }
  })

  it('leaves bytes without secrets as they are', async () => {
    const clean = fc
      .uint8Array({ maxLength: 200 })
      .filter((bytes) => !/[@:=$-]/.test(Buffer.from(bytes).toString('latin1')))
    await fc.assert(
      fc.asyncProperty(clean, async (bytes) => {
        expect(Buffer.from(await redactedBytes(bytes, redactThoroughly))).toEqual(Buffer.from(bytes))
      }),
    )
  })
})

describe('redactedDeep', () => {
  it('redacts each text of a structure and keeps its shape', async () => {
    const value = {
      command: 'mysql -phunter2',
      list: ['x', 'token=hunter2', 7, null, { at: true, none: undefined }],
      empty: '',
    }
    const redacted = await redactedDeep(value, redactThoroughly)
    expect(redacted).toEqual({
      ...value,
      command: redact(value.command),
      list: ['x', redact('token=hunter2'), ...value.list.slice(2)],
    })
  })

  it.each([
    ['-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC', 'after'],
    ['a\n\u0002\nb', 'password=hunter2'],
    ['Private-Lines: 9', 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'],
  ])('never takes one text for a part of another: %j', async (...texts) => {
    expect(await redactedDeep(texts, redactThoroughly)).toEqual(texts.map(redact))
  })

  it('does the same as each text for itself', async () => {
    const piece = fc.constantFrom(
      'password=',
      'hunter2',
      ' ',
      '\n',
      '"',
      '\u0002',
      'Bearer abcdef123456',
      '-----BEGIN PRIVATE KEY-----',
      'x',
    )
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(fc.array(text), async (texts) => {
        expect(await redactedDeep(texts, redactThoroughly)).toEqual(texts.map(redact))
      }),
    )
  })
})
