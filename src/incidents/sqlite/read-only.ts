import { chmodSync, copyFileSync, existsSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { privateFolder } from '../../boxes/private-folder.ts'
import { StoreProblem } from '../store.ts'

/** A writer changes the file for some milliseconds at a time. */
const ATTEMPTS = 20

/** A copy of a record that can only be read, in a private folder that goes when the program ends. */
export interface ReadCopy {
  readonly file: string
  readonly remove: () => void
}

/**
 * Copies the database with its log. That neither changed meanwhile is seen in their times and sizes: whoever may write there may be doing so.
 *
 * @param problem why it cannot be opened where it is; thrown if it cannot be copied either
 */
export function copyToRead(file: string, problem: StoreProblem): ReadCopy {
  let folder
  try {
    folder = privateFolder()
  } catch {
    throw problem
  }
  const target = path.join(folder.path, 'record.db')
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = stamps(file)
      for (const end of ['', '-wal']) copyIfThere(file + end, target + end)
      if (stamps(file) === before) return { file: target, remove: () => folder.remove() }
    }
  } catch {
    folder.remove()
    throw problem
  }
  folder.remove()
  throw new StoreProblem(
    'locked',
    `the record in ${file} can only be read here, and is written by another process without a pause.`,
    'Try again in a moment.',
  )
}

function copyIfThere(from: string, to: string): void {
  rmSync(to, { force: true })
  if (!existsSync(from)) return
  copyFileSync(from, to)
  chmodSync(to, 0o600)
}

function stamps(file: string): string {
  const each = [file, `${file}-wal`].map((name) => {
    const status = statSync(name, { throwIfNoEntry: false, bigint: true })
    return status ? [status.ino, status.size, status.mtimeNs] : []
  })
  return each.flat().join(' ')
}
