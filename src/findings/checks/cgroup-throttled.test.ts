import { expect, it } from 'vitest'
import { describeCheck } from '../../../test/checks/examples.ts'
import { cgroupOf } from '../../../test/checks/quiet-box.ts'
import { cgroupThrottled, groupWords } from './cgroup-throttled.ts'

const throttled = (throttledPeriodsPercent: number, throttledMsPerSecond = 500) => ({
  cgroups: [cgroupOf({ cpuLimit: 0.2, throttledPeriodsPercent, throttledMsPerSecond })],
})
describeCheck(cgroupThrottled, [
  {
    when: 'held back in 62 % of its periods',
    seen: throttled(62),
    then: { state: 'critical', title: /^Control group \/shop may use 0\.20 CPUs and was held back in 62 %/ },
  },
  { when: 'held back in 58 %', seen: throttled(58), then: { state: 'warning', title: /58 %/ } },
  { when: 'held back in 21 %', seen: throttled(21), then: { state: 'warning', title: /21 %/ } },
  { when: 'held back in 19 %', seen: throttled(19), then: { state: 'ok', why: /none of 1/ } },
  { when: 'held back often, for 52 ms a second', seen: throttled(90, 52), then: { state: 'critical', title: /90 %/ } },
  { when: 'held back often, for 48 ms a second', seen: throttled(90, 48), then: { state: 'ok', why: /none of 1/ } },
  {
    when: 'seen only once',
    seen: { ...throttled(62), cgroups: [cgroupOf({ cpuLimit: 0.2 })] },
    then: { state: 'unknown', why: /no second sample/ },
  },
])

it.each([
  ['/ledger', undefined, 'Control group /ledger'],
  ['/system.slice/orders-api.service', undefined, 'orders-api.service'],
  ['/system.slice', undefined, 'system.slice'],
  ['/system.slice/docker-4f1b00c0ffee12.scope', '4f1b00c0ffee', 'Container 4f1b00c0ffee'],
  ['/docker/4f1b00c0ffee12', '4f1b00c0ffee', 'Container 4f1b00c0ffee'],
  // The limit is that of all containers together.
  ['/docker', '4f1b00c0ffee', 'Control group /docker'],
  ['/.service', undefined, 'Control group /.service'],
])('calls the group %s with a member of container %s: %s', (path, container, words) => {
  expect(groupWords(path, { container })).toBe(words)
})
