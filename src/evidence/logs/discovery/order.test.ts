import { describe, expect, it } from 'vitest'
import { byInterest } from './order.ts'
import type { Candidate } from './sources.ts'
import type { LogSource } from '../source.ts'

const NOW_MS = Date.UTC(2024, 0, 2)
const HOUR_MS = 3_600_000

function candidate(id: string, source: Partial<LogSource> = {}, more: Partial<Candidate> = {}): Candidate {
  const files = id.startsWith('/') ? [{ path: id, bytes: 100, modifiedAtMs: NOW_MS }] : []
  const kind = id.startsWith('/') ? 'file' : 'journal'
  return {
    source: { box: 'web-1', id, kind, files, found: '', writers: [], ...source },
    isNamed: false,
    pids: [],
    processNames: [],
    units: [],
    programs: [],
    containers: [],
    paths: [],
    lastAtMs: NOW_MS,
    ...more,
  }
}

describe('what is most likely of interest', () => {
  it('is what grows, then what somebody writes to, then what was written lately; what explains least is last', () => {
    const writers = [{ pid: 812, name: 'orders' }]
    const inOrder = [
      candidate('/srv/fast.log', { writers, bytesPerSecond: 900 }),
      candidate('unit:orders.service', { bytesPerSecond: 20 }),
      candidate('/srv/slow.log', { writers }),
      candidate('/srv/empty.log', { writers, files: [{ path: '/srv/empty.log', bytes: 0, modifiedAtMs: NOW_MS }] }),
      candidate('journal', { bytesPerSecond: 1000 }, { lastAtMs: NaN }),
      candidate('/var/log/lately.log', {}, { lastAtMs: NOW_MS - HOUR_MS }),
      candidate('/var/log/old.log', {}, { lastAtMs: NOW_MS - 48 * HOUR_MS }),
      candidate('/var/log/closed.log', { blind: { kind: 'blind', why: 'only root may read it', hint: '' } }),
      candidate('/var/log/dpkg.log'),
    ]
    expect(byInterest(inOrder.toReversed(), NOW_MS).map(({ source }) => source.id)).toEqual(
      inOrder.map(({ source }) => source.id),
    )
  })
})
