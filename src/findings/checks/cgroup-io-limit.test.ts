import { describe, expect, it } from 'vitest'
import type { IoLimit } from '../../evidence/probes/cgroups.ts'
import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import { cgroupOf, filesOf, MIB, processOf, table } from '../../../test/checks/quiet-box.ts'
import { limitsOf } from '../check.ts'
import { cgroupIoLimit } from './cgroup-io-limit.ts'

const write: IoLimit = { device: '254:0', kind: 'write', unit: 'bytes', perSecond: 10 * MIB }
const held = (
  rate: number | undefined,
  limits: readonly IoLimit[] = [write],
  more: Partial<ProcessStat> = {},
  path = '/shop/orders',
): Readings => ({
  cgroups: [cgroupOf({ path: '/shop', ioLimits: limits })],
  'process-stat': table([processOf({ state: 'D', stateBefore: 'D', ...more }), processOf({ pid: 813 })]),
  'process-cgroup': new Map([812, 813].map((pid) => [pid, { path, unit: undefined, container: undefined }])),
  ...(rate === undefined
    ? {}
    : {
        'process-io': new Map([
          [812, { readBytesPerSecond: 0, writeBytesPerSecond: rate / 2 }],
          [813, { readBytesPerSecond: 0, writeBytesPerSecond: rate / 2 }],
          [900, { readBytesPerSecond: 0, writeBytesPerSecond: 500 * MIB }],
        ]),
      }),
})

describeCheck(cgroupIoLimit, [
  {
    when: 'two that write 5.2 MiB of the 10 that their group may',
    seen: held(5.2 * MIB),
    then: {
      state: 'warning',
      title:
        /^orders-api \(812\) waits for the I\/O limit of its control group \/shop: it may write 10\.0 MiB a second$/,
      because: /The group writes 5\.2 MiB a second/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'two that write 4.8 MiB of them',
    seen: held(4.8 * MIB),
    then: { state: 'ok', why: /^1 control group with a limit of I\/O; nobody waits for one/ },
  },
  {
    when: 'one whose rate only root sees',
    seen: held(undefined),
    then: {
      state: 'warning',
      title:
        /^orders-api \(812\) waits in state D, and its control group \/shop has an I\/O limit that may be the reason: it may write 10\.0 MiB a second$/,
      because: /^How much of the limit is used could not be measured\./,
    },
  },
  {
    when: 'a process of somebody else, whose rate only root sees',
    seen: { ...held(0), 'process-io': new Map(), 'open-files': filesOf({ unreadable: 2 }) },
    then: { state: 'warning', title: /may be the reason: it may write 10\.0 MiB/ },
  },
  {
    when: 'a limit of requests',
    seen: held(0, [{ ...write, unit: 'requests', kind: 'read', perSecond: 50 }]),
    then: { state: 'warning', title: /that may be the reason: it may read 50 requests a second/ },
  },
  {
    when: 'one that waits at one moment only',
    seen: held(9 * MIB, [write], { state: 'S' }),
    then: { state: 'ok', why: /nobody/ },
  },
  { when: 'one of another group', seen: held(9 * MIB, [write], {}, '/shopping'), then: { state: 'ok', why: /nobody/ } },
  {
    when: 'a limit of requests beside one of bytes that is reached',
    seen: held(9 * MIB, [{ ...write, unit: 'requests' }, write]),
    then: { state: 'warning', title: /waits for the I\/O limit .* it may write 10\.0 MiB a second/ },
  },
  {
    when: 'groups without one',
    seen: { ...held(9 * MIB), cgroups: [cgroupOf()] },
    then: { state: 'ok', why: /no control group that somebody waits in/ },
  },
])

describe('cgroup-io-limit', () => {
  it.each([
    { rate: undefined, hedged: true },
    { rate: 9 * MIB, hedged: undefined },
  ])('is hedged where it did not measure, and nowhere else ($rate)', ({ rate, hedged }) => {
    const verdict = cgroupIoLimit.run(held(rate), limitsOf(cgroupIoLimit), { box: 'web-1' })
    const [finding] = verdict.kind === 'burning' ? verdict.findings : []
    expect(finding?.hedged).toBe(hedged)
    // The least severe iowait is a fifth of the time.
    expect((finding?.severity ?? 0) < 0.2).toBe(hedged === true)
  })
})
