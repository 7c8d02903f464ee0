import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import type { AnyEntry } from '../../src/incidents/store.ts'
import { openSqliteStore } from '../../src/incidents/sqlite-store.ts'
import type { Fleet } from '../boxes/fleet.ts'

/** The program as a person starts it, with a record of its own. */
export interface Program {
  /** Runs it to its end. Standard output is kept as bytes, one character each. */
  readonly run: (...args: readonly string[]) => Promise<Finished>
  /** Starts it; the test ends it. */
  readonly start: (...args: readonly string[]) => Running
  /** Entries of the newest incident. */
  readonly entries: () => Promise<readonly AnyEntry[]>
  readonly evidence: (id: string | undefined) => Promise<string>
}

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves when its standard output, or error, so far matches. */
  readonly until: (pattern: RegExp) => Promise<void>
}

const main = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')
/** Far above what anything takes. Milliseconds. */
const PATIENCE_MS = 60_000

export function programWith(fleet: Fleet | undefined, home: string, cwd: string): Program {
  const env = {
    ...process.env,
    HALLIGAN_HOME: home,
    HALLIGAN_BY: 'amy@laptop',
    ...(fleet ? { HALLIGAN_SSH_CONFIG: fleet.sshConfig } : {}),
  }
  const start = (...args: readonly string[]): Running => {
    const child = spawn(process.execPath, [main, ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('latin1')))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
    const finished = new Promise<Finished>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
    return {
      process: child,
      finished,
      until: (pattern) => waitFor(() => pattern.test(stdout) || pattern.test(stderr), `${pattern}`),
    }
  }
  const withStore = async <T>(act: (store: ReturnType<typeof openSqliteStore>) => Promise<T>): Promise<T> => {
    const store = openSqliteStore(home)
    try {
      return await act(store)
    } finally {
      await store.close()
    }
  }
  return {
    start,
    run: (...args) => start(...args).finished,
    entries: () =>
      withStore(async (store) => {
        const [newest] = await store.list()
        return newest ? store.read(newest.id) : []
      }),
    evidence: (id) =>
      withStore(async (store) =>
        Buffer.from((await store.getEvidence(id ?? '')) ?? new Uint8Array(0)).toString('latin1'),
      ),
  }
}

/** Waits until it holds; gives up long after it should. */
export async function waitFor(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: waited for in vain`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
