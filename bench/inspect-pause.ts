import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import type { InspectOptions, Inspector, Target } from '../src/evidence/inspect/inspector.ts'
import { euStack } from '../src/evidence/inspectors/native/eu-stack.ts'
import { gdbLocals } from '../src/evidence/inspectors/native/gdb-locals.ts'
import { gdbStacks } from '../src/evidence/inspectors/native/gdb-stacks.ts'
import type { Stacks } from '../src/evidence/inspect/stacks.ts'
import type { Benchmark } from './support/benchmark.ts'

const ROUNDS = 15
const OPTIONS: InspectOptions = { timeoutMs: 15_000, samples: 1, betweenMs: 0, maxThreads: 5_000, maxFrames: 200 }
/** A look that is none, of about the time that the others take: what the machine itself does to the target. Milliseconds. */
const IDLE_MS = 150

interface Tried {
  readonly what: string
  readonly argv: readonly [string, ...string[]]
}

export const benchmark: Benchmark = {
  title: 'inspect: how long a native process stands still',
  about:
    'Pause of a process of ten threads, noticed by a thread of its own that wakes each half millisecond: eu-stack, gdb with our options, gdb as people start it, strace -k; ' +
    'in turn, with looks that are none in between. Needs gcc, eu-stack, gdb, strace, root for SCHED_FIFO. Argument: a number of rounds (default 15).',
  run: async (args) => {
    const rounds = Number(args.find((arg) => /^\d+$/.test(arg)) ?? ROUNDS)
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-pause-'))
    const program = path.join(folder, 'heartbeat')
    const source = path.join(import.meta.dirname, 'support/heartbeat.c')
    execFileSync('gcc', ['-g', '-O1', '-pthread', '-Wall', '-Wextra', '-o', program, source])
    const beats = path.join(folder, 'beats')
    const child = spawn(program, [beats, String(rounds * 30)], { stdio: 'ignore' })
    try {
      while (!existsSync(beats) || readFileSync(beats).length < 16) await after(50)
      await after(200)
      const tries = triesOf(targetOf(child.pid ?? 0, program))
      const figures = new Map(tries.map(({ what }) => [what, { pauses: [] as number[], walls: [] as number[] }]))
      for (let round = 0; round < rounds; round += 1)
        for (const each of tries) {
          forget(beats)
          const began = performance.now()
          spawnSync(each.argv[0], each.argv.slice(1), { stdio: 'ignore' })
          figures.get(each.what)?.walls.push(performance.now() - began)
          await after(30)
          figures.get(each.what)?.pauses.push(longestGap(beats))
        }
      const fifo = readFileSync(beats).readBigUInt64LE(8) === 1n ? 'SCHED_FIFO' : 'without SCHED_FIFO'
      return [
        '| what | pause, ms: median / 95 % / longest | takes, ms: median |',
        '| --- | --- | --- |',
        ...tries.map(({ what }) => row(what, figures.get(what))),
        '',
        `${rounds} rounds in turn; heartbeat ${fifo}. Load average at the end: ${loadavg()[0]?.toFixed(1)}. ${libcDebug()}`,
      ].join('\n')
    } finally {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true })
    }
  },
}

function triesOf(target: Target): readonly Tried[] {
  const pid = String(target.process.pid)
  const ours = (inspector: Inspector<Stacks>): Tried => ({
    what: `${inspector.title} (ours)`,
    argv: ['sh', '-c', inspector.script(target, OPTIONS)],
  })
  return [
    { what: 'nothing: noise of the machine', argv: ['sleep', String(IDLE_MS / 1_000)] },
    ours(euStack),
    ours(gdbStacks),
    ours(gdbLocals),
    { what: '`eu-stack -p PID -s`, with debug files beside the binaries', argv: ['eu-stack', '-p', pid, '-s'] },
    {
      what: '`gdb -p PID`, `thread apply all bt full`',
      argv: ['gdb', '-batch', '-p', pid, '-ex', 'thread apply all bt full', '-ex', 'detach'],
    },
    {
      what: '`strace -f -k -p PID` for half a second',
      argv: ['timeout', '0.5', 'strace', '-f', '-k', '-p', pid, '-o', '/dev/null'],
    },
  ]
}

function targetOf(pid: number, program: string): Target {
  const startTicks = Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19])
  const executable = { kind: 'seen', value: { path: program, deleted: false } } as const
  // What scripts and prices look at; the rest of a target says nothing of this one.
  return {
    process: { pid, startTicks, threadCount: 10, argv: [program], state: 'S', executable },
    runtime: { kind: 'native', details: [] },
    box: { uid: 0, architecture: process.arch, tools: new Set() },
  } as unknown as Target
}

function forget(file: string): void {
  const open = openSync(file, 'r+')
  writeSync(open, Buffer.alloc(8), 0, 8, 0)
  closeSync(open)
}

/** Milliseconds. */
function longestGap(file: string): number {
  const open = openSync(file, 'r')
  const read = Buffer.alloc(8)
  readSync(open, read, 0, 8, 0)
  closeSync(open)
  return Number(read.readBigUInt64LE()) / 1e6
}

function row(
  what: string,
  figures: { readonly pauses: readonly number[]; readonly walls: readonly number[] } | undefined,
): string {
  const pauses = (figures?.pauses ?? []).toSorted((a, b) => a - b)
  const walls = (figures?.walls ?? []).toSorted((a, b) => a - b)
  const at = (of: readonly number[], share: number): number =>
    of[Math.min(of.length - 1, Math.floor(share * of.length))] ?? NaN
  return `| ${what} | ${[0.5, 0.95, 1].map((share) => at(pauses, share).toFixed(1)).join(' / ')} | ${at(walls, 0.5).toFixed(0)} |`
}

function libcDebug(): string {
  return existsSync('/usr/lib/debug/.build-id')
    ? 'Debug files of libraries are installed (libc6-dbg): what reads them stops the process for longer.'
    : 'No debug files of libraries are installed.'
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
