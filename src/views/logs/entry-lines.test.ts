import { describe, expect, it } from 'vitest'
import type { PayloadOf } from '../../incidents/payloads.ts'
import { plainWidth } from '../style.ts'
import { logsEntryLines } from './entry-lines.ts'

const style = { columns: 80, color: false, unicode: true }
const payload = {
  tookMs: 10,
  command: 'halligan logs web-1',
  boxes: ['web-1'],
  logs: [
    { box: 'web-1', log: '/var/log/shop/orders.log', format: 'log4j', records: 17_488, bytes: 1_843_430 },
    { box: 'web-1', log: 'kernel', format: 'unknown', records: 0, bytes: 0 },
  ],
  from: '2026-11-26T06:05:00.000Z',
  onset: '2026-11-26T07:05:00.000Z',
  onsetFrom: 'incident',
  patterns: [
    {
      template: 'invoice of order <*> could not be written',
      verdict: 'new',
      severity: 'error',
      before: 0,
      after: 334,
      sample: '07:05:06 ERROR invoice of order 1 could not be written\nValueError: not \u001b[31menough',
      source: 'orders/routes.py:37',
    },
    { template: 'as ever', verdict: 'steady', before: 3, after: 3, sample: 'as ever' },
  ],
  findings: [
    {
      check: 'log-new-error',
      state: 'critical',
      resource: 'log',
      score: 89,
      title: 'New error in /var/log/shop/orders.log on web-1: "invoice of order <*> could not be written", 334 times',
      why: 'No record before the onset says so.',
      subject: { kind: 'pattern', name: 'invoice' },
      measured: [],
      next: [
        { command: 'halligan logs web-1 --lines --grep "could not"', why: 'see the records themselves', price: 'free' },
      ],
    },
  ],
  notices: ['web-1: /var/log/shop/old.log.xz: there is no xz on this box'],
} as const satisfies PayloadOf<'logs-read'>

describe('a reading of logs in the record', () => {
  const lines = logsEntryLines(payload, style)
  const text = lines.join('\n')

  it('says first what burned and what to type', () => {
    expect(text).toMatch(/✖ CRITICAL New error in \/var\/log\/shop\/orders\.log/)
    expect(text).toContain('    → halligan logs web-1 --lines --grep "could not"')
    expect(text.indexOf('CRITICAL')).toBeLessThan(text.indexOf('new error: 0 before, 334 after'))
  })

  it('shows a record of each pattern that was not as before, made harmless', () => {
    expect(text).toContain('  new error: 0 before, 334 after, written by orders/routes.py:37')
    expect(text).toContain('    ValueError: not \\x1b[31menough')
    expect(text).not.toContain('as ever')
  })

  it('says what was read and what was not', () => {
    expect(text).toContain('    /var/log/shop/orders.log: 17488 records, log4j')
    expect(text).toContain('    and 1 log without a record')
    expect(text).toContain('there is no xz')
  })

  it('fits into 80 columns', () => {
    expect(lines.filter((line) => plainWidth(line) > 80)).toEqual([])
  })
})
