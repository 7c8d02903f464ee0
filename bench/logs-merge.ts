import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLineBatcher, type LineBatch } from '../src/evidence/logs/merging/line-batch.ts'
import { layoutOf } from '../src/evidence/logs/layout/layout.ts'
import { createMerge } from '../src/evidence/logs/merging/merge.ts'
import type { Benchmark } from './support/benchmark.ts'

const STREAMS = 50
/** Of each stream. */
const LINES = 20_000
const RUNS = 3
/** What a pipe or a socket gives at once. Bytes. */
const CHUNK = 64 * 1024
/** The first bytes of a log, of which its layout is told. */
const HEAD = 4096
const FROM_MS = Date.UTC(2026, 0, 2, 3, 4, 5)
/** Multiplier and increment of a generator of numbers (Numerical Recipes, ranqd1): the same data every time. */
const [MULTIPLIER, INCREMENT] = [1_664_525, 1_013_904_223]

export const benchmark: Benchmark = {
  title: 'logs: lines of 50 boxes merged by time',
  about: `${STREAMS} streams of ${LINES} lines, by turns in chunks of 64 KiB, against GNU sort -m on the same files. Rates are of CPU time, so that neighbours on the machine count less. Needs bash and sort (coreutils).`,
  run: async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-merge-'))
    try {
      const files = Array.from({ length: STREAMS }, (_, at) => writeStream(folder, at))
      const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
      return tableOf(files, bytes, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** ISO times lie so that a sort of bytes is one by time, which is all that `sort -m` knows. */
function writeStream(folder: string, at: number): string {
  let seed = at + 1
  const random = (): number => (seed = (Math.imul(seed, MULTIPLIER) + INCREMENT) >>> 0) / 2 ** 32
  const lines: string[] = []
  let time = FROM_MS
  for (let line = 0; line < LINES; line++) {
    time += random() * 100
    const stamp = new Date(time).toISOString()
    lines.push(
      `${stamp} INFO orders-${at} order ${Math.floor(random() * 1e6)} of customer ${Math.floor(random() * 500)} was paid in ${Math.floor(random() * 300)} ms\n`,
    )
  }
  const file = path.join(folder, `box-${at}.log`)
  writeFileSync(file, lines.join(''))
  return file
}

function tableOf(files: readonly string[], bytes: number, folder: string): string {
  const lines = STREAMS * LINES
  const logs = files.map((file) => readFileSync(file))
  const batches = logs.map((log) => {
    const batcher = createLineBatcher(layoutFor(log))
    return chunksOf(log).flatMap((chunk) => batcher.feed(chunk))
  })
  const rows: readonly (readonly [string, number])[] = [
    ['merge of batches, lines counted', best(ours(() => mergeBatches(batches)))],
    [
      'bytes to lines with their times (the layout told from the first 4 KiB), merge, lines counted',
      best(ours(() => mergeBytes(logs))),
    ],
    ['the same, and written to a file', best(ours(() => mergeToFile(logs, path.join(folder, 'ours'))))],
    ['`LC_ALL=C sort -m` to a file', best(() => sort(files, path.join(folder, 'theirs'), []))],
    [
      '`LC_ALL=C sort -m -s -k1,1` to a file (by the time only, as ours)',
      best(() => sort(files, path.join(folder, 'theirs'), ['-s', '-k1,1'])),
    ],
  ]
  const same = readFileSync(path.join(folder, 'ours')).equals(readFileSync(path.join(folder, 'theirs')))
  return [
    '| what, on one core | lines/s | MB/s |',
    '| --- | --- | --- |',
    ...rows.map(
      ([what, ms]) => `| ${what} | ${(lines / ms / 1000).toFixed(2)} M | ${(bytes / ms / 1000).toFixed(0)} |`,
    ),
    '',
    `${lines / 1e6} M lines of ${STREAMS} streams, ${(bytes / 1e6).toFixed(0)} MB, best of ${RUNS}; each line has a neighbour of another stream, so runs are short. ` +
      `Output of ours and of \`sort -m -s -k1,1\`: ${same ? 'the same, byte for byte' : 'DIFFERENT'}.`,
  ].join('\n')
}

/** CPU milliseconds, the least of some runs. */
function best(act: () => number): number {
  return Math.min(...Array.from({ length: RUNS }, act))
}

/** Collecting garbage, on whatever thread, included. */
function ours(act: () => void): () => number {
  return () => {
    const before = process.cpuUsage()
    act()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
}

function mergeBatches(streams: readonly (readonly LineBatch[])[]): void {
  let lines = 0
  const merge = createMerge({ skewsMs: streams.map(() => 0), emit: (_, __, from, to) => (lines += to - from) })
  const most = Math.max(...streams.map((batches) => batches.length))
  for (let turn = 0; turn < most; turn++) {
    streams.forEach((batches, source) => {
      const batch = batches[turn]
      if (batch) void merge.add(source, batch, 0)
    })
  }
  streams.forEach((_, source) => merge.end(source, 0))
  expectAll(lines)
}

function mergeBytes(logs: readonly Uint8Array[]): void {
  let lines = 0
  feedMerge(logs, (_, from, to) => (lines += to - from))
  expectAll(lines)
}

function mergeToFile(logs: readonly Uint8Array[], file: string): void {
  const handle = openSync(file, 'w')
  const page = Buffer.allocUnsafe(1024 * 1024)
  let filled = 0
  feedMerge(logs, ({ bytes, offsets }, from, to) => {
    const [start = 0, end = 0] = [offsets[from], offsets[to]]
    if (filled + end - start > page.length) {
      writeSync(handle, page, 0, filled)
      filled = 0
    }
    page.set(bytes.subarray(start, end), filled)
    filled += end - start
  })
  writeSync(handle, page, 0, filled)
  closeSync(handle)
}

function feedMerge(logs: readonly Uint8Array[], take: (batch: LineBatch, from: number, to: number) => void): void {
  const merge = createMerge({ skewsMs: logs.map(() => 0), emit: (_, batch, from, to) => take(batch, from, to) })
  const batchers = logs.map((log) => createLineBatcher(layoutFor(log)))
  const most = Math.max(...logs.map((log) => log.length))
  for (let at = 0; at < most; at += CHUNK) {
    logs.forEach((log, source) => {
      for (const batch of batchers[source]?.feed(log.subarray(at, at + CHUNK)) ?? []) void merge.add(source, batch, 0)
    })
  }
  logs.forEach((_, source) => merge.end(source, 0))
}

/** As it is told from the beginning of a log. */
function layoutFor(log: Uint8Array): ReturnType<typeof layoutOf> {
  return layoutOf(log.subarray(0, HEAD), { nowMs: FROM_MS, zone: 'UTC' })
}

/** CPU milliseconds, as bash tells them. */
function sort(files: readonly string[], out: string, options: readonly string[]): number {
  const argv = ['-c', 'TIMEFORMAT="%U %S"; time sort "$@"', 'bash', '-m', ...options, '-o', out, ...files]
  const { status, stderr } = spawnSync('bash', argv, { env: { ...process.env, LC_ALL: 'C' }, encoding: 'utf8' })
  const [user, system] = stderr.trim().split(' ').map(Number)
  if (status !== 0 || user === undefined || system === undefined) throw new Error(`sort: ${stderr}`)
  return (user + system) * 1000
}

function expectAll(lines: number): void {
  if (lines !== STREAMS * LINES) throw new Error(`${lines} lines came out of ${STREAMS * LINES}`)
}

function chunksOf(log: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(log.length / CHUNK) }, (_, at) => log.subarray(at * CHUNK, (at + 1) * CHUNK))
}
