import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { jdkHome } from '../scripts/jvm-helper.ts'
import type { Benchmark } from './support/benchmark.ts'

const ROUNDS = 7
/** After its start, until what it compiles and collects by itself is over. Milliseconds. */
const SETTLED_MS = 1_500
const halligan = path.join(import.meta.dirname, '../bin/halligan.cjs')
const support = path.join(import.meta.dirname, 'support')

interface Subject {
  readonly what: string
  readonly goal: string
  readonly argv: readonly [string, ...string[]]
  readonly by: string
}

interface Round {
  readonly noiseMs: number
  readonly pauseMs: number
  readonly wallMs: number
}

export const benchmark: Benchmark = {
  title: 'inspect: how long Node and a JVM stand still for their stacks',
  about:
    'Longest time between two wakes of a timer of the process itself, while `halligan inspect local --stacks` looks into it for the first time (a new process each round), and in as long a time behind it, in which nobody does. ' +
    'Needs root; a JVM of JDK 17 or 25 in /usr/lib/jvm. Argument: a number of rounds (default 7).',
  run: async (args) => {
    const rounds = Number(args.find((arg) => /^\d+$/.test(arg)) ?? ROUNDS)
    const home = mkdtempSync(path.join(tmpdir(), 'halligan-runtimes-'))
    try {
      const subjects = subjectsHere()
      const figures = new Map(subjects.map(({ what }) => [what, [] as Round[]]))
      for (let round = 0; round < rounds; round += 1)
        for (const subject of subjects) figures.get(subject.what)?.push(await roundOf(subject, home))
      return [
        '| what | pause, ms: median / longest | without a look, ms: median / longest | whole command, ms: median | goal, ms |',
        '| --- | --- | --- | --- | --- |',
        ...subjects.map(({ what, goal }) => row(what, goal, figures.get(what) ?? [])),
        '',
        `${rounds} rounds in turn. Load average at the end: ${loadavg()[0]?.toFixed(1)}. Both windows are as long as the command takes, and a timer is late for other reasons too.`,
      ].join('\n')
    } finally {
      rmSync(home, { recursive: true })
    }
  },
}

function subjectsHere(): readonly Subject[] {
  const jvms = [17, 25].flatMap((version): Subject[] => {
    const home = jdkHome(version)
    if (home === undefined) return []
    const argv = [`${home}/bin/java`, '-Xmx128m', path.join(support, 'Beat.java')] as const
    return [{ what: `JVM ${version}: jvm-stacks`, goal: '25', argv, by: 'jvm-stacks' }]
  })
  const node: Subject = {
    what: `Node ${process.versions.node}: node-stacks, first attach`,
    goal: '60',
    argv: [process.execPath, path.join(support, 'beat.cjs')],
    by: 'node-stacks',
  }
  return [node, ...jvms]
}

async function roundOf({ argv, by }: Subject, home: string): Promise<Round> {
  const child = spawn(argv[0], argv.slice(1), { stdio: ['pipe', 'pipe', 'ignore'] })
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    await lines.next()
    await after(SETTLED_MS)
    const worst = async (): Promise<number> => {
      child.stdin.write('\n')
      return Number((await lines.next()).value) / 1_000
    }
    // Its first answer is of its start.
    await worst()
    await look(['--version'], home)
    await worst()
    const began = performance.now()
    await look(['inspect', 'local', String(child.pid), '--by', by, '--accept', 'pause', '--json'], home)
    const wallMs = performance.now() - began
    const pauseMs = await worst()
    await after(wallMs)
    return { pauseMs, wallMs, noiseMs: await worst() }
  } finally {
    await ended(child)
  }
}

function look(words: readonly string[], home: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const command = spawn(process.execPath, [halligan, ...words], {
      stdio: 'ignore',
      env: { ...process.env, HALLIGAN_HOME: home },
    })
    command.once('error', reject)
    command.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`halligan ${words.join(' ')}: ${code}`))))
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

function row(what: string, goal: string, rounds: readonly Round[]): string {
  const both = (of: readonly number[]): string => `${middle(of).toFixed(0)} / ${Math.max(...of).toFixed(0)}`
  const wall = middle(rounds.map(({ wallMs }) => wallMs)).toFixed(0)
  return `| ${what} | ${both(rounds.map(({ pauseMs }) => pauseMs))} | ${both(rounds.map(({ noiseMs }) => noiseMs))} | ${wall} | ${goal} |`
}

function middle(of: readonly number[]): number {
  return of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? NaN
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
