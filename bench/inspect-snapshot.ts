import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import type { Benchmark } from './support/benchmark.ts'

const ROUNDS = 5
const HITS = 50
/** The statement of support/price-calls.c. */
const AT = 'price-calls.c:13'
const MAIN = path.join(import.meta.dirname, '../src/main.ts')

interface Tried {
  readonly what: string
  readonly argv: (pid: number) => readonly string[]
  /** Calls that were watched are those that took longer than an unwatched one by far. Nanoseconds. */
  readonly watchedFromNs: number
}

export const benchmark: Benchmark = {
  title: 'inspect: what each run of a watched statement costs',
  about:
    'A program calls a function every 2 ms and measures each call itself, while `--at` watches a statement in it: by a probe of the kernel, by a breakpoint of gdb, with and without a condition that is ' +
    'false, and by gdb as people use it (`commands` with `info locals` and `bt`). In turn. Needs gcc, gdb, root. Argument: a number of rounds (default 5).',
  run: async (args) => {
    const rounds = Number(args.find((arg) => /^\d+$/.test(arg)) ?? ROUNDS)
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-snapshot-'))
    const program = path.join(folder, 'price-calls')
    execFileSync('gcc', ['-g', '-O1', '-o', program, path.join(import.meta.dirname, 'support/price-calls.c')])
    const calls = path.join(folder, 'calls')
    const child = spawn(program, [calls, '1000'], { stdio: 'ignore' })
    try {
      while (!existsSync(calls) || countOf(calls) < 500) await after(100)
      const tries = triesOf(folder)
      const figures = new Map(tries.map(({ what }): [string, number[]] => [what, []]))
      for (let round = 0; round < rounds; round += 1)
        for (const { what, argv, watchedFromNs } of tries) {
          const from = countOf(calls)
          await run(argv(child.pid ?? 0), folder)
          figures.get(what)?.push(...tookOf(calls, from).filter((took) => took >= watchedFromNs))
        }
      return [
        '| what | calls that were watched | cost of each, µs: median / 95 % / longest |',
        '| --- | --- | --- |',
        ...tries.map(({ what }) => row(what, figures.get(what) ?? [])),
        '',
        `${rounds} rounds in turn. Load average at the end: ${loadavg()[0]?.toFixed(1)}. A call that nobody watched but from which the processor was taken meanwhile counts, too.`,
      ].join('\n')
    } finally {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true })
    }
  },
}

function triesOf(folder: string): readonly Tried[] {
  const commands = path.join(folder, 'plain.gdb')
  writeFileSync(
    commands,
    `set pagination off\nset $hits = 0\nbreak ${AT}\ncommands\nsilent\nset $hits = $hits + 1\ninfo args\ninfo locals\nbt 4\nif $hits < ${HITS}\ncontinue\nend\nend\n`,
  )
  const ours =
    (by: string, ...more: readonly string[]) =>
    (pid: number): readonly string[] => [
      process.execPath,
      MAIN,
      'inspect',
      'local',
      String(pid),
      '--at',
      AT,
      '--by',
      by,
      '--accept',
      'pause',
      ...more,
    ]
  const never = ['--when', 'total == 123456', '--for', '2s']
  return [
    { what: 'nothing: a second of calls', argv: () => ['sleep', '1'], watchedFromNs: 0 },
    {
      what: `probe of the kernel, ${HITS} hits`,
      argv: ours('uprobe-snapshot', '--hits', String(HITS)),
      watchedFromNs: 1_000,
    },
    { what: 'probe of the kernel, condition false', argv: ours('uprobe-snapshot', ...never), watchedFromNs: 1_000 },
    {
      what: `breakpoint of gdb, ${HITS} hits`,
      argv: ours('gdb-snapshot', '--hits', String(HITS)),
      watchedFromNs: 100_000,
    },
    { what: 'breakpoint of gdb, condition false', argv: ours('gdb-snapshot', ...never), watchedFromNs: 100_000 },
    {
      what: '`gdb -batch -p PID -x`, `commands` with `info args`, `info locals`, `bt 4`, `continue`',
      argv: (pid) => [
        'gdb',
        '-batch',
        '-p',
        String(pid),
        '-x',
        commands,
        '-ex',
        'continue',
        '-ex',
        'delete',
        '-ex',
        'detach',
      ],
      watchedFromNs: 100_000,
    },
  ]
}

function run([program = '', ...args]: readonly string[], home: string): Promise<void> {
  const child = spawn(program, args, {
    stdio: 'ignore',
    env: { ...process.env, HALLIGAN_HOME: path.join(home, 'home') },
  })
  return new Promise((resolve) => child.on('close', () => resolve()))
}

function countOf(file: string): number {
  const bytes = readFileSync(file)
  return bytes.length < 8 ? 0 : Number(bytes.readBigInt64LE(0))
}

/** Nanoseconds of each call after so many. */
function tookOf(file: string, from: number): readonly number[] {
  const bytes = readFileSync(file)
  const count = Number(bytes.readBigInt64LE(0))
  return Array.from({ length: Math.max(0, count - from) }, (_, at) => Number(bytes.readBigInt64LE(8 * (from + at + 1))))
}

function row(what: string, took: readonly number[]): string {
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share: number): string =>
    ((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN) / 1_000).toFixed(1)
  return `| ${what} | ${sorted.length} | ${at(0.5)} / ${at(0.95)} / ${at(1)} |`
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
