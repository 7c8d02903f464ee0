import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccessEvent } from '../../../evidence/logs/format.ts'
import { twinLogs, type RequestLog } from './twin-logs.ts'

type Request = readonly [atMs: number, event: AccessEvent]

function log(source: string, requests: readonly Request[], box = 'web-1'): RequestLog {
  return {
    box,
    source,
    requests: requests.length,
    replay: (give) => {
      for (const [atMs, event] of requests) give(event, atMs)
    },
  }
}

const ROUTES = ['/orders', '/carts', '/prices/{id}', '/login']
const requests = (many: number, of: (at: number) => Partial<AccessEvent> = () => ({})): readonly Request[] =>
  Array.from({ length: many }, (_, at): Request => [
    400 * at,
    { method: 'GET', route: ROUTES[(at * 7) % 4] ?? '', status: at % 11 === 0 ? 500 : 200, ...of(at) },
  ])
const told = (logs: readonly RequestLog[]): readonly string[] =>
  twinLogs(logs).map(({ counted, repeats }) => `${repeats.source} repeats ${counted.source}`)

describe('two logs of the same requests', () => {
  it('are told, and the one with durations counts', () => {
    const timed = log(
      'timing.log',
      requests(200, () => ({ durationMs: 4 })),
    )
    const plain = log('access.log', requests(200))
    expect(told([plain, timed])).toEqual(['access.log repeats timing.log'])
    expect(told([timed, plain])).toEqual(['access.log repeats timing.log'])
  })
  it('are told where one is written up to a second later, and lacks the last ones', () => {
    const late = requests(200).map(([atMs, event], at): Request => [atMs + (at % 3) * 450, event])
    expect(told([log('haproxy.log', requests(200)), log('access.log', late.slice(0, 195))])).toEqual([
      'access.log repeats haproxy.log',
    ])
  })
  it('are not told of other requests, of other answers, of another box, of a few', () => {
    const one = log('a.log', requests(200))
    expect(
      told([
        one,
        log(
          'b.log',
          requests(200, (at) => ({ route: ROUTES[at % 3] ?? '' })),
        ),
      ]),
    ).toEqual([])
    expect(
      told([
        one,
        log(
          'b.log',
          requests(200, (at) => (at % 4 === 0 ? { status: 502 } : {})),
        ),
      ]),
    ).toEqual([])
    expect(told([one, log('b.log', requests(200), 'web-2')])).toEqual([])
    expect(told([one, log('b.log', requests(150))])).toEqual([])
    expect(told([log('a.log', requests(10)), log('b.log', requests(10))])).toEqual([])
    const checks = requests(200, () => ({ route: '/health', status: 200 }))
    expect(told([log('a.log', checks), log('b.log', checks)])).toEqual([])
  })
  it('never repeat what is not counted, whatever they hold', () => {
    const any = fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: 5000 }), fc.constantFrom('/a', '/b'))
        .map(([atMs, route]): Request => [atMs, { method: 'GET', route, status: 200 }]),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), (all) => {
        const logs = all.map((each, at) => log(`${at}.log`, each))
        const twins = twinLogs(logs)
        const repeats = new Set(twins.map((twin) => twin.repeats))
        expect(repeats.size).toBe(twins.length)
        expect(twins.some(({ counted }) => repeats.has(counted))).toBe(false)
      }),
      { numRuns: 100 },
    )
  })
})
