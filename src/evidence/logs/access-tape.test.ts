import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAccessTape } from './access-tape.ts'
import type { AccessEvent } from './format.ts'

const event = fc.record(
  {
    status: fc.integer({ min: 100, max: 599 }),
    method: fc.constantFrom('GET', 'POST'),
    route: fc.constantFrom('/', '/orders/{id}', ''),
    upstream: fc.constantFrom('10.0.0.7:80', '10.0.0.8:80'),
    durationMs: fc.nat(60_000),
    upstreamMs: fc.nat(60_000),
  },
  { requiredKeys: ['status', 'route'] },
)

describe('a tape of requests', () => {
  it('gives back what was put on it, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat()), { maxLength: 100 }), (requests) => {
        const tape = createAccessTape()
        for (const [each, atMs] of requests) tape.add(each, atMs)
        const back: (readonly [AccessEvent, number])[] = []
        tape.replay((each, atMs) => back.push([each, atMs]))
        expect(back).toEqual(requests)
      }),
    )
  })
  it('folds the ids of what was asked for', () => {
    const tape = createAccessTape()
    tape.add({ status: 200, method: 'GET', target: '/orders/123/items?page=2' }, 1)
    const routes: (string | undefined)[] = []
    tape.replay(({ route }) => routes.push(route))
    expect(routes).toHaveLength(1)
    expect(routes[0]).not.toMatch(/123|page/)
  })
  it('keeps so many and counts the others', () => {
    const tape = createAccessTape(3)
    for (let at = 0; at < 5; at += 1) tape.add({ status: 200, route: '/' }, at)
    const times: number[] = []
    tape.replay((_, atMs) => times.push(atMs))
    expect(times).toEqual([0, 1, 2])
    expect([tape.requests(), tape.left()]).toEqual([5, 2])
  })
})
