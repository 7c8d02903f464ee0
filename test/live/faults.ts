import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Fleet } from '../boxes/fleet.ts'

// What the fault tests do to consoles, links and boxes; each gives what undoes it.

/** Stops the ssh of a console, as a link that takes nothing any more would. */
export function stallLink(console: ChildProcess): () => Promise<void> {
  const stalled = new Set<number>()
  // Clients that the console starts a moment later stand on the same stalled link.
  const stall = (): void => {
    for (const pid of childrenOf(console.pid ?? 0)) {
      stalled.add(pid)
      signal(pid, 'SIGSTOP')
    }
  }
  const timer = setInterval(stall, 50)
  stall()
  return () => {
    clearInterval(timer)
    for (const pid of stalled) signal(pid, 'SIGKILL')
    return Promise.resolve()
  }
}

/** Wherever a guard may write. */
export async function fillDisks(fleet: Fleet, box: string): Promise<() => Promise<void>> {
  await fleet.run(box, 'for d in /dev/shm /run /tmp; do head -c 200M /dev/zero >$d/fill 2>/dev/null || :; done')
  return async () => {
    await fleet.run(box, 'rm -f /dev/shm/fill /run/fill /tmp/fill')
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}

export function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
