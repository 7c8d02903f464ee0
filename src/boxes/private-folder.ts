import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at-exit.ts'

/** sun_path holds 104 bytes on BSD and macOS, 108 on Linux; ssh adds 17 while it makes the socket (unix(7), ssh_config(5)). */
const SOCKET_PATH_LIMIT = 104 - 17
/** The longest name that is made inside: `askpass.mjs`. */
const LONGEST_NAME = 12
const PREFIX = 'halligan-'

export interface PrivateFolder {
  readonly path: string
  remove(): void
}

/**
 * A folder that only this user can enter, with a path short enough for a socket: in XDG_RUNTIME_DIR, else in /tmp. It is
 * removed with `remove`, and when the program ends in any way but SIGKILL; those of programs that are gone are removed here.
 */
export function privateFolder(): PrivateFolder {
  const errors: string[] = []
  for (const base of [process.env['XDG_RUNTIME_DIR'], '/tmp', tmpdir()]) {
    if (!base || !isSafe(base) || Buffer.byteLength(base) + PREFIX.length + 20 + LONGEST_NAME > SOCKET_PATH_LIMIT)
      continue
    try {
      removeStale(base)
      return made(base)
    } catch (error) {
      errors.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(
    `no private folder for the connection could be made: ${errors.join('; ') || 'XDG_RUNTIME_DIR and TMPDIR are too long, missing, or another user may write to them'}`,
  )
}

/** Whoever may rename in a folder may put another in the place of ours: only its owner may, or it is sticky as /tmp is (inode(7)). */
function isSafe(base: string): boolean {
  const status = statSync(base, { throwIfNoEntry: false })
  if (!status?.isDirectory()) return false
  const writers = status.mode & 0o022
  const self = process.getuid?.()
  return (status.uid === 0 || status.uid === self) && (writers === 0 || (status.mode & 0o1000) !== 0)
}

function made(base: string): PrivateFolder {
  const path = mkdtempSync(join(base, `${PREFIX}${process.pid}-`))
  chmodSync(path, 0o700)
  const removeNow = (): void => rmSync(path, { recursive: true, force: true })
  const forget = atExit(removeNow)
  return { path, remove: () => (forget(), removeNow()) }
}

function removeStale(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-\\w+$`).exec(name)?.[1]
    if (pid === undefined || alive(Number(pid))) continue
    try {
      const path = join(base, name)
      // Not what a link of somebody else points at.
      if (lstatSync(path).uid === process.getuid?.()) rmSync(path, { recursive: true, force: true })
    } catch {
      // Another console has removed it meanwhile, or it is another user's.
    }
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
