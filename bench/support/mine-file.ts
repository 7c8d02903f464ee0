import { closeSync, openSync, readSync } from 'node:fs'
import { layoutOf } from '../../src/evidence/logs/layout/layout.ts'
import type { Mined } from '../../src/evidence/logs/mining/mined.ts'
import { createMiner } from '../../src/evidence/logs/mining/miner.ts'
import { mineStream } from '../../src/steps/logs/mining/mining.ts'

/** What one mining of a file took. */
export interface Mining {
  readonly bytes: number
  readonly lines: number
  readonly rows: number
  readonly other: number
  readonly cpuSeconds: number
  readonly seconds: number
  /** The most that was resident. */
  readonly residentBytes: number
}

// node mine-file.cjs FILE WORKERS (built as the product is): mines a file in a process of its own, so that its memory can be told, and prints a `Mining`.

const [file = '', workers = '1'] = process.argv.slice(2)
/** Bytes. Half of the second cache of a processor: what was read is still there when it is mined. */
const CHUNK = 2 ** 18
const SAMPLE = 65_536

const time = { nowMs: Date.UTC(2026, 0, 3), zone: 'UTC' }
const options = { originMs: Date.UTC(2026, 0, 2, 1) }
const descriptor = openSync(file, 'r')
const sample = Buffer.alloc(SAMPLE)
readSync(descriptor, sample, 0, SAMPLE, 0)
const before = process.cpuUsage()
const began = performance.now()
void mined().then(tell)

function tell({ bytes, lines, rows, other }: Mined): void {
  closeSync(descriptor)
  const { user, system } = process.cpuUsage(before)
  const result: Mining = {
    bytes,
    lines,
    rows: rows.length,
    other,
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - began) / 1_000,
    residentBytes: process.resourceUsage().maxRSS * 1_024,
  }
  process.stdout.write(JSON.stringify(result))
}

async function mined(): Promise<Mined> {
  if (workers === '1') {
    const miner = createMiner(layoutOf(sample, time), options)
    for (const chunk of chunks()) miner.feed(chunk)
    return miner.finish()
  }
  const mining = mineStream(sample, time, { ...options, workers: Number(workers), muchBytes: 0 })
  for (const chunk of chunks()) await mining.feed(chunk)
  return mining.finish()
}

function* chunks(): Iterable<Uint8Array> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  let position = 0
  for (;;) {
    const length = readSync(descriptor, buffer, 0, CHUNK, position)
    if (length === 0) return
    position += length
    yield buffer.subarray(0, length)
  }
}
