import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Stacks, ThreadStack } from '../../src/evidence/inspect/stacks.ts'
import type { InspectOptions, Target } from '../../src/evidence/inspect/inspector.ts'
import type { Reading } from '../../src/evidence/reading.ts'
import { cpythonStacks } from '../../src/evidence/inspectors/cpython/cpython-stacks.ts'

/** A process that is looked into: it has said its first line, and ends with its standard input. */
export interface Held {
  readonly pid: number
  readonly said: string
  end(): Promise<void>
}

export async function hold(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Held> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } })
  const said = await firstLine(child)
  return { pid: child.pid ?? 0, said, end: () => ended(child) }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`it ended (${code}) before it said anything`)))
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve)
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.stdin?.destroy()
    child.kill('SIGKILL')
  })
}

export const USUAL: InspectOptions = { timeoutMs: 20_000, samples: 1, betweenMs: 0, maxThreads: 500, maxFrames: 200 }

/** What the inspector says of a process of this machine, by the sh of this machine. */
export function lookInto(pid: number, options: Partial<InspectOptions> = {}): Reading<Stacks> {
  return cpythonStacks.parse(answerOf(pid, options), targetOf(pid))
}

export function answerOf(pid: number, options: Partial<InspectOptions> = {}): Uint8Array {
  const script = cpythonStacks.script(targetOf(pid), { ...USUAL, ...options })
  const { stdout, stderr } = spawnSync('sh', { input: script, maxBuffer: 1 << 26 })
  if (stderr.length > 0) throw new Error(stderr.toString())
  return stdout
}

/** Of the process only what proves it is used. */
export function targetOf(pid: number): Target {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  return { process: { pid, startTicks } } as Target
}

/** The threads of the last sample; fails with what was said instead. */
export function threadsOf(reading: Reading<Stacks>): readonly ThreadStack[] {
  if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
  return reading.value.samples.at(-1)?.threads ?? []
}
