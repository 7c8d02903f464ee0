import { spawn, type ChildProcess } from 'node:child_process'
import { atExit } from './at-exit.ts'
import type { Attempt } from './post.ts'

/** The last line of its complaint is told; a flood does not fill the console's memory. Characters. */
const STDERR_KEPT = 4_096
const COMPLAINT_SHOWN = 200
/** "Try again later" of sysexits.h: all other failures are not tried again, since half of it may have been done. */
const EX_TEMPFAIL = 75

/**
 * Runs a program of the person's own with JSON on its standard input, without a shell. It has until the signal is aborted, and is ended then with what it
 * started. Never rejects.
 *
 * @param folder where relative names begin: the folder of halligan.yaml
 */
export async function tellProgram(
  argv: readonly string[],
  json: string,
  folder: string,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    return await toldProgram(argv, json, folder, signal)
  } catch (error) {
    // A word that no process can be given, such as one with a NUL in it.
    return notStarted(error)
  }
}

function toldProgram(
  [program = '', ...args]: readonly string[],
  json: string,
  folder: string,
  signal: AbortSignal,
): Promise<Attempt> {
  return new Promise((resolve) => {
    // A process group of its own, so that what it started can be ended with it.
    const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'ignore', 'pipe'], detached: true })
    let complaint = ''
    const end = (): void => endGroup(child)
    const forget = atExit(end)
    const settle = (attempt: Attempt): void => {
      forget()
      signal.removeEventListener('abort', late)
      // A child that it left behind may hold the pipes for ever.
      child.stderr.destroy()
      child.stdin.destroy()
      child.unref()
      resolve(attempt)
    }
    const late = (): void => {
      end()
      settle({ ok: false, why: 'it did not end in time', again: false })
    }
    child.stderr.on('data', (piece: Buffer) => {
      complaint = (complaint + piece.toString('utf8')).slice(-STDERR_KEPT)
    })
    child.stdin.on('error', () => {})
    child.on('error', (error) => settle(notStarted(error)))
    child.on('exit', (code, signalName) => settle(attemptOf(code, signalName, complaint)))
    if (signal.aborted) return late()
    signal.addEventListener('abort', late, { once: true })
    child.stdin.end(`${json}\n`)
  })
}

function notStarted(error: unknown): Attempt {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return { ok: false, why: `it cannot be started (${code})`, again: false }
}

function attemptOf(code: number | null, signalName: NodeJS.Signals | null, complaint: string): Attempt {
  if (code === 0) return { ok: true }
  const said = complaint.trimEnd().split('\n').at(-1)?.slice(0, COMPLAINT_SHOWN) ?? ''
  const why = `${code === null ? `it was ended by ${signalName}` : `it ended with ${code}`}${said === '' ? '' : ` (${said})`}`
  return { ok: false, why, again: code === EX_TEMPFAIL }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}
