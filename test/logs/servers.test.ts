import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BoxTime } from '../../src/evidence/logs/time/box-time.ts'
import { recordsOf } from '../../src/evidence/logs/layout/records.ts'
import { createMiner } from '../../src/evidence/logs/mining/miner.ts'
import { readerOfSample } from '../../src/steps/logs/read-log.ts'
import { expectGolden } from '../golden.ts'

// Whole logs that real servers wrote, with the version in the name: where a record begins, what time it has, what is read of it.

const FOLDER = path.join(import.meta.dirname, '../fixtures/logs-of-servers')
const TIME: BoxTime = { nowMs: Date.UTC(2026, 10, 26, 12), zone: 'UTC' }
const logs = readdirSync(FOLDER).filter((name) => name.endsWith('.log'))

describe.each(logs)('%s', (name) => {
  const bytes = readFileSync(path.join(FOLDER, name))
  const { layout, format } = readerOfSample(bytes, TIME)

  it('is read as it is meant', () => {
    const records = recordsOf(bytes, layout).map(({ text, atMs }) => {
      const event = format.read(text, TIME)
      const lines = text.split('\n').length
      const time = Number.isNaN(atMs) ? '-' : new Date(atMs).toISOString().slice(11)
      const { message = '', severity = '-', trace, access, program, fields = {} } = event ?? {}
      const own = Object.entries({ program, ...fields, ...access }).filter(([, value]) => value !== undefined)
      return [
        `${time} ${severity}${lines > 1 ? ` (${lines} lines)` : ''} ${message.replaceAll('\n', '\\n')}`,
        ...own.map(([key, value]) => `    ${key}: ${String(value).replaceAll('\n', '\\n')}`),
        ...(trace === undefined ? [] : [`    trace: ${trace.replaceAll('\n', '\\n')}`]),
      ].join('\n')
    })
    expectGolden(name.replace(/\.log$/, '.txt'), `${format.id}: ${format.title}\n${records.join('\n')}\n`, FOLDER)
  })

  it('is cut into the same records whatever the chunks', () => {
    const whole = recordsOf(bytes, layout).length
    for (const size of [7, 100, 1000]) {
      const miner = createMiner(layout)
      for (let at = 0; at < bytes.length; at += size) miner.feed(bytes.subarray(at, at + size))
      expect(miner.finish().records, `chunks of ${size}`).toBe(whole)
    }
  })
})

it('slow statements are told from each other by what they say', () => {
  const bytes = readFileSync(path.join(FOLDER, 'mariadb-10.11-slow.log'))
  const miner = createMiner(readerOfSample(bytes, TIME).layout)
  miner.feed(bytes)
  const { rows, undated } = miner.finish()
  expect([rows.length, undated]).toEqual([6, 1])
})
