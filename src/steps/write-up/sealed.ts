import { sha256Hex } from '../../base/sha256.ts'

/**
 * A generated file that nobody is meant to edit (the HTML page, a script): one line in it says what the rest of it hashed to, so that a change by
 * hand is noticed before it would be written over.
 */
export function sealed(text: string): string {
  return text.replace(SEAL, (line) => line.replace(PLACE, hashOf(text)))
}

/** Where the hash goes: this text stands once, in a comment of the file's language. */
export const PLACE = 'halligan:sealed 0000000000000000'

/** `untouched` as it was generated; `edited` by hand since; `foreign` no file of ours. */
export function sealOf(text: string): 'untouched' | 'edited' | 'foreign' {
  const [found] = SEALED.exec(text) ?? []
  if (found === undefined) return 'foreign'
  return hashOf(text.replace(found, PLACE)) === found ? 'untouched' : 'edited'
}

const SEAL = /^.*halligan:sealed 0{16}.*$/m
const SEALED = /halligan:sealed [0-9a-f]{16}/

function hashOf(text: string): string {
  return `halligan:sealed ${sha256Hex(text).slice(0, 16)}`
}
