import type * as Crypto from 'node:crypto'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'

/** Above this the native hash has made up for the seven milliseconds that loading `node:crypto` takes, with the thirty modules that it brings. Bytes. */
const SHORT = 256 * 1024

/** SHA-256 (FIPS 180-4) of the bytes, of a text those of its UTF-8: 64 hex digits. */
export function sha256Hex(data: string | Uint8Array): string {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  if (bytes.byteLength > SHORT) return nativeCrypto().createHash('sha256').update(bytes).digest('hex')
  return Buffer.from(sha256(bytes)).toString('hex')
}

/** HMAC-SHA-256 (RFC 2104) over the UTF-8 bytes of a short text: 32 bytes. */
export function hmacSha256(key: Uint8Array, text: string): Buffer {
  return Buffer.from(hmac(sha256, key, Buffer.from(text)))
}

function nativeCrypto(): typeof Crypto {
  return process.getBuiltinModule('node:crypto')
}
