import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import type { Benchmark } from './support/benchmark.ts'
import type { Mining } from './support/mine-file.ts'
import { writeVariedLog } from './support/varied-log.ts'

/** Of the log; peers that need minutes for as much get a tenth. Bytes. */
const SIZE = 1_000_000_000
const RUNS = 2
/** Share of the lines of the hostile log that get a random word. */
const HOSTILE = 0.5

export const benchmark: Benchmark = {
  title: 'logs-throughput: megabytes and lines a second',
  about:
    'The miner end to end (lines, time, signature, counts, samples) on a log of 1 GB that is made for it, on one core and with two threads, and on one with a random word in half of ' +
    'its lines; two miners that are processes of their own show what the machine gives to two; grep, rg, mawk, lnav and Drain3 beside it, where they are installed. Arguments are another size in ' +
    'megabytes, and a folder where the logs are kept for the next time. Miners are built as the product is: what a thread loads is not compiled from TypeScript each time. Rates of CPU time, and of the clock; best of two runs. MB = 10^6 bytes.',
  run: async ([megabytes, kept]) => {
    const size = megabytes === undefined ? SIZE : Number(megabytes) * 1e6
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-throughput-'))
    try {
      return await table(kept ?? folder, size, await built(folder))
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

/** The program that mines a file, and the one of its threads. */
async function built(folder: string): Promise<string> {
  const bundle = await rolldown({
    input: {
      'mine-file': path.join(import.meta.dirname, 'support', 'mine-file.ts'),
      'mining-worker': path.join(import.meta.dirname, '..', 'src', 'steps', 'logs', 'mining', 'mining-worker.ts'),
    },
    platform: 'node',
  })
  await bundle.write({ dir: folder, format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: '[name]-[hash].cjs' })
  await bundle.close()
  return path.join(folder, 'mine-file.cjs')
}

async function table(folder: string, size: number, program: string): Promise<string> {
  const [varied, tenth, hostile] = ['varied', 'tenth', 'hostile'].map((name) => path.join(folder, `${name}.log`)) as [
    string,
    string,
    string,
  ]
  for (const [file, bytes, share] of [
    [varied, size, 0],
    [tenth, size / 10, 0],
    [hostile, size, HOSTILE],
  ] as const)
    if (!existsSync(file)) writeVariedLog(file, bytes, share)
  const mask = `{ gsub(/[0-9]+/, "#"); count[$0]++ } END { for (each in count) rows++; print rows }`
  const one = minings(program, varied, 1)
  const few = minings(program, tenth, 1)
  const { lines } = one[0] as Mining
  const { lines: fewLines } = few[0] as Mining
  return [
    '| what | MB/s of CPU | M lines/s of CPU | MB/s by the clock | resident MB | rows |',
    '| --- | --- | --- | --- | --- | --- |',
    rowOfMining('miner, one core', one),
    rowOfMining('miner, two threads', minings(program, varied, 2)),
    await twoRow('two miners, each a process with the whole log', program, varied),
    rowOfMining('miner, a random word in half of the lines', minings(program, hostile, 1)),
    rowOfMining('miner, a tenth of that log', few),
    peerRow('grep -c ERROR', `grep -c ERROR ${varied}`, varied, lines),
    peerRow("grep -ciE 'error|fail|exception'", `grep -ciE 'error|fail|exception' ${varied}`, varied, lines),
    peerRow('rg -c ERROR', `rg -c ERROR ${varied}`, varied, lines),
    peerRow('mawk, digits masked, counted (a tenth)', `mawk '${mask}' ${tenth}`, tenth, fewLines),
    peerRow(
      'lnav, its patterns (a tenth)',
      `lnav -n -c ';SELECT log_msg_format, count(*) FROM all_logs GROUP BY log_msg_format' ${tenth}`,
      tenth,
      fewLines,
    ),
    peerRow('Drain3 (a tenth)', `python3 -c '${DRAIN}' ${tenth}`, tenth, fewLines),
    PUBLISHED_DRAIN,
  ].join('\n')
}

/** Where Drain3 is not installed: the mean of 14 systems, on the machine of those who published it. */
const PUBLISHED_DRAIN =
  '| Drain in Python, as published (3.6 M lines of LogHub-2.0 in 425 s; Jiang et al., ISSTA 2024) | | | 0.0085 M lines/s | | |'

const DRAIN = `import sys
from drain3 import TemplateMiner
miner = TemplateMiner()
for line in open(sys.argv[1], errors="replace"): miner.add_log_message(line.rstrip()[25:])
print(len(miner.drain.clusters))`

function minings(program: string, file: string, workers: number): readonly Mining[] {
  return Array.from({ length: RUNS }, (): Mining => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, file, String(workers)], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`logs-throughput: mining ${file} failed: ${stderr}`)
    return JSON.parse(stdout) as Mining
  })
}

function rowOfMining(what: string, runs: readonly Mining[]): string {
  const { bytes, lines, rows, other } = runs[0] as Mining
  const cpuSeconds = Math.min(...runs.map((run) => run.cpuSeconds))
  const seconds = Math.min(...runs.map((run) => run.seconds))
  const resident = Math.max(...runs.map((run) => run.residentBytes))
  return rowOf(what, { bytes, lines, cpuSeconds, seconds }, (resident / 1e6).toFixed(0), `${rows}, ${other} others`)
}

/** What two that share nothing reach together: more than that no threads can. */
async function twoRow(what: string, program: string, file: string): Promise<string> {
  const run = promisify(execFile)
  const runs: Figures[] = []
  for (let at = 0; at < RUNS; at++) {
    const both = await Promise.all([1, 2].map(() => run(process.execPath, [program, file, '1'])))
    const minings = both.map(({ stdout }) => JSON.parse(stdout) as Mining)
    const sum = (of: (mining: Mining) => number): number => minings.reduce((total, each) => total + of(each), 0)
    runs.push({
      bytes: sum(({ bytes }) => bytes),
      lines: sum(({ lines }) => lines),
      cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
      seconds: Math.max(...minings.map(({ seconds }) => seconds)),
    })
  }
  const [best] = runs.toSorted((a, b) => a.seconds - b.seconds)
  return rowOf(what, best as Figures, '', '')
}

/** With the least CPU time of the children of a shell, by its `times` (POSIX 2.14). */
function peerRow(what: string, command: string, file: string, lines: number): string {
  const [program = ''] = command.split(' ')
  if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `| ${what} | not installed | | | | |`
  const runs = Array.from({ length: RUNS }, () => {
    const began = performance.now()
    const { stdout, stderr } = spawnSync('sh', ['-c', `${command} | tail -n 1; times`], { encoding: 'utf8' })
    const seconds = (performance.now() - began) / 1_000
    const children = stdout.trim().split('\n').at(-1) ?? ''
    const cpuSeconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
      (sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest),
      0,
    )
    return { seconds, cpuSeconds, failed: stderr.includes('Error') }
  })
  if (runs.some(({ failed }) => failed)) return `| ${what} | not installed | | | | |`
  const cpuSeconds = Math.min(...runs.map((run) => run.cpuSeconds))
  const seconds = Math.min(...runs.map((run) => run.seconds))
  return rowOf(what, { bytes: statSync(file).size, lines, cpuSeconds, seconds }, '', '')
}

interface Figures {
  readonly bytes: number
  readonly lines: number
  readonly cpuSeconds: number
  readonly seconds: number
}

function rowOf(what: string, { bytes, lines, cpuSeconds, seconds }: Figures, resident: string, rows: string): string {
  const figures = [rate(bytes / 1e6, cpuSeconds, 0), rate(lines / 1e6, cpuSeconds, 2), rate(bytes / 1e6, seconds, 0)]
  return `| ${[what, ...figures, resident, rows].join(' | ')} |`
}

/** What a shell's `times` counts in hundredths of seconds says nothing of less. */
const SHORTEST_SECONDS = 0.05

function rate(amount: number, seconds: number, digits: number): string {
  return seconds < SHORTEST_SECONDS ? 'too short' : (amount / seconds).toFixed(digits)
}
