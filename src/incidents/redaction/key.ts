import { closeSync, fstatSync, readSync } from 'node:fs'
import path from 'node:path'
import { openPlain } from '../../base/plain-file.ts'
import { randomBytes } from '../../base/random.ts'
import { createWhole } from '../../base/whole-file.ts'
import { fileModeIn, makeHome } from '../home.ts'

/** What marks are made with. */
export interface RedactionKey {
  readonly key: Uint8Array
  /** Set when the key is not as it should be: what a person should know where something is recorded, and what to do. */
  readonly trouble: string | undefined
}

const NAME = 'redaction.key'
/** As long as the hash of the HMAC (RFC 2104, 3). Bytes. */
const KEY_LENGTH = 32

/**
 * The key of this home (`home.ts`), made when there is none: random, readable by its owner alone, and whole or not at all. Of two
 * processes that make one at once, one wins and both get that. Where it cannot be read or made (a home that is read-only), a key for
 * this process is given, with what to say.
 */
export function redactionKey(home: string): RedactionKey {
  const file = path.join(home, NAME)
  try {
    return keyIn(file) ?? madeKey(home, file)
  } catch (error) {
    return {
      key: randomBytes(KEY_LENGTH),
      trouble: `${file} cannot be used (${error instanceof Error ? error.message : String(error)}): secrets are marked with a key of this run alone, so the same secret has another mark in the next. Set HALLIGAN_HOME to a folder that you may write to.`,
    }
  }
}

function madeKey(home: string, file: string): RedactionKey {
  makeHome(home)
  // A team that shares a home shares its marks. That of another process, which was there first, stays.
  createWhole(file, randomBytes(KEY_LENGTH), fileModeIn(home) & 0o640)
  const made = keyIn(file)
  if (!made) throw new Error('it was removed at once')
  return made
}

/** The key in a file; undefined when there is no such file. */
function keyIn(file: string): RedactionKey | undefined {
  const descriptor = opened(file)
  if (descriptor === undefined) return undefined
  try {
    const status = fstatSync(descriptor)
    const key = Buffer.alloc(KEY_LENGTH)
    if (status.size !== KEY_LENGTH || readSync(descriptor, key, 0, KEY_LENGTH, 0) !== KEY_LENGTH)
      throw new Error(`it is no file of ${KEY_LENGTH} bytes; move it away, and a new one is made`)
    const isOpen = (status.mode & 0o007) !== 0
    return {
      key,
      trouble: isOpen ? `${file} can be read by every user of this machine: \`chmod o= ${file}\`.` : undefined,
    }
  } finally {
    closeSync(descriptor)
  }
}

function opened(file: string): number | undefined {
  try {
    return openPlain(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
