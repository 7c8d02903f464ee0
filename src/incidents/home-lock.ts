import { closeSync, constants, fchmodSync, openSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileModeIn, makeHome } from './home.ts'
import { LOCK_LIMIT_MS, STANDSTILL_MS, whenFree } from './sqlite/lock-wait.ts'

/**
 * Does something that only one process may do at a time in this home, over an await too. The kernel keeps the lock and lets go of it when the process ends,
 * however it does; Node has no call for that, and SQLite has: an empty file is a database to it, and stays empty. The file stays, since one that is removed
 * could be locked by two.
 *
 * @param limitMs so long others are waited for; then it rejects with SQLite's error that it is locked. Else what the file system says
 */
export async function alone<T>(
  home: string,
  name: string,
  work: () => T | Promise<T>,
  limitMs = LOCK_LIMIT_MS,
): Promise<T> {
  makeHome(home)
  const file = path.join(home, name)
  makeUnlessThere(home, file)
  const lock = new DatabaseSync(file, { timeout: STANDSTILL_MS })
  try {
    // Else it would make a journal beside it.
    await whenFree(() => lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'), limitMs)
    return await work()
  } finally {
    lock.close()
  }
}

/** Whoever may write to the home may lock it, whatever the umask is. */
function makeUnlessThere(home: string, file: string): void {
  try {
    const descriptor = openSync(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
    try {
      fchmodSync(descriptor, fileModeIn(home))
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
