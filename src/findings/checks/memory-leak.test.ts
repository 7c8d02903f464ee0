import { expect, it } from 'vitest'
import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { cgroupOf, GIB, memoryOf, MIB, processOf, table } from '../../../test/checks/builders.ts'
import type { Readings } from '../../../test/checks/examples.ts'
import { limitsOf, type Verdict } from '../check.ts'
import { memoryLeak } from './memory-leak.ts'

const limits = limitsOf(memoryLeak)
const run = (seen: Readings, more: Readonly<Record<string, number>> = {}): Verdict =>
  memoryLeak.run(seen, { ...limits, ...more }, { box: 'web-1' })
/** 3 MiB a second since it started, from 9 MiB on. */
const small = (more: Partial<ProcessStat> = {}, availableBytes = 20 * GIB): Readings => {
  const ageSeconds = more.ageSeconds ?? 30
  const process = processOf({
    rssBytesPerSecond: 3 * MIB,
    ageSeconds,
    rssBytes: (9 + 3 * ageSeconds) * MIB,
    cpuPercent: 3,
    ...more,
  })
  return { memory: memoryOf({ availableBytes }), 'process-stat': table([process]) }
}
const reading = (bytesPerSecond: number): Readings => ({
  ...small(),
  'process-io': new Map([[812, { readBytesPerSecond: bytesPerSecond, writeBytesPerSecond: 0 }]]),
})

it('tells of a small process that has grown alike all its life', () => {
  const verdict = run(small())
  expect(verdict.kind === 'burning' && verdict.findings[0]).toMatchObject({
    state: 'warning',
    title: expect.stringMatching(/^orders-api \(812\) grows by 3\.0 MiB a second: the memory ends in 1 h 53 min$/),
    why: expect.stringMatching(/It has grown like this ever since it started\./),
  })
})

it('reckons with the limit of its own group', () => {
  const seen = {
    ...small(),
    'process-cgroup': new Map([[812, { path: '/shop', unit: undefined, container: undefined }]]),
    cgroups: [cgroupOf({ path: '/shop', memoryLimitBytes: 400 * MIB, memoryBytes: 100 * MIB })],
  }
  const verdict = run(seen)
  expect(verdict.kind === 'burning' && verdict.findings[0]).toMatchObject({
    state: 'critical',
    title: expect.stringMatching(/its memory limit is reached in 1 min 40 s/),
  })
})

/** Both edges of each threshold: what is told of, what is not, and that it is this threshold that decides. */
const edges: readonly (readonly [limit: string, burns: Readings, quiet: Readings])[] = [
  ['lifelongSeconds', small({}, 14_300 * 3 * MIB), small({}, 14_500 * 3 * MIB)],
  ['lifelongAge', small({ ageSeconds: 20 }), small({ ageSeconds: 19 })],
  [
    'lifelongRatio',
    small({ rssBytes: 1.29 * 30 * 3 * MIB, ageSeconds: 30 }),
    small({ rssBytes: 1.31 * 30 * 3 * MIB, ageSeconds: 30 }),
  ],
  [
    'lifelongBytesPerSecond',
    small({ rssBytesPerSecond: 1.01 * MIB, rssBytes: 33 * MIB }, GIB),
    small({ rssBytesPerSecond: 0.99 * MIB, rssBytes: 33 * MIB }, GIB),
  ],
  ['lifelongCpuPercent', small({ cpuPercent: 49 }), small({ cpuPercent: 51 })],
  ['lifelongReadShare', reading(1.45 * MIB), reading(1.55 * MIB)],
]

it.each(edges)('decides by %s', (limit, burns, quiet) => {
  expect(run(burns).kind).toBe('burning')
  expect(run(quiet).kind).toBe('cleared')
  const value = limits[limit] ?? NaN
  const kinds = [0.9, 1.1].map((by) => [burns, quiet].map((seen) => run(seen, { [limit]: by * value }).kind).join(' '))
  expect(kinds).toContain('burning burning')
  expect(kinds).toContain('cleared cleared')
})

it.each([
  ['a virtual machine that warms up: it grew faster before', { rssBytes: 240 * MIB, ageSeconds: 40 }],
  ['what has begun to grow lately', { rssBytes: 60 * MIB, ageSeconds: 30 }],
  ['a sort, which computes', { cpuPercent: 95 }],
])('is quiet about %s', (_, more) => {
  expect(run(small(more)).kind).toBe('cleared')
})
