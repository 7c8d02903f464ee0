import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccessEvent } from '../../../evidence/logs/format.ts'
import type { RouteChanges } from './route-changes.ts'
import { count, newRouteCounts } from './route-counts.ts'
import { routeChanges } from './route-changes.ts'
import { createRouteTable } from './routes.ts'
import { worstRoutes } from './worst-routes.ts'

type Requests = readonly [many: number, event: Partial<AccessEvent>]

function changesOf(before: readonly Requests[], after: readonly Requests[]): RouteChanges {
  const counts = newRouteCounts()
  for (const [span, all] of [
    [counts.before, before],
    [counts.after, after],
  ] as const)
    for (const [many, event] of all)
      for (let one = 0; one < many; one++) count(span, { status: 200, ...event }, 'web-1')
  return routeChanges(counts)
}

const A = { upstream: '10.0.0.7:80', durationMs: 10 }
const B = { upstream: '10.0.0.8:80', durationMs: 10 }

describe('what of a route is another than before', () => {
  it('is nothing where shares are alike, whatever the traffic, and where one side is missing', () => {
    const usual: readonly Requests[] = [
      [90, A],
      [90, B],
      [20, { ...A, status: 404 }],
    ]
    const twice = usual.map(([many, event]): Requests => [2 * many + 1, event])
    for (const [before, after] of [
      [usual, twice],
      [usual, []],
      [[], usual],
    ] as const)
      expect(changesOf(before, after)).toEqual({ statuses: [], upstreams: [] })
  })

  it('is a status of which there are more, and the one that gave way to it', () => {
    const { statuses, upstreams } = changesOf(
      [[200, A]],
      [
        [150, A],
        [50, { ...A, status: 502 }],
      ],
    )
    expect(statuses.map(({ status, before, after, change }) => [status, before, after, change > 0])).toEqual([
      [502, 0, 50, true],
      [200, 200, 150, false],
    ])
    expect(upstreams.map(({ upstream, kinds }) => [upstream, kinds])).toEqual([[A.upstream, ['failing']]])
  })

  it('is an upstream that is new, gone, has another share, fails or is slower', () => {
    const kindsOf = (before: readonly Requests[], after: readonly Requests[]): Record<string, readonly string[]> =>
      Object.fromEntries(changesOf(before, after).upstreams.map(({ upstream, kinds }) => [upstream, kinds]))
    expect(kindsOf([[100, A]], [[100, B]])).toEqual({ [A.upstream]: ['gone'], [B.upstream]: ['new'] })
    expect(
      kindsOf(
        [
          [100, A],
          [100, B],
        ],
        [
          [40, A],
          [160, B],
        ],
      ),
    ).toEqual({ [A.upstream]: ['less'], [B.upstream]: ['more'] })
    // A new one is measured by what its route did before.
    expect(
      kindsOf(
        [[200, A]],
        [
          [150, A],
          [50, { ...B, status: 500 }],
        ],
      )[B.upstream]?.toSorted(),
    ).toEqual(['failing', 'new'])
    expect(kindsOf([[100, A]], [[100, { ...A, durationMs: 80 }]])).toEqual({ [A.upstream]: ['slower'] })
  })

  it('is no upstream where the log did not name any before', () => {
    expect(changesOf([[100, { durationMs: 10 }]], [[100, A]]).upstreams).toEqual([])
  })

  it('takes any requests, and names each status and upstream at most once', () => {
    const requests = fc.array(
      fc.tuple(
        fc.nat(60),
        fc.record({
          status: fc.integer({ min: 0, max: 600 }),
          upstream: fc.option(fc.constantFrom('a', 'b', 'others', '__proto__'), { nil: undefined }),
          durationMs: fc.option(fc.double(), { nil: undefined }),
        }),
      ),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(requests, requests, (before, after) => {
        const { statuses, upstreams } = changesOf(
          before.map(([many, event]) => [many, definedOf(event)]),
          after.map(([many, event]) => [many, definedOf(event)]),
        )
        expect(new Set(statuses.map(({ status }) => status)).size).toBe(statuses.length)
        expect(new Set(upstreams.map(({ upstream }) => upstream)).size).toBe(upstreams.length)
        for (const { change } of [...statuses, ...upstreams]) expect(Number.isFinite(change)).toBe(true)
        for (const { kinds } of upstreams) expect(kinds.length).toBeGreaterThan(0)
      }),
      { numRuns: 100 },
    )
  })
})

describe('a route that fails', () => {
  it('says its answers with those before, the upstreams that failed, and those that are new', () => {
    const table = createRouteTable({ onsetMs: 1000 })
    const add = (many: number, atMs: number, event: Partial<AccessEvent>): void => {
      for (let one = 0; one < many; one++)
        table.add({ status: 200, method: 'GET', route: '/pay', ...event }, atMs, 'web-1')
    }
    add(300, 1, A)
    add(2, 1, { ...A, status: 504 })
    add(200, 2000, A)
    add(40, 2000, { ...B, status: 502 })
    add(30, 2000, { ...A, status: 429 })
    expect(worstRoutes(table.finish())[0]?.why).toBe(
      `Answers: 502 (40, none before), 429 (30, none before). 40 of them are from ${B.upstream}, one of 2 upstreams. Upstreams: ${B.upstream} is new (40 requests).`,
    )
  })

  it('says how many of its upstreams are concerned', () => {
    const table = createRouteTable({ onsetMs: 1000 })
    for (let at = 0; at < 300; at++)
      table.add({ status: 200, method: 'GET', route: '/pay', upstream: `10.0.0.${at % 4}:80` }, 1, 'web-1')
    for (let at = 0; at < 300; at++)
      table.add(
        { status: at % 4 < 2 ? 503 : 200, method: 'GET', route: '/pay', upstream: `10.0.0.${at % 4}:80` },
        2000,
        'web-1',
      )
    expect(worstRoutes(table.finish())[0]?.why).toBe(
      'Answers: 503 (150, none before). They are from 2 of its 4 upstreams.',
    )
  })
})

function definedOf(event: {
  readonly status: number
  readonly upstream: string | undefined
  readonly durationMs: number | undefined
}): Partial<AccessEvent> {
  return {
    status: event.status,
    ...(event.upstream === undefined ? {} : { upstream: event.upstream }),
    ...(event.durationMs === undefined ? {} : { durationMs: event.durationMs }),
  }
}
