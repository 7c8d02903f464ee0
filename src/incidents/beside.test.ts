import { describe, expect, it } from 'vitest'
import { chained, look, opened, short, type Short } from '../../test/incidents/entries.ts'
import { besideOf } from './beside.ts'

function logs(boxes: readonly string[], titles: readonly string[], onset = '2026-01-02T14:05:00.000Z'): Short {
  const findings = titles.map((title) => ({
    check: 'log-new-error',
    state: 'critical' as const,
    resource: 'log' as const,
    score: 90,
    title,
    why: 'w',
    subject: { kind: 'pattern' as const, name: title },
    measured: [],
    next: [],
  }))
  return short('logs-read', { tookMs: 1, boxes, logs: [], onset, patterns: [], findings, notices: [] })
}
const besides = (box: string, ...shorts: readonly Short[]) => {
  const { readings, look: seen } = besideOf(chained([opened, ...shorts]), box)
  return [readings.map(({ seq, findings }) => `#${seq} ${findings[0]?.title}`), seen && `#${seen.seq}`]
}

describe('what the record holds beside what is asked of a box just now', () => {
  it('is nothing, as long as nobody has asked anything', () => {
    expect(besides('web-1')).toEqual([[], undefined])
    expect(besideOf([], 'web-1')).toEqual({ readings: [], look: undefined })
  })
  it('is the last reading of its logs and the last look at it, not those of other boxes', () => {
    expect(
      besides(
        'web-1',
        look([]),
        logs(['web-1'], ['old']),
        logs(['web-1'], ['new']),
        look([], { box: 'db-1' }),
        logs(['db-1'], ['of another']),
        logs(['db-1', 'web-1'], ['of both']),
      ),
    ).toEqual([['#7 of both', '#4 new'], '#2'])
  })
  it('is no reading that a later one took back', () => {
    expect(besides('web-1', logs(['web-1'], ['error']), logs(['web-1'], []))).toEqual([[], undefined])
  })
})
