import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLineBatcher, type LineBatch } from '../src/evidence/logs/line-batch.ts'
import type { LineLayout } from '../src/evidence/logs/line-layout.ts'
import { createMerge } from '../src/evidence/logs/merge.ts'
import type { Benchmark } from './support/benchmark.ts'

const STREAMS = 50
/** Of each stream. */
const LINES = 20_000
const RUNS = 3
/** What a pipe or a socket gives at once. Bytes. */
const CHUNK = 64 * 1024
const FROM_MS = Date.UTC(2026, 0, 2, 3, 4, 5)
/** Multiplier and increment of a generator of numbers (Numerical Recipes, ranqd1): the same data every time. */
const [MULTIPLIER, INCREMENT] = [1_664_525, 1_013_904_223]

export const benchmark: Benchmark = {
  title: 'logs: lines of 50 boxes merged by time',
  about: `${STREAMS} streams of ${LINES} lines, by turns in chunks of 64 KiB, against GNU sort -m on the same files. Needs sort (coreutils).`,
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
    const batcher = createLineBatcher(layout)
    return chunksOf(log).flatMap((chunk) => batcher.feed(chunk))
  })
  const rows: readonly (readonly [string, number])[] = [
    ['merge of batches, lines counted', best(() => mergeBatches(batches))],
    ['bytes to lines with their times, merge, lines counted', best(() => mergeBytes(logs))],
    ['the same, and written to a file', best(() => mergeToFile(logs, path.join(folder, 'ours')))],
    ['`LC_ALL=C sort -m` to a file', best(() => sort(files, path.join(folder, 'theirs'), []))],
    [
      '`LC_ALL=C sort -m -s -k1,1` to a file (by the time only, as ours)',
      best(() => sort(files, path.join(folder, 'theirs'), ['-s', '-k1,1'])),
    ],
  ]
  const same = readFileSync(path.join(folder, 'ours')).equals(readFileSync(path.join(folder, 'theirs')))
  return [
    '| what | lines/s | MB/s |',
    '| --- | --- | --- |',
    ...rows.map(
      ([what, ms]) => `| ${what} | ${(lines / ms / 1000).toFixed(2)} M | ${(bytes / ms / 1000).toFixed(0)} |`,
    ),
    '',
    `${lines / 1e6} M lines of ${STREAMS} streams, ${(bytes / 1e6).toFixed(0)} MB, best of ${RUNS}; each line has a neighbour of another stream, so runs are short. ` +
      `Output of ours and of \`sort -m -s -k1,1\`: ${same ? 'the same, byte for byte' : 'DIFFERENT'}.`,
  ].join('\n')
}

/** Milliseconds. */
function best(act: () => void): number {
  return Math.min(
    ...Array.from({ length: RUNS }, () => {
      const before = performance.now()
      act()
      return performance.now() - before
    }),
  )
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
  const batchers = logs.map(() => createLineBatcher(layout))
  const most = Math.max(...logs.map((log) => log.length))
  for (let at = 0; at < most; at += CHUNK) {
    logs.forEach((log, source) => {
      for (const batch of batchers[source]?.feed(log.subarray(at, at + CHUNK)) ?? []) void merge.add(source, batch, 0)
    })
  }
  logs.forEach((_, source) => merge.end(source, 0))
}

function sort(files: readonly string[], out: string, options: readonly string[]): void {
  const { status, stderr } = spawnSync('sort', ['-m', ...options, '-o', out, ...files], {
    env: { ...process.env, LC_ALL: 'C' },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`sort: ${stderr}`)
}

function expectAll(lines: number): void {
  if (lines !== STREAMS * LINES) throw new Error(`${lines} lines came out of ${STREAMS * LINES}`)
}

function chunksOf(log: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(log.length / CHUNK) }, (_, at) => log.subarray(at * CHUNK, (at + 1) * CHUNK))
}

/** Most lines are of the same day as the one before. */
let lastDate = 0
let lastDay = NaN

/** Of `2026-01-02T03:04:05.678Z …`, read as a person who writes it for one form would; formats that are told by themselves are measured by logs-throughput. */
const layout: LineLayout = {
  timeOf: (bytes, start, end) => {
    if (end - start < 24) return NaN
    const date =
      numberAt(bytes, start, 4) * 10_000 + numberAt(bytes, start + 5, 2) * 100 + numberAt(bytes, start + 8, 2)
    if (date !== lastDate) {
      lastDate = date
      lastDay = Date.UTC(Math.floor(date / 10_000), (Math.floor(date / 100) % 100) - 1, date % 100)
    }
    const minutes = numberAt(bytes, start + 11, 2) * 60 + numberAt(bytes, start + 14, 2)
    return lastDay + minutes * 60_000 + numberAt(bytes, start + 17, 2) * 1000 + numberAt(bytes, start + 20, 3)
  },
  continues: (bytes, start) => bytes[start] === 0x20 || bytes[start] === 0x09,
  bodyOf: (_, start) => start + 25,
}

function numberAt(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0
  for (let digit = at; digit < at + digits; digit++) value = value * 10 + (bytes[digit] ?? 0) - 0x30
  return value
}
