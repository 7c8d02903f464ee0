import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleOf, sourceSpan } from './source-span.ts'
import type { LogSource } from './source.ts'

const time = { nowMs: Date.UTC(2024, 0, 2, 16), zone: 'Europe/Vienna' }
const bytes = (text: string): Uint8Array => Buffer.from(text)

function source(ends: Pick<LogSource, 'head' | 'tail' | 'oldest'>): LogSource {
  return { box: 'web-1', id: '/l/app.log', kind: 'file', files: [], found: 'below /var/log', writers: [], ...ends }
}

describe('the time span of a log', () => {
  it('begins with the oldest file and ends with the last line that bears a time', () => {
    const log = source({
      oldest: bytes('a line without a time\n2024-01-01 00:00:01 INFO first of all\n'),
      head: bytes('2024-01-02 09:00:00 INFO first\n2024-01-02 09:00:01 INFO second\n'),
      tail: bytes('2024-01-02 15:04:04 INFO last but one\n2024-01-02 15:04:05 ERROR last\n  at Shop.total\n'),
    })
    expect(sourceSpan(log, time)).toEqual({
      firstAtMs: Date.UTC(2023, 11, 31, 23, 0, 1),
      lastAtMs: Date.UTC(2024, 0, 2, 14, 4, 5),
    })
  })

  it('is that of one sample where there is but one', () => {
    const head = bytes('2024-01-02T09:00:00Z first\n2024-01-02T09:00:05Z last\n')
    const span = { firstAtMs: Date.UTC(2024, 0, 2, 9), lastAtMs: Date.UTC(2024, 0, 2, 9, 0, 5) }
    expect(sourceSpan(source({ head }), time)).toEqual(span)
    expect(sourceSpan(source({ head, tail: head }), time)).toEqual(span)
    expect(sampleOf(source({ head, tail: head }))).toBe(head)
    expect(sourceSpan(source({ tail: head }), time)).toEqual({ lastAtMs: span.lastAtMs })
  })

  it('is unknown without times, and of no bytes', () => {
    expect(sourceSpan(source({ head: bytes('no time here\n') }), time)).toEqual({})
    expect(sourceSpan(source({}), time)).toEqual({})
  })

  it('comes of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (head, oldest) => {
        const { firstAtMs = 0, lastAtMs = 0 } = sourceSpan(source({ head, tail: head, oldest }), time)
        expect([firstAtMs, lastAtMs].every(Number.isFinite)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})
