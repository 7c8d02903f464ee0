import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { randomHex } from '../base/random.ts'
import { makeHome, syncFolder } from './home.ts'

/**
 * Puts a file of the home in the place of what was there, as a whole: whoever reads meanwhile sees the old one or the new one, and a power loss leaves one of
 * them. By way of a new file, of which nobody who shares the home can know the name, so that none is written through a link. Throws what the file system says.
 *
 * @param mode of the new file
 * @param isWanted asked when it is ready; with false, what is there stays
 */
export function replaceHomeFile(
  home: string,
  file: string,
  text: string,
  { mode, isWanted = () => true }: { readonly mode: () => number; readonly isWanted?: () => boolean },
): boolean {
  makeHome(home)
  const fresh = `${file}.${randomHex(8)}`
  try {
    const descriptor = openSync(fresh, 'wx', mode())
    try {
      writeFileSync(descriptor, text)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    if (!isWanted()) return false
    renameSync(fresh, file)
  } finally {
    rmSync(fresh, { force: true })
  }
  syncFolder(home)
  return true
}
