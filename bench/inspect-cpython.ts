import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openBox } from '../src/boxes/open.ts'
import type { InspectOptions, Target } from '../src/evidence/inspect/inspector.ts'
import { cpythonStacks } from '../src/evidence/inspectors/cpython/cpython-stacks.ts'
import { startFleet, type Fleet } from '../test/boxes/fleet.ts'
import type { Benchmark } from './support/benchmark.ts'

/** Turns of looking and of leaving alone, each so long. */
const TURNS = 25
const TURN_MS = 450
const RUNS = 15
/** Of the normal distribution, for 95 %. */
const Z = 1.96
const HEARTBEAT = path.join(import.meta.dirname, 'support/heartbeat.py')
const main = path.resolve(import.meta.dirname, '../bin/halligan.cjs')
/** The tools of the system, as on a box; not what a developer has put before them. */
const BOX: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin' }
const ONCE: InspectOptions = { timeoutMs: 10_000, samples: 1, betweenMs: 0, maxThreads: 5_000, maxFrames: 200 }

export const benchmark: Benchmark = {
  title: 'CPython stacks with values, read from memory',
  about:
    'What it costs the target (a heartbeat of half a millisecond within it, while it and another process are looked into in turn), the box, and who waits. The peer, gdb, shows that the ' +
    'heartbeat sees a pause. Needs root, an sshd, gdb and /usr/bin/python3.',
  run: async () => {
    const fleet = await startFleet({ boxes: ['web-1'] })
    try {
      return await measure(fleet)
    } finally {
      await fleet.down()
    }
  },
}

async function measure(fleet: Fleet): Promise<string> {
  const target = await startTarget()
  const other = await startTarget()
  const rows = [
    await pauseRow('Halligan', target, other, () => spawn('sh', { stdio: ['pipe', 'ignore', 'inherit'], env: BOX })),
    await pauseRow('gdb: attach, all stacks, detach', target, other, gdb),
  ]
  const cpu = Array.from({ length: RUNS }, () => costOnBox(target))
  target.child.kill('SIGKILL')
  other.child.kill('SIGKILL')
  return [
    '| who looks | longest time between two wakes in 200 ms, ms: while it looks into another process | into this one | difference of the means, 95 % |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '| 12 threads, all values | ms: min / median / max |',
    '| --- | --- |',
    `| on the box, wall (goal 50) | ${spread(cpu.map(({ wallMs }) => wallMs))} |`,
    `| on the box, CPU | ${spread(cpu.map(({ cpuMs }) => cpuMs))} |`,
    `| of that, reading (the rest starts Python and compiles the reader) | ${spread(cpu.map(({ readMs }) => readMs))} |`,
    `| a bare \`python3 -I -S -c 0\`, wall | ${spread(times(() => spawnSync('/usr/bin/python3', ['-I', '-S', '-c', '0'])))} |`,
    ...(await overSsh(fleet)),
  ].join('\n')
}

interface Held {
  readonly child: ChildProcess
  readonly target: Target
  readonly windows: { readonly atMs: number; readonly longestMs: number }[]
}

async function startTarget(): Promise<Held> {
  const child = spawn('/usr/bin/python3', [HEARTBEAT], { stdio: ['pipe', 'pipe', 'inherit'] })
  const windows: Held['windows'] = []
  await new Promise<void>((resolve) => {
    if (!child.stdout) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') return resolve()
      const [at = NaN, longest = NaN] = line.split(' ').map((part) => Number(part) / 1e6)
      windows.push({ atMs: at, longestMs: longest })
    })
  })
  return { child, target: targetOf(child.pid ?? 0), windows }
}

function targetOf(pid: number): Target {
  return provedBy(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

/** Of the process only what proves it is used. */
function provedBy(pid: number, stat: string): Target {
  return { process: { pid, startTicks: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) } } as Target
}

function gdb(pid: number): ChildProcess {
  const argv = [
    '-q',
    '-batch',
    '-nx',
    '-iex',
    'set debuginfod enabled off',
    '-p',
    String(pid),
    '-ex',
    'thread apply all bt',
  ]
  return spawn('gdb', argv, { stdio: 'ignore' })
}

/**
 * Looks again and again into it for one turn, and for one into another process of the same kind, so that the processors have as much to do in both. What is
 * compared are windows that lie within a turn.
 */
async function pauseRow(who: string, subject: Held, other: Held, look: (pid: number) => ChildProcess): Promise<string> {
  const turns: { readonly isLooked: boolean; readonly from: number; readonly to: number }[] = []
  for (let turn = 0; turn < 2 * TURNS; turn += 1) {
    const isLooked = turn % 2 === 1
    const { child, target } = isLooked ? subject : other
    const from = monotonicMs()
    while (monotonicMs() < from + TURN_MS) {
      const looking = look(child.pid ?? 0)
      looking.stdin?.end(cpythonStacks.script(target, ONCE))
      await new Promise((resolve) => looking.once('exit', resolve))
    }
    turns.push({ isLooked, from, to: monotonicMs() })
  }
  await sleep(300)
  const of = (looked: boolean): readonly number[] =>
    subject.windows
      .filter(({ atMs }) =>
        turns.some(({ isLooked, from, to }) => isLooked === looked && atMs >= from - 20 && atMs + 180 <= to),
      )
      .map(({ longestMs }) => longestMs)
  const alone = of(false)
  const looked = of(true)
  const difference = mean(looked) - mean(alone)
  const error = Z * Math.sqrt(variance(alone) / alone.length + variance(looked) / looked.length)
  const words = Math.abs(difference) <= error ? ', not resolvable' : ''
  return `| ${who} | ${spread(alone)} (${alone.length}) | ${spread(looked)} (${looked.length}) | ${difference.toFixed(2)} ± ${error.toFixed(2)}${words} |`
}

/** process.hrtime is CLOCK_MONOTONIC, as time.monotonic_ns of Python is. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

function costOnBox({ target }: Held): { readonly wallMs: number; readonly cpuMs: number; readonly readMs: number } {
  const started = performance.now()
  const { stdout } = spawnSync('sh', {
    input: `${cpythonStacks.script(target, ONCE)}\ntimes`,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  const wallMs = performance.now() - started
  // `times` prints user and system time of the shell, then those of its children.
  const spent = [...stdout.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  )
  const readMs = Number(/"end":true,"ms":([\d.]+)/.exec(stdout)?.[1])
  return { wallMs, cpuMs: 1000 * spent.reduce((sum, each) => sum + each, 0), readMs }
}

async function overSsh(fleet: Fleet): Promise<readonly string[]> {
  process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
  const pid = await targetOnBox(fleet)
  const box = openBox('web-1', {})
  const target = provedBy(pid, await fleet.run('web-1', `cat /proc/${pid}/stat`))
  const warm: number[] = []
  for (let run = 0; run <= RUNS; run += 1) {
    const started = performance.now()
    const limits = { what: 'stacks', timeoutMs: 10_000, maxBytes: 1 << 26 }
    const result = await box.run(cpythonStacks.script(target, ONCE), limits)
    if (cpythonStacks.parse(result.stdout, target).kind !== 'seen')
      throw new Error(Buffer.from(result.stdout).toString())
    if (run > 0) warm.push(performance.now() - started)
  }
  await box.close()
  const command = [main, 'inspect', 'web-1', String(pid), '--json']
  const whole = times(() => spawnSync(process.execPath, command, { maxBuffer: 1 << 26 }))
  return [
    `| stacks and values over warm ssh (goal 500) | ${spread(warm)} |`,
    `| \`halligan inspect web-1 PID\` as a whole: login, state over 250 ms, stacks twice 200 ms apart | ${spread(whole)} |`,
  ]
}

async function targetOnBox(fleet: Fleet): Promise<number> {
  const text = Buffer.from(readFileSync(HEARTBEAT)).toString('base64')
  fleet.leave('web-1', `echo ${text} | base64 -d >/tmp/heartbeat.py; sleep 600 | python3 /tmp/heartbeat.py >/dev/null`)
  for (;;) {
    await sleep(500)
    const found = await fleet.run('web-1', "pgrep -f '^python3 /tmp/heartbeat' || true")
    if (/^\d+\s*$/.test(found)) return Number(found)
  }
}

function times(run: () => unknown): readonly number[] {
  return Array.from({ length: RUNS }, () => {
    const started = performance.now()
    run()
    return performance.now() - started
  })
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1)
  return `${at(0)} / ${at(0.5)} / ${at(1)}`
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length
}

function variance(values: readonly number[]): number {
  const middle = mean(values)
  return values.reduce((sum, each) => sum + (each - middle) ** 2, 0) / Math.max(values.length - 1, 1)
}
