import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { syncFolder } from '../base/whole-file.ts'

/**
 * Where what stays at home lives: the record, which incident is current, the key of the redaction. `HALLIGAN_HOME`, else the data folder
 * of the XDG Base Directory Specification, which says that a relative path in the variable is to be ignored.
 */
export function homeFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const own = environment['HALLIGAN_HOME']
  if (own) return path.resolve(own)
  const data = environment['XDG_DATA_HOME']
  const base = data && path.isAbsolute(data) ? data : path.join(environment['HOME'] || homedir(), '.local', 'share')
  return path.join(base, 'halligan')
}

/**
 * Makes the folder where it is missing, for its owner alone, and sees to it that its name survives a power loss. One that is there stays as it
 * is: a team on one machine shares a folder by `chmod g+ws`.
 */
export function makeHome(folder: string): void {
  const missing: string[] = []
  for (let at = path.resolve(folder); !statSync(at, { throwIfNoEntry: false }); at = path.dirname(at))
    missing.unshift(at)
  // One by one: mkdirSync with `recursive` never comes back where a folder takes no entry and says ENOENT, as those of /proc do (Node 24).
  for (const each of missing) {
    makeUnlessThere(each)
    // Each new folder is an entry of the one above it, which has to be on disk as well (fsync(2)).
    syncFolder(path.dirname(each))
  }
}

/** Another process may make it at the same time. */
function makeUnlessThere(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Mode of a new file in it: the group may read and write where it may write to the folder. */
export function fileModeIn(folder: string): number {
  return 0o600 | ((statSync(folder).mode & 0o020) === 0 ? 0 : 0o060)
}

/** A folder in the home: for its owner alone, or shared by the group as the home is, whatever the umask is. */
export function makeFolderIn(home: string, name: string): string {
  makeHome(home)
  const folder = path.join(home, name)
  makeUnlessThere(folder)
  syncFolder(home)
  const { mode } = statSync(home)
  // With set-group-ID what is made in it belongs to the group of the home (inode(7)).
  const wanted = 0o700 | ((mode & 0o020) === 0 ? 0 : 0o070 | (mode & 0o2000))
  const { mode: is, uid } = statSync(folder)
  if (uid === process.getuid?.() && (is & 0o2777) !== wanted) chmodSync(folder, wanted)
  return folder
}
