import { describe, expect, it } from 'vitest'
import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import { redactedAnswer, withFewSamples } from './redacted-answer.ts'

const SECRET = 'hunter2'
const redact = (text: string): string => text.replaceAll(SECRET, '‹secret›')

function pattern(count: number): JudgedPattern {
  const sample = (at: number) => ({
    box: 'web-1',
    source: '/var/log/app.log',
    text: `${at} login with password=${SECRET} failed`,
    atMs: at,
    event: { message: `login with password=${SECRET} failed`, fields: { password: SECRET } },
  })
  return {
    template: `login with password=${SECRET} failed`,
    severity: 'error',
    count,
    counts: new Uint32Array([0, count]),
    firstAtMs: 0,
    lastAtMs: count - 1,
    sources: [{ box: 'web-1', source: '/var/log/app.log', count }],
    samples: Array.from({ length: count }, (_, at) => sample(at)),
    verdict: 'new',
    before: { count: 0, perHour: 0 },
    after: { count, perHour: count },
    score: 1,
    changed: [{ what: 'password', value: SECRET, before: 0, after: 1 }],
    statement: { place: 'app.py:1', code: `PASSWORD = "${SECRET}"`, confidence: 1, others: [] },
  }
}

describe('what of the logs is shown', () => {
  it('has no secret anywhere, and its figures as they were', () => {
    const answer = redactedAnswer(
      {
        patterns: [pattern(3)],
        routes: undefined,
        exceptions: [],
        findings: [
          {
            check: 'log-new-error',
            state: 'critical',
            resource: 'log',
            score: 90,
            title: `"login with password=${SECRET} failed" is new`,
            why: SECRET,
            subject: { kind: 'pattern', name: SECRET },
            measured: [],
            next: [{ command: `halligan logs web-1 --grep ${SECRET}`, why: '', price: 'free' }],
          },
        ],
      },
      redact,
    )
    expect(JSON.stringify(answer)).not.toContain(SECRET)
    expect(answer.patterns[0]).toMatchObject({ count: 3, after: { count: 3 }, verdict: 'new' })
    expect(answer.patterns[0]?.counts).toEqual(new Uint32Array([0, 3]))
  })
  it('is a few samples of each pattern, the first and the last among them', () => {
    const { samples } = withFewSamples(pattern(40))
    expect(samples).toHaveLength(5)
    expect([samples[0]?.atMs, samples.at(-1)?.atMs]).toEqual([0, 39])
    expect(withFewSamples(pattern(2)).samples.map(({ atMs }) => atMs)).toEqual([0, 1])
    expect(withFewSamples(pattern(0)).samples).toEqual([])
  })
})
