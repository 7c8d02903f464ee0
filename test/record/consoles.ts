import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Acknowledged } from './records.ts'

const WRITER = path.join(import.meta.dirname, 'writer.ts')

export interface Console {
  readonly child: ChildProcessWithoutNullStreams
  /** What it said that it has written, so far. */
  readonly acknowledged: () => readonly Acknowledged[]
  /** Exit code and signal, and what it said on standard error. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly stderr: string }>
}

/** Starts test/record/writer.ts; another program may go before it on its command line, which becomes it (`setpriv`, `strace`). */
export function startWriter(
  home: string,
  incident: string,
  count: number,
  { before = [], plain = false }: { readonly before?: readonly string[]; readonly plain?: boolean } = {},
): Console {
  const own = [process.execPath, WRITER, home, incident, String(count), ...(plain ? ['plain'] : [])]
  const [program, ...args] = [...before, ...own]
  const child = spawn(program ?? process.execPath, args)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<Awaited<Console['ended']>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stderr })),
  )
  return { child, acknowledged: () => acknowledgedIn(stdout), ended }
}

/**
 * Ends it with SIGKILL at a random moment: one in five meets its start, in which the first of them makes the record; the others meet its writing, and have
 * acknowledged something.
 */
export async function killSometime({ child, ended }: Console, random: () => number): Promise<void> {
  if (random() < 0.2) await pause(random() * 300)
  else {
    await Promise.race([once(child.stdout, 'data'), ended])
    await pause(random() * 100)
  }
  child.kill('SIGKILL')
  await ended
}

/** A line that was cut off was not said. */
export function acknowledgedIn(stdout: string): readonly Acknowledged[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
    .map(([seq = '', hash = '']) => ({ seq: Number(seq), hash }))
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
