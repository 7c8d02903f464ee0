import { chmodSync, closeSync, openSync, rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { randomHex } from '../../base/random.ts'
import { syncFolder } from '../../base/whole-file.ts'
import { fileModeIn, makeHome } from '../home.ts'
import { nameFile, syncFile } from '../../base/new-file.ts'
import { StoreProblem } from '../store.ts'

/**
 * Makes an empty record that is there whole or not at all: it gets its name when it is complete and on disk. Where several processes do so at once, the
 * first one wins and the others use its.
 *
 * @param fill makes the tables
 */
export function createRecord(folder: string, file: string, fill: (database: DatabaseSync) => void): void {
  makeHome(folder)
  mustHaveNoLog(file)
  const fresh = `${file}.${process.pid}-${randomHex(4)}.new`
  try {
    closeSync(openSync(fresh, 'wx', 0o600))
    const database = new DatabaseSync(fresh)
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
      fill(database)
    } finally {
      database.close()
    }
    // SQLite gives the -wal and -shm beside it the same mode, whatever the umask is.
    chmodSync(fresh, fileModeIn(folder))
    syncFile(fresh)
    nameFile(fresh, file)
    syncFolder(folder)
  } finally {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(fresh + end, { force: true })
  }
}

/** SQLite would write the log of the one that is gone into the new one. */
function mustHaveNoLog(file: string): void {
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return
  throw new StoreProblem(
    'corrupt',
    `${file} is gone, but its log ${file}-wal is there, with entries in it.`,
    'Put the file back beside its log; or move the log away to begin anew.',
  )
}
