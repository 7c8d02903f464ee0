import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logFindings } from './log-findings.ts'
import type { JudgedPattern } from './verdict.ts'
import type { WorstRoute } from './routes/worst-routes.ts'

const judged = (template: string, more: Partial<JudgedPattern> = {}): JudgedPattern => ({
  template,
  severity: 'error',
  count: 41,
  counts: new Uint32Array(2),
  firstAtMs: Date.UTC(2026, 10, 26, 14, 5, 33, 250),
  lastAtMs: Date.UTC(2026, 10, 26, 14, 9),
  sources: [
    { box: 'web-1', source: '/srv/orders/app.log', count: 40 },
    { box: 'web-2', source: '/srv/orders/app.log', count: 1 },
  ],
  samples: [],
  verdict: 'new',
  before: { count: 0, perHour: 0 },
  after: { count: 41, perHour: 410 },
  score: 20,
  changed: [],
  ...more,
})
const sampled = (text: string): JudgedPattern['samples'] => [
  { box: 'web-1', source: '/srv/orders/app.log', text, atMs: 1, event: { message: text } },
]
const onsetMs = Date.UTC(2026, 10, 26, 14, 5)
const found = (...patterns: readonly JudgedPattern[]): readonly string[] =>
  logFindings({ onsetMs, patterns }).map(({ check, state, title }) => `${check} ${state}: ${title}`)

describe('logFindings', () => {
  it('says which error is new, where, how often, for whom, and from which statement', () => {
    const changed = [{ what: 'customer', value: 'acme', before: 0.1, after: 1 }]
    const statement = { place: 'src/orders.py:88', code: '', confidence: 1, others: [] }
    const [finding] = logFindings({
      onsetMs,
      patterns: [
        judged('no price for customer=<*> (sku <*>)', {
          changed,
          statement,
          samples: sampled('14:05:33 ERROR no price for customer=acme (sku 7)'),
        }),
      ],
    })
    expect(finding).toMatchObject({
      check: 'log-new-error',
      resource: 'log',
      state: 'critical',
      title: 'New error in /srv/orders/app.log on web-1 and web-2: "no price for customer=<*> (sku <*>)", 41 times',
      why: 'No record before the onset says so. customer is acme in 100 % of them, in 10 % before. Written by src/orders.py:88.',
      subject: { kind: 'pattern', name: 'no price for customer=<*> (sku <*>)' },
      sinceMs: Date.UTC(2026, 10, 26, 14, 5, 33, 250),
    })
    expect(finding?.next.map(({ command }) => command)).toEqual([
      "halligan logs web-1 /srv/orders/app.log --lines --grep 'no price for customer='",
      'halligan logs web-1 --around 2026-11-26T14:05:33Z',
    ])
  })

  it('goes by severity and volume', () => {
    const rates = { before: { count: 10, perHour: 10 }, after: { count: 90, perHour: 90 } }
    expect(
      found(
        judged('a single one', { after: { count: 1, perHour: 1 }, score: 4 }),
        judged('upstream timed out', { verdict: 'spiking', ...rates }),
        judged('disk slow', { severity: 'warning', score: 9 }),
        judged('heartbeat', {
          severity: 'info',
          verdict: 'silent',
          before: rates.after,
          after: { count: 0, perHour: 0 },
          score: 2,
        }),
        judged('cache warmed', { severity: 'info' }),
        judged('old error', { verdict: 'steady' }),
        judged('cured error', { verdict: 'silent' }),
      ),
    ).toEqual([
      'log-error-spike critical: Error in /srv/orders/app.log on web-1 and web-2 comes more often: "upstream timed out", 90 an hour, 10 before',
      'log-new-warning warning: New in /srv/orders/app.log on web-1 and web-2: "disk slow", 41 times',
      'log-new-error warning: New error in /srv/orders/app.log on web-1 and web-2: "a single one", once',
      'log-gone-silent warning: Gone from /srv/orders/app.log on web-1 and web-2: "heartbeat", none an hour, 90 before',
    ])
  })

  it('names the exception, its place and its cause', () => {
    const pattern = judged('order failed')
    const [finding] = logFindings({
      onsetMs,
      patterns: [pattern],
      exceptions: [
        {
          type: 'OrderFailed',
          message: 'no price',
          frame: { file: '/app/orders.py', line: 88, function: 'total', own: true },
          root: { type: 'KeyError', message: "'acme'" },
          verdict: 'new',
          before: 0,
          after: 41,
          firstAtMs: 0,
          lastAtMs: 1,
          boxes: [],
          patterns: [pattern],
          samples: [],
          score: 1,
        },
      ],
    })
    expect(finding?.why).toContain("OrderFailed: no price at /app/orders.py:88 (total); its cause is KeyError: 'acme'.")
  })

  it('lets routes speak for access logs', () => {
    const span = {
      requests: 40,
      serverErrors: 13,
      clientErrors: 0,
      unanswered: 0,
      durations: undefined,
      statuses: [],
      upstreams: [],
      boxes: [{ box: 'web-1', requests: 40, serverErrors: 13 }],
    }
    const before = { ...span, serverErrors: 0 }
    const route: WorstRoute = {
      row: {
        method: 'GET',
        route: '/prices/{id}',
        before,
        after: span,
        firstAtMs: 0,
        lastAtMs: 1,
        failing: 30,
        slower: 0,
        refused: 0,
        missing: 0,
        score: 30,
        changed: { statuses: [], upstreams: [] },
      },
      kind: 'failing',
      name: 'GET /prices/{id}',
      title: 'GET /prices/{id} answers 5xx to 13 of 40 requests (33 %), before to none of 40',
      why: 'Answers: 502 ×13.',
    }
    const served = judged('GET /prices/<*> <*>', {
      samples: [{ box: 'web-1', source: 'access', text: '', atMs: 1, event: { message: '', access: { status: 502 } } }],
    })
    const findings = logFindings({ onsetMs, patterns: [served], routes: [route] })
    expect(findings.map(({ check, state, sinceMs }) => [check, state, sinceMs])).toEqual([
      ['route-failing', 'critical', onsetMs],
    ])
    expect(findings[0]?.next[0]?.command).toBe("halligan logs web-1 --lines --grep '/prices/[^/ ]+'")
    expect(logFindings({ onsetMs, patterns: [served] })).toHaveLength(1)
  })

  it('puts nothing of a log on a command line unquoted, and no box that ssh would not take', () => {
    const template = "it's $(reboot) `x` a.b[1]"
    const [finding] = logFindings({ onsetMs, patterns: [judged(template, { samples: sampled(template) })] })
    expect(finding?.next[0]?.command).toBe(
      String.raw`halligan logs web-1 /srv/orders/app.log --lines --grep 'it'\''s \$\(reboot\) ` +
        '`x`' +
        String.raw` a\.b\[1\]'`,
    )
    const elsewhere = judged(template, { sources: [{ box: '-oProxyCommand=x', source: 'app', count: 1 }] })
    expect(logFindings({ onsetMs, patterns: [elsewhere] })[0]?.next).toEqual([])
  })

  it('takes any figures: sorted, within the scale of a look', () => {
    const figure = fc.oneof(fc.integer({ min: 0, max: 1e6 }), fc.double({ noNaN: true, min: 0, max: 1e9 }))
    const anyPattern = fc
      .record({
        template: fc.string({ maxLength: 30 }),
        severity: fc.constantFrom<JudgedPattern['severity']>(undefined, 'fatal', 'error', 'warning', 'info'),
        verdict: fc.constantFrom<JudgedPattern['verdict']>('new', 'spiking', 'silent', 'steady'),
        score: fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
        before: fc.record({ count: figure, perHour: figure }),
        after: fc.record({ count: figure, perHour: figure }),
        firstAtMs: fc.constantFrom(NaN, 0, 1e12),
      })
      .map(({ template, ...more }) =>
        judged(template, { ...more, lastAtMs: more.firstAtMs, samples: sampled(template) }),
      )
    fc.assert(
      fc.property(fc.array(anyPattern, { maxLength: 15 }), (patterns) => {
        const scores = logFindings({ onsetMs, patterns }).map(({ score }) => score)
        expect(scores).toEqual(scores.toSorted((a, b) => b - a))
        for (const score of scores) expect(score >= 30 && score <= 99).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})
