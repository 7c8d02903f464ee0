import { closeSync, constants, copyFileSync, fsyncSync, linkSync, openSync } from 'node:fs'

/**
 * Gives a complete file its name, unless something of that name is there: then false. A link, unlike a renamed file, takes the place of nothing; FAT and
 * some network file systems have no links. The name it had stays, for the caller to remove.
 */
export function nameFile(fresh: string, name: string): boolean {
  try {
    linkSync(fresh, name)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) throw error
    return copyOnto(fresh, name)
  }
}

function copyOnto(fresh: string, name: string): boolean {
  try {
    copyFileSync(fresh, name, constants.COPYFILE_EXCL)
    syncFile(name)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
