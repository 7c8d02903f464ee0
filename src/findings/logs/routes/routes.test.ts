import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AccessEvent } from '../../../evidence/logs/format.ts'
import { createRouteTable, type RouteTable } from './routes.ts'
import { shareChange, SURE } from './share-change.ts'
import { worstRoutes } from './worst-routes.ts'

const ONSET_MS = 1_000_000

/** So many requests of one kind, one a millisecond, up to the onset or from it on. */
interface Requests {
  readonly many: number
  readonly when: 'before' | 'after'
  readonly event: Partial<AccessEvent>
  readonly box?: string
}

function tableOf(requests: readonly Requests[], onsetMs: number | undefined = ONSET_MS): RouteTable {
  const table = createRouteTable({ onsetMs })
  for (const { many, when, event, box = 'web-1' } of requests) {
    for (let index = 0; index < many; index++) {
      const atMs = when === 'before' ? ONSET_MS - many + index : ONSET_MS + index
      table.add({ status: 200, method: 'GET', target: '/', ...event }, atMs, box)
    }
  }
  return table.finish()
}

const QUIET: readonly Requests[] = [
  { many: 900, when: 'before', event: { target: '/health' } },
  { many: 900, when: 'after', event: { target: '/health' } },
  { many: 300, when: 'before', event: { target: '/orders/1', durationMs: 20 } },
  { many: 300, when: 'after', event: { target: '/orders/2', durationMs: 20 } },
]

describe('route table', () => {
  test('counts by route and method, before and after', () => {
    const { routes, total } = tableOf([
      ...QUIET,
      { many: 10, when: 'after', event: { target: '/orders/3?x=1', method: 'POST', status: 503, upstream: 'a:1' } },
    ])
    const post = routes.find(({ method }) => method === 'POST')
    expect(post).toMatchObject({
      route: '/orders/{id}',
      before: { requests: 0 },
      after: { requests: 10, serverErrors: 10 },
    })
    expect(post?.after.statuses).toEqual([{ status: 503, requests: 10 }])
    expect(post?.after.upstreams).toMatchObject([{ upstream: 'a:1', requests: 10, serverErrors: 10 }])
    expect([post?.firstAtMs, post?.lastAtMs]).toEqual([ONSET_MS, ONSET_MS + 9])
    expect(total.before.requests + total.after.requests).toBe(2410)
    expect(
      routes.find(({ route, method }) => route === '/orders/{id}' && method === 'GET')?.after.durations,
    ).toMatchObject({ count: 300 })
  })

  test('what fails since the onset comes first, then what is slower; what was as bad before comes last', () => {
    const table = tableOf([
      ...QUIET,
      { many: 400, when: 'before', event: { target: '/old', status: 500 } },
      { many: 400, when: 'after', event: { target: '/old', status: 500 } },
      { many: 100, when: 'before', event: { target: '/pay', method: 'POST' } },
      { many: 60, when: 'after', event: { target: '/pay', method: 'POST' } },
      { many: 40, when: 'after', event: { target: '/pay', method: 'POST', status: 502, upstream: '10.0.0.7:8080' } },
      { many: 40, when: 'after', event: { target: '/pay', method: 'POST', upstream: '10.0.0.6:8080' } },
      { many: 100, when: 'before', event: { target: '/report', durationMs: 50 } },
      { many: 80, when: 'after', event: { target: '/report', durationMs: 400 } },
      { many: 200, when: 'before', event: { target: '/cart' } },
    ])
    const worst = worstRoutes(table)
    expect(worst.map(({ name, kind }) => [name, kind])).toEqual(
      [
        ['GET /report', 'slower'],
        ['GET /cart', 'missing'],
        ['POST /pay', 'failing'],
      ].toSorted((one, other) => scoreOf(table, other[0]) - scoreOf(table, one[0])),
    )
    const pay = worst.find(({ kind }) => kind === 'failing')
    expect(pay?.title).toBe('POST /pay answers 5xx to 40 of 140 requests (29 %), before to none of 100')
    expect(pay?.why).toBe('Answers: 502 (40, none before). 40 of them are from 10.0.0.7:8080, one of 2 upstreams.')
    expect(worst.find(({ kind }) => kind === 'slower')?.title).toMatch(
      /^GET \/report takes (?:39|40)\d ms \(95th percentile\), before (?:49|50|51) ms$/,
    )
    expect(worst.find(({ kind }) => kind === 'missing')?.title).toBe('GET /cart is asked no more, before 200 times')
  })

  test('one failure is not sure, a few of few are', () => {
    const base: readonly Requests[] = [...QUIET, { many: 20, when: 'before', event: { target: '/pay' } }]
    const one = tableOf([
      ...base,
      { many: 19, when: 'after', event: { target: '/pay' } },
      { many: 1, when: 'after', event: { target: '/pay', status: 500 } },
    ])
    expect(worstRoutes(one)).toEqual([])
    const few = tableOf([...base, { many: 5, when: 'after', event: { target: '/pay', status: 500 } }])
    expect(worstRoutes(few).map(({ name }) => name)).toEqual(['GET /pay'])
  })

  test('refusals count where the route was there before', () => {
    const login = (when: 'before' | 'after', status: number): Requests => ({
      many: 100,
      when,
      event: { target: '/login', status },
    })
    expect(worstRoutes(tableOf([...QUIET, login('before', 200), login('after', 401)])).map(({ kind }) => kind)).toEqual(
      ['refused'],
    )
    expect(worstRoutes(tableOf([...QUIET, login('after', 401)]))).toEqual([])
  })

  test('without an onset a route is measured against the others', () => {
    const table = tableOf(
      [...QUIET, { many: 30, when: 'after', event: { target: '/pay', status: 500 }, box: 'web-2' }],
      Number.NEGATIVE_INFINITY,
    )
    expect(worstRoutes({ ...table })[0]?.name).toBe('GET /pay')
    const plain = createRouteTable()
    for (let index = 0; index < 50; index++)
      plain.add({ status: 500, method: 'GET', target: '/only' }, Number.NaN, 'web-1')
    const only = plain.finish()
    expect(only.routes[0]).toMatchObject({ after: { requests: 50 }, firstAtMs: Number.NaN })
    expect(worstRoutes(only)[0]?.title).toBe('GET /only answers 5xx to 50 of 50 requests (100 %)')
  })

  test('a place with very many words holds values; those that are often asked keep their name', () => {
    const table = createRouteTable()
    for (let index = 0; index < 2000; index++) {
      table.add({ status: 200, method: 'GET', target: `/users/${word(index)}/orders` }, index, 'web-1')
      table.add({ status: 200, method: 'GET', target: '/users/me/orders' }, index, 'web-1')
    }
    const { routes } = table.finish()
    expect(routes.map(({ route, after }) => [route, after.requests])).toEqual([
      ['/users/me/orders', 2000],
      ['/users/{id}/orders', 2000],
    ])
  })

  test('a scanner hides no route', () => {
    const table = createRouteTable({ onsetMs: ONSET_MS })
    for (let index = 0; index < 3000; index++) {
      table.add({ status: 404, method: 'GET', target: `/${word(index)}.php` }, ONSET_MS + index, 'web-1')
      table.add({ status: index % 2 === 0 ? 500 : 200, method: 'GET', target: '/checkout' }, ONSET_MS + index, 'web-1')
      table.add({ status: 200, method: 'GET', target: '/checkout' }, ONSET_MS - index - 1, 'web-1')
    }
    const { routes } = table.finish()
    expect(routes[0]).toMatchObject({ route: '/checkout', before: { requests: 3000 }, after: { serverErrors: 1500 } })
    expect(routes.find(({ route }) => route === '/{not found}')?.after.requests).toBeGreaterThan(2000)
  })

  test('the table is bounded, and no request is lost', () => {
    const table = createRouteTable()
    let added = 0
    for (let first = 0; first < 240; first++) {
      for (let second = 0; second < 40; second++) {
        table.add(
          { status: 200, method: 'GET', target: `/${word(first)}/${word(second)}`, upstream: `u${String(second)}` },
          0,
          `box-${String(second)}`,
        )
        added++
      }
    }
    const { routes, other, total } = table.finish()
    expect(routes.length).toBeLessThanOrEqual(4000)
    expect(other.after.requests).toBeGreaterThan(0)
    expect(other.after.upstreams.length).toBeLessThanOrEqual(33)
    expect(routes.reduce((sum, { after }) => sum + after.requests, other.after.requests)).toBe(added)
    expect(total.after.requests).toBe(added)
  })

  test('any requests add up', () => {
    const event = fc.record({
      status: fc.constantFrom(0, 200, 404, 500, 999),
      method: fc.constantFrom('GET', 'POST', '__proto__'),
      target: fc.constantFrom('', '*', '/', '/constructor', '/a/7', '/a/b?c', '/__proto__'),
      durationMs: fc.double(),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.double()), { maxLength: 30 }), (events) => {
        const table = createRouteTable({ onsetMs: 0 })
        for (const [one, atMs] of events) table.add(one, atMs, 'web-1')
        const { routes, total, undated } = table.finish()
        const sum = routes.reduce((all, { before, after }) => all + before.requests + after.requests, undated)
        expect(sum).toBe(events.length)
        expect(total.before.requests + total.after.requests + undated).toBe(events.length)
        expect(routes.every(({ score }) => score >= 0 && score < Infinity)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})

describe('shareChange', () => {
  test('has the sign of the change, and grows with what was seen', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 50 }), (before, after, times) => {
        const change = shareChange({ hits: before, of: 50 }, { hits: after, of: 50 })
        expect(Math.sign(change) * Math.sign(after - before)).toBeGreaterThanOrEqual(0)
        const more = shareChange({ hits: before * times, of: 50 * times }, { hits: after * times, of: 50 * times })
        expect(more).toBeCloseTo(change * times, 6)
      }),
      { numRuns: 200 },
    )
  })

  test('is the G² of the textbook', () => {
    // 2 Σ O ln(O / E) of [[10, 90], [30, 70]] with E = [[20, 80], [20, 80]]
    const expected = 2 * (10 * Math.log(0.5) + 90 * Math.log(90 / 80) + 30 * Math.log(1.5) + 70 * Math.log(70 / 80))
    expect(shareChange({ hits: 10, of: 100 }, { hits: 30, of: 100 })).toBeCloseTo(expected, 9)
    expect(expected).toBeGreaterThan(SURE)
  })
})

function scoreOf({ routes }: RouteTable, name: string | undefined): number {
  return routes.find(({ method, route }) => `${method} ${route}` === name)?.score ?? 0
}

/** Names without digits: `baaa`, `caaa`, … */
function word(number: number): string {
  let rest = number
  let name = ''
  for (let letter = 0; letter < 4; letter++) {
    name += String.fromCharCode(97 + (rest % 26))
    rest = Math.floor(rest / 26)
  }
  return `n${name}`
}
