import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { nameFile } from './new-file.ts'
import { randomHex } from './random.ts'

export interface Replacing {
  /** The mode is that of the file which was there: nothing of it is taken by the umask. */
  readonly exactMode?: boolean
  /** Called last, when the new file lies beside the old one: what it throws leaves that in its place. */
  readonly lastLook?: () => void
}

/**
 * Puts a file in the place of what was there, as a whole: whoever reads meanwhile sees the old one or the new one, and a power loss leaves one of them; when this
 * has come back, the new one. By way of a new file beside it, of which nobody can know the name, so that none is written through a link. Throws what the
 * file system says.
 */
export function replaceWhole(
  file: string,
  content: string | Uint8Array,
  mode: number,
  { exactMode = false, lastLook = () => {} }: Replacing = {},
): void {
  const fresh = freshBeside(file)
  try {
    writeFresh(fresh, content, mode, exactMode)
    lastLook()
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
  syncFolder(path.dirname(file))
}

/** Makes a file as a whole, unless something of that name is there, which stays: then false. Of several who do so at once, one has it. */
export function createWhole(file: string, content: string | Uint8Array, mode: number): boolean {
  const fresh = freshBeside(file)
  let isNamed: boolean
  try {
    writeFresh(fresh, content, mode, false)
    isNamed = nameFile(fresh, file)
  } finally {
    rmSync(fresh, { force: true })
  }
  syncFolder(path.dirname(file))
  return isNamed
}

function freshBeside(file: string): string {
  return `${file}.${randomHex(8)}.partial`
}

function writeFresh(fresh: string, content: string | Uint8Array, mode: number, exactMode: boolean): void {
  const descriptor = openSync(fresh, 'wx', mode)
  try {
    writeFileSync(descriptor, content)
    if (exactMode) fchmodSync(descriptor, mode)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The names in a folder are on disk when this has come back (fsync(2)): a new file, or a new name of one, would be gone after a power loss. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
