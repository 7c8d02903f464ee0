import { statfsSync } from 'node:fs'
import path from 'node:path'
import { lockHolder } from './sqlite/lock-holder.ts'
import { StoreProblem, type StoreProblemKind } from './store.ts'

/** Primary result codes (sqlite.org/rescode.html); an extended code has its primary one in the low byte. */
const KINDS: Readonly<Record<number, StoreProblemKind>> = {
  3: 'not-writable',
  5: 'locked',
  6: 'locked',
  8: 'not-writable',
  11: 'corrupt',
  13: 'disk-full',
  14: 'not-writable',
  18: 'too-large',
  23: 'not-writable',
  26: 'corrupt',
}
/** SQLITE_IOERR: what lies below says which. */
const IO_ERROR = 10
/** One entry with its pages, and the 32 KiB of the -shm file, take less: where less is free, an I/O error means that. Bytes. */
const ROOM = 1024 * 1024

const CODES: Readonly<Record<string, StoreProblemKind>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EACCES: 'not-writable',
  EPERM: 'not-writable',
  EROFS: 'not-writable',
  ENOTDIR: 'not-writable',
  EISDIR: 'not-writable',
  EEXIST: 'not-writable',
  EIO: 'disk-failed',
}

/** What any error of SQLite, or of the file system below it, means for the record in this file. */
export function problemOf(error: unknown, file: string): StoreProblem {
  if (error instanceof StoreProblem) return error
  const said = error instanceof Error ? error.message : String(error)
  return storeProblem(kindOf(error, file), file, said)
}

function kindOf(error: unknown, file: string): StoreProblemKind {
  if (typeof error !== 'object' || error === null) return 'unknown'
  if ('errcode' in error && typeof error.errcode === 'number') {
    const primary = error.errcode & 0xff
    return primary === IO_ERROR ? ioKind(file) : (KINDS[primary] ?? 'unknown')
  }
  return CODES['code' in error ? String(error.code) : ''] ?? 'unknown'
}

/** A full disk shows as an I/O error too, where the shared-memory file of the log cannot grow. */
function ioKind(file: string): StoreProblemKind {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file))
    return bavail * bsize < ROOM ? 'disk-full' : 'disk-failed'
  } catch {
    return 'disk-failed'
  }
}

function storeProblem(kind: StoreProblemKind, file: string, said: string): StoreProblem {
  const [message, tryNext] = WORDS[kind]?.(file) ?? [
    `the record in ${file} could not be used`,
    'Please report it with this message.',
  ]
  return new StoreProblem(kind, `${message} (${said}).`, tryNext)
}

const WORDS: Partial<Record<StoreProblemKind, (file: string) => readonly [string, string]>> = {
  'disk-full': (file) => [
    `there is no room for the record in ${file}`,
    'Free some space on that file system of this console (`df -h`, and `df -i`), or set HALLIGAN_HOME to a folder on another one.',
  ],
  'not-writable': (file) => [
    `the record in ${file} cannot be opened or written`,
    'Look at its owner and mode (`ls -la` of the folder) and whether the file system is read-only, or set HALLIGAN_HOME to a folder that you may write to.',
  ],
  'disk-failed': (file) => [
    `the disk below the record in ${file} failed`,
    'Look at `dmesg` and at your quota (`quota -s`); set HALLIGAN_HOME to a folder on another disk to go on.',
  ],
  locked: (file) => {
    const holder = lockHolder(file)
    if (holder === undefined)
      return [
        `another process holds the record in ${file} and does not let go`,
        `\`fuser -v ${file}\` names it; a console that hangs can be ended, what it acknowledged is on disk.`,
      ]
    return [
      `process ${holder} holds the record in ${file} and does not let go`,
      `If it hangs, end it: \`kill ${holder}\`. What it acknowledged is on disk.`,
    ]
  },
  corrupt: (file) => [
    `${file} is damaged, or no record of Halligan`,
    'Keep a copy of the file and of the -wal beside it, set HALLIGAN_HOME to a new folder to go on, and import the last export there.',
  ],
  'too-large': () => ['this is more than one piece of the record can hold', 'Keep it as a file and note where it is.'],
}
