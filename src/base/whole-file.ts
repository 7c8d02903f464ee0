import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { randomHex } from './random.ts'

/**
 * Puts a file in the place of what was there, as a whole: whoever reads meanwhile sees the old one or the new one, and a power loss leaves one of them; when this
 * has come back, the new one. By way of a new file beside it, of which nobody can know the name, so that none is written through a link. Throws what the
 * file system says.
 */
export function replaceWhole(file: string, content: string | Uint8Array, mode: number): void {
  const fresh = `${file}.${randomHex(8)}.partial`
  try {
    const descriptor = openSync(fresh, 'wx', mode)
    try {
      writeFileSync(descriptor, content)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
  syncFolder(path.dirname(file))
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
