import { describeCheck } from '../../../test/checks/examples.ts'
import { cgroupOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { processLimit } from './process-limit.ts'

const threads = (count: number) => ({
  load: { one: 0, five: 0, fifteen: 0, runnable: 1, threads: count, lastPid: 1 },
  'kernel-limits': {
    openFiles: undefined,
    pidMax: 1_000,
    threadsMax: 5_000,
    connectionTracking: undefined,
    listenBacklogMax: undefined,
    inotifyInstancesMax: undefined,
  },
  'process-stat': table([processOf({ threads: 700 })]),
})
describeCheck(processLimit, [
  {
    when: '905 of 1,000 threads',
    seen: threads(905),
    then: { state: 'critical', title: /905 of at most 1000 threads .* orders-api \(812\) has 700/ },
  },
  { when: '895', seen: threads(895), then: { state: 'warning', title: /895/ } },
  { when: '755', seen: threads(755), then: { state: 'warning', title: /755/ } },
  { when: '745', seen: threads(745), then: { state: 'ok', why: /745 of at most 1000/ } },
  {
    when: 'a group at its own limit',
    seen: { ...threads(10), cgroups: [cgroupOf({ pids: 48, pidsLimit: 50 })] },
    then: { state: 'critical', title: /^Control group \/shop has 48 of at most 50 threads \(96 %\)$/ },
  },
  {
    when: 'a group whose threads are those of one process',
    seen: {
      ...threads(10),
      cgroups: [cgroupOf({ pids: 48, pidsLimit: 50 })],
      'process-stat': table([processOf({ threads: 40 })]),
      'process-cgroup': new Map([[812, { path: '/shop', unit: undefined, container: undefined }]]),
    },
    then: { state: 'critical', title: /^Control group \/shop has 48 of at most 50 .*; orders-api \(812\) has 40$/ },
  },
  {
    when: 'limits not seen',
    seen: {
      ...threads(10),
      'kernel-limits': { ...threads(10)['kernel-limits'], pidMax: undefined, threadsMax: undefined },
    },
    then: { state: 'unknown', why: /pid_max/ },
  },
])
