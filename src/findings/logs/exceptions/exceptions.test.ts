import { describe, expect, it } from 'vitest'
import { exceptionsOf } from './exceptions.ts'
import type { PatternSample } from '../pattern.ts'
import type { JudgedPattern } from '../verdict.ts'

const java = (file: string, cause = ''): string =>
  [
    'java.lang.IllegalStateException: no price',
    '\tat java.util.Objects.requireNonNull(Objects.java:233)',
    `\tat com.acme.${file}.of(${file}.java:41)`,
    cause,
  ]
    .join('\n')
    .trimEnd()

const sample = (atMs: number, message: string, trace?: string, box = 'web-1'): PatternSample => ({
  box,
  source: 'app',
  text: trace === undefined ? message : `${message}\n${trace}`,
  atMs,
  event: { message, ...(trace === undefined ? {} : { trace }) },
})

const judged = (
  template: string,
  samples: readonly PatternSample[],
  more: Partial<JudgedPattern> = {},
): JudgedPattern => ({
  template,
  severity: 'error',
  count: 100,
  counts: new Uint32Array(2),
  firstAtMs: -5,
  lastAtMs: 9,
  sources: [],
  samples,
  verdict: 'spiking',
  before: { count: 20, perHour: 20 },
  after: { count: 80, perHour: 80 },
  score: 10,
  changed: [],
  ...more,
})

describe('exceptionsOf', () => {
  it('groups by type and own place, whatever was logged with it', () => {
    const groups = exceptionsOf(
      [
        judged('order failed', [
          sample(-1, 'order failed', java('Prices')),
          sample(1, 'order failed', java('Prices'), 'web-2'),
        ]),
        judged('cart failed', [sample(2, 'cart failed', java('Prices')), sample(3, 'cart failed', java('Carts'))], {
          score: 12,
        }),
        judged('hello', [sample(1, 'hello')]),
      ],
      0,
    )
    expect(
      groups.map(({ frame, before, after, boxes, patterns }) => [frame?.file, before, after, boxes, patterns.length]),
    ).toEqual([
      ['Prices.java', 30, 120, ['web-1', 'web-2'], 2],
      ['Carts.java', 10, 40, ['web-1'], 1],
    ])
    expect(groups[0]).toMatchObject({
      type: 'java.lang.IllegalStateException',
      message: 'no price',
      score: 12,
      firstAtMs: -5,
      verdict: 'spiking',
    })
  })

  it('names the root cause, and tells two causes of one exception apart', () => {
    const cause = (name: string): string => `Caused by: java.net.${name}: away\n\tat com.acme.Feed.read(Feed.java:12)`
    const groups = exceptionsOf([
      judged('order failed', [
        sample(1, 'order failed', java('Prices', cause('ConnectException'))),
        sample(2, 'order failed', java('Prices', cause('UnknownHostException'))),
      ]),
    ])
    expect(groups.map(({ root }) => `${root?.type} ${root?.frame?.file}`)).toEqual([
      'java.net.ConnectException Feed.java',
      'java.net.UnknownHostException Feed.java',
    ])
  })

  it('keeps the line of a version apart from the place', () => {
    const at = (line: number): string =>
      `Traceback (most recent call last):\n  File "/app/a.py", line ${line}, in f\nKeyError: 1`
    expect(exceptionsOf([judged('x', [sample(1, 'x', at(3)), sample(2, 'x', at(5))])])).toHaveLength(1)
  })

  it('is new only when none of it was there before', () => {
    const fresh = { verdict: 'new', before: { count: 0, perHour: 0 }, after: { count: 3, perHour: 3 } } as const
    const first = judged('a', [sample(1, 'a', java('Prices'))], fresh)
    expect(exceptionsOf([first], 0)[0]?.verdict).toBe('new')
    const old = judged('b', [sample(-1, 'b', java('Prices'))], { verdict: 'steady' })
    expect(exceptionsOf([first, old], 0)[0]?.verdict).toBe('steady')
  })
})
