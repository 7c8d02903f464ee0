import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hmacSha256, sha256Hex } from './sha256.ts'

test('an example of the standard (FIPS 180-4)', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('gives what node:crypto gives for any bytes, and for any text with an end that is no character', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary' })), (data) => {
      expect(sha256Hex(data)).toBe(createHash('sha256').update(data).digest('hex'))
    }),
  )
  expect(sha256Hex('\ud800 alone')).toBe(createHash('sha256').update('\ud800 alone', 'utf8').digest('hex'))
})

test.each([256 * 1024, 256 * 1024 + 1])(
  'gives the same on both sides of where the native hash begins: %i bytes',
  (size) => {
    const bytes = Buffer.alloc(size, 'halligan')
    expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
  },
)

test('the keyed one, with keys shorter and longer than a block', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }), (key, text) => {
      expect(hmacSha256(key, text)).toEqual(createHmac('sha256', key).update(text).digest())
    }),
  )
})
