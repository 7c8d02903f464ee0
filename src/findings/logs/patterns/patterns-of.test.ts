import { describe, expect, it } from 'vitest'
import { isoLayout } from '../../../../test/logs/iso-layout.ts'
import type { LogFormat } from '../../../evidence/logs/format.ts'
import { createMiner } from '../../../evidence/logs/mining/miner.ts'
import { type MinedLog, patternsOf } from './patterns-of.ts'

const ONSET = Date.UTC(2026, 0, 2, 3, 10)

/** `TIME LEVEL text` */
const format: LogFormat = {
  id: 'test',
  title: 'lines of these tests',
  samples: [],
  read: (text) => {
    const [first = ''] = text.split('\n', 1)
    const [, level, message] = /^\S+ (ERROR|INFO) (.*)$/.exec(first) ?? []
    if (message === undefined) return undefined
    return { message, severity: level === 'ERROR' ? 'error' : 'info' }
  },
}

function log(box: string, lines: readonly string[], skewMs = 0): MinedLog {
  const miner = createMiner(isoLayout, { originMs: ONSET + skewMs })
  miner.feed(Buffer.from(lines.join('\n')))
  return { box, source: '/var/log/app.log', mined: miner.finish(), format, time: { nowMs: ONSET, zone: 'UTC' }, skewMs }
}

function at(seconds: number, text: string): string {
  return `${new Date(ONSET + seconds * 1_000).toISOString()} ${text}`
}

describe('patterns', () => {
  it('are one for all boxes, over a common timeline', () => {
    const { timeline, patterns } = patternsOf([
      log('web-1', [at(-10, 'INFO order 1 was sent'), at(-5, 'INFO order 2 was sent'), at(3, 'INFO order 3 was sent')]),
      log('web-2', [at(-200, 'INFO order 4 was sent'), at(300, 'INFO order 5 was sent')]),
    ])
    expect(timeline).toMatchObject({ originMs: ONSET, widthMs: 2_000, first: -100, buckets: 251 })
    expect(patterns).toHaveLength(1)
    const [pattern] = patterns
    expect(pattern).toMatchObject({ template: 'order <*> was sent', severity: 'info', count: 5 })
    expect(pattern?.sources.map(({ box, count }) => [box, count])).toEqual([
      ['web-1', 3],
      ['web-2', 2],
    ])
    expect(pattern?.samples.map(({ box, atMs }) => [box, (atMs - ONSET) / 1_000])).toEqual([
      ['web-2', -200],
      ['web-1', -10],
      ['web-1', -5],
      ['web-1', 3],
      ['web-2', 300],
    ])
    expect([...(pattern?.counts ?? [])].reduce((sum, count) => sum + count, 0)).toBe(5)
    expect(pattern?.counts[100 + 1]).toBe(1)
  })

  it('have a variable where records of one signature differ, and none where all have the same', () => {
    const lines = Array.from({ length: 90 }, (_, number) =>
      at(number - 60, `INFO order for customer=acme${number < 60 ? number % 3 : 7} by ssh2 done`),
    )
    const [pattern, ...others] = patternsOf([log('web-1', lines)]).patterns
    expect(others).toEqual([])
    expect(pattern).toMatchObject({ template: 'order for customer=<*> by ssh2 done', count: 90 })
  })

  it('are by the console clock', () => {
    const { patterns } = patternsOf([log('web-1', [at(7, 'INFO x')]), log('web-2', [at(7 + 60, 'INFO x')], 60_000)])
    expect(patterns[0]).toMatchObject({ count: 2, firstAtMs: ONSET + 7_000, lastAtMs: ONSET + 7_000 })
    expect([...(patterns[0]?.counts ?? [])]).toEqual([2])
  })

  it('are two for two severities, and for two types of exceptions', () => {
    const { patterns } = patternsOf([
      log('web-1', [
        at(1, 'INFO retry'),
        at(2, 'ERROR retry'),
        at(3, 'ERROR request 1 failed'),
        'java.io.IOException: x',
        at(4, 'ERROR request 2 failed'),
        'java.lang.IllegalStateException: x',
      ]),
    ])
    expect(patterns.map(({ template, severity }) => `${severity} ${template}`).toSorted()).toEqual([
      'error request <*> failed',
      'error request <*> failed',
      'error retry',
      'info retry',
    ])
  })

  it('are there for what the format cannot read', () => {
    const { patterns } = patternsOf([log('web-1', ['loose words', 'and more 1'])])
    expect(patterns[0]).toMatchObject({ template: 'loose words', severity: undefined, firstAtMs: NaN })
  })

  it('of no logs are none', () => {
    expect(patternsOf([])).toMatchObject({ patterns: [], timeline: { buckets: 0 } })
  })
})
