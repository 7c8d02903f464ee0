import { describe, expect, it } from 'vitest'
import type { LogEvent, Severity } from '../../../evidence/logs/format.ts'
import { alarmOf } from './alarm.ts'

const alarm = (template: string, severity?: Severity, event: Partial<LogEvent> = {}): number =>
  alarmOf({
    template,
    severity,
    count: 1,
    counts: new Uint32Array(1),
    firstAtMs: 0,
    lastAtMs: 0,
    sources: [],
    samples: [{ box: 'web-1', source: 'app', text: template, atMs: 0, event: { message: template, ...event } }],
  })

describe('alarmOf', () => {
  it('goes by the level that the program gave', () => {
    const levels: readonly (Severity | undefined)[] = ['fatal', 'error', 'warning', 'notice', 'info']
    const alarms = levels.map((level) => alarm('order <*>', level))
    expect(alarms).toEqual(alarms.toSorted((a, b) => b - a))
    expect(new Set(alarms).size).toBe(5)
    expect(alarm('order <*>')).toBe(0)
  })

  it('goes by words where there is no level, grave ones above those that may be normal', () => {
    for (const grave of [
      'connection to <*> refused',
      'Out of memory: Killed process <*>',
      'upstream timed out',
      'No space left on device',
    ])
      expect(alarm(grave), grave).toBe(alarm('deadlock detected'))
    for (const bad of ['login failed for <*>', 'could not open <*>', 'retrying <*>'])
      expect(alarm(bad), bad).toBe(alarm('permission denied'))
    expect(alarm('deadlock detected')).toBeGreaterThan(alarm('permission denied'))
    expect(alarm('permission denied')).toBeGreaterThan(0)
  })

  it('takes no alarm from words that say that nothing is wrong', () => {
    for (const fine of [
      'done, 0 errors',
      'sync ended without error',
      'job=<*> errors=0',
      'failed: 0',
      '{"error":null}',
      'timeout=<*>',
    ])
      expect(alarm(fine), fine).toBe(0)
  })

  it('trusts a program that calls it harmless, in part', () => {
    expect(alarm('connection refused, next one', 'info')).toBeLessThan(alarm('connection refused, next one'))
    expect(alarm('connection refused, next one', 'info')).toBeGreaterThan(0)
  })

  it('takes a failed request and a stack trace for errors', () => {
    expect(alarm('GET /orders', undefined, { access: { status: 502 } })).toBe(alarm('x', 'error'))
    expect(alarm('GET /orders', undefined, { access: { status: 404 } })).toBe(0)
    expect(alarm('order <*>', 'info', { trace: 'Traceback' })).toBe(alarm('x', 'error'))
  })
})
