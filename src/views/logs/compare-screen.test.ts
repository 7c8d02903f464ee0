import { describe, expect, it } from 'vitest'
import type { LogsRead, ReadBox, ReadLog } from '../../steps/logs/logs-read.ts'
import { localTime } from '../local-time.ts'
import { compareScreen } from './compare-screen.ts'

const style = { columns: 80, color: false, unicode: true }
const nowMs = Date.UTC(2026, 10, 26, 14, 20)
const fromMs = nowMs - 3_600_000

const box: ReadBox = {
  box: 'web-1',
  identity: undefined,
  skewMs: 0,
  zone: 'UTC',
  failure: undefined,
  blind: [],
}
const emptyLog: ReadLog = {
  source: { box: 'web-1', id: '/var/log/app.log', kind: 'file', files: [], found: 'named', writers: [] },
  format: { id: 'unknown', title: '' },
  records: 0,
  lines: 0,
  bytes: 0,
  firstAtMs: NaN,
  lastAtMs: NaN,
  reports: [],
  failure: undefined,
}
const read = (more: Partial<LogsRead>): LogsRead => ({
  startedAtMs: nowMs,
  tookMs: 100,
  plan: { onset: undefined, spans: [{ fromMs }] },
  boxes: [box],
  logs: [],
  timeline: { originMs: nowMs, widthMs: 1024, first: 0, buckets: 1 },
  boots: [],
  patterns: [],
  exceptions: [],
  routes: undefined,
  findings: [],
  notices: [],
  recorded: { how: 'no-incident' },
  ...more,
})
const screen = (more: Partial<LogsRead>): string => compareScreen(read(more), style, false)

describe('where there is no record', () => {
  it('it is said in which time', () => {
    const [from, to] = [localTime(fromMs), localTime(nowMs).slice(11)]
    const words = screen({ logs: [emptyLog] }).replaceAll(/\s+/g, ' ')
    expect(words).not.toContain('compared with')
    expect(words).toContain(`No record was written from ${from} to ${to}.`)
  })

  it('a file of which all was read is empty', () => {
    expect(screen({ logs: [emptyLog], plan: { onset: undefined, spans: [{}] } })).toContain('  It is empty.\n')
  })
})
