import { describe, expect, it } from 'vitest'
import { layoutOf } from '../../../evidence/logs/layout/layout.ts'
import type { Mined } from '../../../evidence/logs/mining/mined.ts'
import { createMiner } from '../../../evidence/logs/mining/miner.ts'
import { mineStream, threadPool, type MiningOptions } from './mining.ts'
import { createRecordBlocks } from './record-blocks.ts'

const BEGIN = Date.UTC(2026, 0, 2, 3, 4, 5)
const time = { nowMs: BEGIN, zone: 'UTC' }

/** Records, each third with a stack trace. */
const log = Buffer.from(
  Array.from({ length: 900 }, (_, number) => {
    const moment = new Date(BEGIN + number * 250).toISOString()
    if (number % 3 !== 0) return `${moment} INFO order A${number} was sent`
    return `${moment} ERROR order A${number} failed\njava.lang.IllegalStateException: pool\n\tat shop.Pool.take(Pool.java:${number})`
  }).join('\n'),
)
const sample = log.subarray(0, 4_096)
const layout = layoutOf(sample, time)

async function mined(options: MiningOptions, chunk = 10_000): Promise<Mined> {
  const mining = mineStream(sample, time, options)
  for (let at = 0; at < log.length; at += chunk) await mining.feed(log.subarray(at, at + chunk))
  return mining.finish()
}

function countsOf({ rows, timeline, records, lines, bytes, undated }: Mined): unknown {
  const counts = rows.map(({ signature, count, counts }) => [signature, count, ...counts].join(' '))
  return { counts: counts.toSorted(), timeline, records, lines, bytes, undated }
}

describe('a log that is mined as a stream', () => {
  const miner = createMiner(layout, { originMs: BEGIN + 60_000 })
  miner.feed(log)
  const whole = miner.finish()

  it('is the same as by one miner, in place', async () => {
    expect(whole.rows).toHaveLength(2)
    expect(await mined({ originMs: BEGIN + 60_000, blockBytes: 8_192 })).toEqual(whole)
  })

  it('is the same by threads, counted, though a record is longer than a block', async () => {
    const options = { originMs: BEGIN + 60_000, blockBytes: 120, muchBytes: 20_000, workers: 2 }
    expect(countsOf(await mined(options))).toEqual(countsOf(whole))
  })

  it('shares its threads with other logs, and goes on in place while they have all of them', async () => {
    const pool = threadPool(2)
    const options = { originMs: BEGIN + 60_000, blockBytes: 8_192, muchBytes: 0, workers: 2, pool }
    const taken = pool.take(2)
    expect(await mined(options)).toEqual(whole)
    pool.give(taken)
    expect(countsOf(await mined(options))).toEqual(countsOf(whole))
    expect(pool.take(9)).toBe(2)
  })

  it('can be stopped', async () => {
    const mining = mineStream(sample, time, { blockBytes: 1_000, muchBytes: 0, workers: 2 })
    await mining.feed(log.subarray(0, 1_500))
    mining.stop()
    await expect(mining.finish()).rejects.toThrow(/ended before/)
  })
})

describe('blocks', () => {
  it('end where a record ends, and are all of the log', () => {
    const blocks: Buffer[] = []
    const cutter = createRecordBlocks(layout, 1_000, ({ bytes, ends }) => {
      expect(ends).toBe(true)
      blocks.push(Buffer.from(bytes))
    })
    for (let at = 0; at < log.length; at += 77) cutter.feed(log.subarray(at, at + 77))
    cutter.finish()
    expect(Buffer.concat(blocks).equals(log)).toBe(true)
    for (const block of blocks) expect(block.toString('utf8', 0, 4)).toBe('2026')
  })
})
