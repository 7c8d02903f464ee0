import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../../../evidence/logs/format.ts'
import { behindTheirCause } from './behind-their-cause.ts'
import type { JudgedPattern } from '../verdict.ts'

interface Told {
  readonly score: number
  readonly after: number
  readonly event?: Partial<LogEvent>
  readonly verdict?: JudgedPattern['verdict']
  /** Logs in which each of them stands. */
  readonly logs?: readonly string[]
}

function pattern(template: string, { score, after, event, verdict = 'new', logs = ['app'] }: Told): JudgedPattern {
  return {
    template,
    severity: 'error',
    count: after,
    counts: Uint32Array.of(after),
    firstAtMs: 0,
    lastAtMs: 0,
    sources: logs.map((source) => ({ box: 'web-1', source, count: after / logs.length })),
    samples: [{ box: 'web-1', source: 'app', text: template, atMs: 0, event: { message: template, ...event } }],
    verdict,
    before: { count: 0, perHour: 0 },
    after: { count: after, perHour: after },
    score,
    changed: [],
  }
}

const requests = (score: number, after: number, logs?: readonly string[]): JudgedPattern =>
  pattern('GET {id} Internal Server Error', {
    score,
    after,
    event: { access: { status: 500 } },
    ...(logs ? { logs } : {}),
  })

function ranked(...patterns: readonly JudgedPattern[]): readonly string[] {
  return behindTheirCause(patterns)
    .toSorted((a, b) => b.score - a.score)
    .map(({ template }) => template)
}

describe('requests that fail', () => {
  it('rank right behind the error that tells why, however many logs have them', () => {
    const cause = pattern('invoice could not be written', { score: 25, after: 17 })
    const other = pattern('stock is low', { score: 24, after: 1 })
    expect(ranked(requests(36, 34, ['access', 'timing']), cause, other)).toEqual([
      'invoice could not be written',
      'GET {id} Internal Server Error',
      'stock is low',
    ])
  })

  it('rank behind it where both tell as much, too', () => {
    expect(ranked(requests(25, 17), pattern('invoice could not be written', { score: 25, after: 17 }))).toEqual([
      'invoice could not be written',
      'GET {id} Internal Server Error',
    ])
  })

  it('keep their place where no error accounts for them', () => {
    const first = 'GET {id} Internal Server Error'
    expect(ranked(requests(36, 34), pattern('mail was lost', { score: 25, after: 5 }))[0]).toBe(first)
    expect(ranked(requests(36, 34), pattern('mail was lost', { score: 25, after: 40, verdict: 'steady' }))[0]).toBe(
      first,
    )
    expect(ranked(requests(36, 34))[0]).toBe(first)
    const served = pattern('served', { score: 25, after: 34, event: { access: { status: 500 } } })
    expect(ranked(requests(36, 34), served)[0]).toBe(first)
  })

  it('are no requests where the record says why itself', () => {
    const told = { status: 500, durationMs: 3 }
    const errored = pattern('request errored', {
      score: 36,
      after: 9,
      event: { access: told, trace: 'Error: no\n    at a (b.js:1:2)' },
    })
    expect(ranked(errored, pattern('mail was lost', { score: 25, after: 9 }))[0]).toBe('request errored')
  })
})
