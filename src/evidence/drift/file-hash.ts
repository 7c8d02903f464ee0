import { createHash } from 'node:crypto'

/** What the box can compute without a process for each file. */
export type HashName = 'sha256' | 'sha1' | 'md5'

/** As the box prints it: hex. */
export function fileHash(name: HashName, content: Uint8Array | string): string {
  const hash = createHash(name)
  return (typeof content === 'string' ? hash.update(content, 'latin1') : hash.update(content)).digest('hex')
}

/** Hex digits of each. */
export const HASH_DIGITS: Readonly<Record<HashName, number>> = { sha256: 64, sha1: 40, md5: 32 }
