import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { expect } from 'vitest'
import { auditedRecord, withStore } from './homes.ts'

const WRITER = path.join(import.meta.dirname, 'writer.ts')

export interface Console {
  readonly child: ChildProcess
  /** What it said that it has written, so far. */
  readonly acknowledged: () => readonly Acknowledged[]
  /** Exit code and signal, and what it said on standard error. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly stderr: string }>
}

export interface Acknowledged {
  readonly seq: number
  readonly hash: string
}

/** Starts test/record/writer.ts; another program may go before it on its command line, which becomes it (`setpriv`, `strace`). */
export function startWriter(home: string, incident: string, count: number, before: readonly string[] = []): Console {
  const [program, ...args] = [...before, process.execPath, WRITER, home, incident, String(count)]
  const child = spawn(program, args)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<Awaited<Console['ended']>>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stderr })),
  )
  return { child, acknowledged: () => acknowledgedIn(stdout), ended }
}

/** A line that was cut off was not said. */
export function acknowledgedIn(stdout: string): readonly Acknowledged[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' '))
    .map(([seq = '', hash = '']) => ({ seq: Number(seq), hash }))
}

/** Every entry that was acknowledged is there as it was said, and the record is intact. */
export async function expectKept(
  home: string,
  incident: string,
  acknowledged: readonly Acknowledged[],
): Promise<number> {
  return withStore(home, async (store) => {
    const entries = acknowledged.length === 0 ? [] : await store.read(incident)
    for (const { seq, hash } of acknowledged) expect(entries[seq - 1]?.hash, `entry ${seq}`).toBe(hash)
    const { chains, record } = await auditedRecord(store)
    expect(record).toEqual([])
    expect(Object.values(chains).filter(Boolean)).toEqual([])
    return entries.length
  })
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
