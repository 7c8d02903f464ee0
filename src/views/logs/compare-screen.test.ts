import { describe, expect, it } from 'vitest'
import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import type { LogsRead, ReadBox, ReadLog } from '../../steps/logs/logs-read.ts'
import { localTime } from '../local-time.ts'
import { compareScreen } from './compare-screen.ts'

const style = { columns: 80, color: false, unicode: true }
const nowMs = Date.UTC(2026, 10, 26, 14, 20)
const fromMs = nowMs - 3_600_000

const box = (more: Partial<ReadBox> = {}): ReadBox => ({
  box: 'web-1',
  identity: undefined,
  skewMs: 0,
  zone: 'UTC',
  failure: undefined,
  blind: [],
  ...more,
})
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
  boxes: [box()],
  logs: [],
  timeline: { originMs: nowMs, widthMs: 1024, first: 0, buckets: 1 },
  patterns: [],
  exceptions: [],
  routes: undefined,
  findings: [],
  notices: [],
  recorded: { how: 'no-incident' },
  ...more,
})
const screen = (more: Partial<LogsRead>): string => compareScreen(read(more), style, false)

describe('no data is never told as nothing happened', () => {
  it('a box that was not entered is all that is told, and named once', () => {
    const failure = {
      kind: 'name-not-resolved' as const,
      message: 'web-1: the name web-1 does not resolve.',
      tryNext: 'Is it spelled right?',
    }
    const text = screen({ boxes: [box({ failure })] })
    expect(text).toContain('  web-1: the name web-1 does not resolve.\n  Try: Is it spelled right?\n')
    expect(text).not.toContain('web-1: web-1')
    expect(text).not.toContain('No record')
    expect(text).not.toContain('compared with')
  })

  it('where no log was found, none was read', () => {
    const blind = [{ what: 'ngnix', why: 'no unit of that name has a log', hint: '' }]
    expect(screen({ boxes: [box({ blind })] })).toContain('  No log was read.\n\n  could not read ngnix')
  })

  it('where nothing was written, it is said in which time', () => {
    const [from, to] = [localTime(fromMs), localTime(nowMs).slice(11)]
    const words = screen({ logs: [emptyLog] }).replaceAll(/\s+/g, ' ')
    expect(words).toContain(`No record was written from ${from} to ${to}.`)
  })

  it('a file of which all was read is empty', () => {
    expect(screen({ logs: [emptyLog], plan: { onset: undefined, spans: [{}] } })).toContain('  It is empty.\n')
  })
})

describe('of a trace the sample shows what tells most', () => {
  const pattern = (text: string): JudgedPattern => ({
    template: 'invoice could not be written',
    severity: 'error',
    count: 3,
    counts: new Uint32Array(1),
    firstAtMs: nowMs,
    lastAtMs: nowMs,
    sources: [{ box: 'web-1', source: '/var/log/app.log', count: 3 }],
    samples: [{ box: 'web-1', source: '/var/log/app.log', text, atMs: nowMs, event: { message: text } }],
    verdict: 'new',
    before: { count: 0, perHour: 0 },
    after: { count: 3, perHour: 3 },
    score: 9,
    changed: [],
  })
  const sample = (text: string): string =>
    screen({
      logs: [{ ...emptyLog, records: 3 }],
      patterns: [pattern(text)],
      plan: { onset: { atMs: nowMs - 60_000, from: 'asked' }, spans: [{ fromMs }] },
    })

  it('of Python the end', () => {
    const frames = Array.from({ length: 4 }, (_, at) => `  File "/srv/a.py", line ${at}, in f${at}\n    call(${at})`)
    const text = `14:19:59 ERROR no invoice\nTraceback (most recent call last):\n${frames.join('\n')}\nValueError: no tax number`
    expect(sample(text)).toContain('    14:19:59 ERROR no invoice\n    … 5 more lines\n')
    expect(sample(text)).toContain('    ValueError: no tax number\n')
  })

  it('of Java the beginning', () => {
    const frames = Array.from({ length: 9 }, (_, at) => `\tat shop.Orders.f${at}(Orders.java:${at})`)
    const text = `14:19:59 ERROR no invoice\njava.lang.IllegalStateException: no tax number\n${frames.join('\n')}`
    expect(sample(text)).toContain('    java.lang.IllegalStateException: no tax number\n')
    expect(sample(text)).toContain('    … 5 more lines\n')
  })
})
