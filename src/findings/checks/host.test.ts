import type { ProcessStat, ProcessStats } from '../../evidence/probes/process-stat.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { kernelLimits } from '../../evidence/probes/kernel-limits.ts'
import { kernelLog } from '../../evidence/probes/kernel-log.ts'
import {
  cgroupOf,
  clockAt,
  cpuOf,
  filesOf,
  GIB,
  KIB,
  logOf,
  memoryOf,
  MIB,
  pagingOf,
  pressureOf,
  processOf,
  table,
} from '../../../test/checks/quiet-box.ts'
import {
  cgroupMemory,
  cgroupThrottled,
  cpuSaturated,
  cpuSteal,
  crashLoop,
  deletedFolder,
  fdExhaustion,
  forkStorm,
  hotThread,
  inotifyInstances,
  kernelTrouble,
  lockPileUp,
  memoryLeak,
  memoryNearlyGone,
  memoryStall,
  oneCpuFull,
  oomKills,
  openFileTable,
  processLimit,
  processPileUp,
  segmentationFaults,
  staleBinary,
  stoppedProcess,
  swapStorm,
  threadLeak,
  userProcessLimit,
  zombiePileUp,
} from './index.ts'

// One readable example on each side of each threshold; describeCheck moves every threshold and wants to see a difference.

const busy = (percent: number) => ({ user: percent, idle: 100 - percent })
const spinning = table([processOf({ cpuPercent: 380 })])
const sharing = table([processOf({ cpuPercent: 200 })])

describeCheck(cpuSaturated, [
  {
    when: 'all CPUs busy and tasks waiting',
    seen: { cpu: cpuOf(busy(100), { running: 13 }), 'process-stat': spinning, pressure: pressureOf({ cpu: 61 }) },
    then: {
      state: 'critical',
      title: /All 4 CPUs are 100 % busy; orders-api \(812\) uses 380 % of one CPU/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'all busy, and nobody that was seen used any',
    seen: {
      cpu: cpuOf(busy(100), { running: 20 }),
      'process-stat': table([processOf({ cpuPercent: 0 })]),
      pressure: pressureOf({ cpu: 100 }),
    },
    then: {
      state: 'critical',
      title: /100 % busy; no process that was seen uses much of it$/,
      subject: { kind: 'box' },
    },
  },
  {
    when: 'commands that live less than the window',
    seen: {
      cpu: cpuOf(busy(100), { running: 13 }),
      'process-stat': table([processOf({ name: 'run-checks', cpuPercent: 3, childCpuPercent: 310 })]),
      pressure: pressureOf({ cpu: 61 }),
    },
    then: { state: 'critical', title: /short-lived children of run-checks \(812\) use 310 % of one CPU/ },
  },
  {
    when: 'children that were born before the window and ended in it: more time than there was',
    seen: {
      cpu: cpuOf(busy(91), { running: 13 }),
      'process-stat': table([processOf({ name: 'bash', cpuPercent: 3, childCpuPercent: 712 })]),
      pressure: pressureOf({ cpu: 61 }),
    },
    then: { state: 'critical', title: /91 % busy; short-lived children of bash \(812\) use most of their time$/ },
  },
  ...[41, 39].map((used) => ({
    when: `nobody but one who uses ${used} % of one of four CPUs`,
    seen: {
      cpu: cpuOf(busy(100), { running: 13 }),
      'process-stat': table([processOf({ cpuPercent: used })]),
      pressure: pressureOf({ cpu: 61 }),
    },
    then: {
      state: 'critical' as const,
      title: used > 40 ? /orders-api \(812\) uses 41 % of one CPU/ : /no process that was seen uses much of it$/,
      subject: { kind: used > 40 ? 'process' : 'box' },
    },
  })),
  {
    when: 'tasks waiting a little less',
    seen: { cpu: cpuOf(busy(100), { running: 13 }), 'process-stat': spinning, pressure: pressureOf({ cpu: 58 }) },
    then: { state: 'warning', title: /100 % busy/ },
  },
  {
    when: 'tasks hardly waiting',
    seen: { cpu: cpuOf(busy(91), { running: 13 }), 'process-stat': sharing, pressure: pressureOf({ cpu: 10.5 }) },
    then: { state: 'warning', title: /91 % busy/ },
  },
  {
    when: 'a build with two jobs for each CPU: tasks wait most of the time',
    seen: { cpu: cpuOf(busy(100), { running: 9 }), 'process-stat': spinning, pressure: pressureOf({ cpu: 85 }) },
    then: { state: 'warning', title: /100 % busy/ },
  },
  {
    when: 'just under three runnable tasks for each CPU',
    seen: {
      cpu: cpuOf(busy(100), { cpus: 40, running: 119 }),
      'process-stat': table([processOf({ cpuPercent: 3_000 })]),
      pressure: pressureOf({ cpu: 85 }),
    },
    then: { state: 'warning', title: /100 % busy/ },
  },
  {
    when: 'a crowd that was there at the end only',
    seen: {
      cpu: cpuOf(busy(100), { running: 40, runningBefore: 6 }),
      'process-stat': spinning,
      pressure: pressureOf({ cpu: 85 }),
    },
    then: { state: 'warning', title: /100 % busy/ },
  },
  {
    when: 'busy CPUs of many, for which nobody waits',
    seen: {
      cpu: cpuOf(busy(95)),
      'process-stat': table([processOf({ cpuPercent: 355 })]),
      pressure: pressureOf({ cpu: 9.5 }),
    },
    then: { state: 'ok', why: /CPUs 95 % busy/ },
  },
  ...[
    { when: 'one process that has all CPUs for itself', more: { cpuPercent: 365 }, burns: true },
    { when: 'one that has burned 12.5 s on four CPUs', more: { cpuPercent: 390, cpuSeconds: 12.5 }, burns: true },
    { when: 'one that has burned 11.5 s on them', more: { cpuPercent: 390, cpuSeconds: 11.5 }, burns: false },
  ].map(({ when, more, burns }) => ({
    when: `${when}, and nobody waits`,
    seen: {
      cpu: cpuOf(busy(99)),
      'process-stat': table([processOf(more)]),
      pressure: pressureOf({ cpu: 5 }),
    },
    then: burns
      ? {
          state: 'warning' as const,
          title: /All 4 CPUs are 99 % busy; orders-api \(812\) uses 3\d\d % of one CPU/,
          because: /Nothing is left/,
        }
      : { state: 'ok' as const, why: /99 % busy/ },
  })),
  {
    when: 'one busy thread on the only CPU (hot-thread tells)',
    seen: {
      cpu: cpuOf(busy(99), { cpus: 1 }),
      'process-stat': table([processOf({ cpuPercent: 99 })]),
      pressure: pressureOf({ cpu: 5 }),
    },
    then: { state: 'ok', why: /99 % busy/ },
  },
  {
    when: 'CPUs that are well used',
    seen: { cpu: cpuOf(busy(89)), 'process-stat': spinning, pressure: pressureOf({ cpu: 30 }) },
    then: { state: 'ok', why: /89 % busy/ },
  },
  {
    when: 'niced work only',
    seen: { cpu: cpuOf({ nice: 95, user: 5 }), 'process-stat': spinning, pressure: pressureOf({ cpu: 90 }) },
    then: { state: 'ok', why: /5.0 % busy/ },
  },
  {
    when: 'no PSI and a long run queue',
    seen: { cpu: cpuOf(busy(100), { running: 18 }), 'process-stat': spinning },
    then: { state: 'critical', title: /100 % busy/ },
  },
  {
    when: 'no PSI and a shorter run queue',
    seen: { cpu: cpuOf(busy(100), { running: 16 }), 'process-stat': spinning },
    then: { state: 'warning', title: /100 % busy/ },
  },
  {
    when: 'no PSI and one task too many',
    seen: { cpu: cpuOf(busy(100), { running: 7 }), 'process-stat': sharing },
    then: { state: 'warning', title: /100 % busy/ },
  },
  {
    when: 'no PSI and as many tasks as CPUs and a half',
    seen: { cpu: cpuOf(busy(100), { cpus: 100, running: 146 }), 'process-stat': sharing },
    then: { state: 'ok', why: /100 % busy/ },
  },
  {
    when: 'no second sample',
    seen: { cpu: cpuOf(undefined), 'process-stat': spinning },
    then: { state: 'unknown', why: /second sample/ },
  },
])

// Six workers bound to CPU 0 of two.
const pinned = (more: {
  readonly full?: number
  readonly idle?: number
  readonly waiting?: number | undefined
  readonly each?: number
  readonly cpu?: number | undefined
  readonly softirq?: number
}) => {
  const { full = 100, idle = 95, waiting = 90, each = 16, softirq = 0 } = more
  const none = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0 }
  return {
    cpu: cpuOf(busy(50), {
      cpus: 2,
      perCpu: [
        { cpu: 0, shares: { ...none, user: full - softirq, softirq, idle: 100 - full } },
        { cpu: 1, shares: { ...none, user: 100 - idle, idle } },
      ],
    }),
    pressure: pressureOf({ cpu: waiting }),
    'process-stat': table([
      processOf({ pid: 7, name: 'web', cpuPercent: 5, cpu: 1 }),
      ...Array.from({ length: 6 }, (_, at) =>
        processOf({ pid: 120 + at, name: 'encoder', cpuPercent: each, cpu: 'cpu' in more ? more.cpu : 0 }),
      ),
    ]),
  }
}
describeCheck(oneCpuFull, [
  {
    when: 'six workers that may use one CPU of two only',
    seen: pinned({}),
    then: {
      state: 'warning',
      title: /CPU 0 is full while the others are 95 % idle: 6 processes named encoder share it/,
      subject: { name: 'encoder', pid: 120 },
    },
  },
  { when: 'a CPU that is 96 % busy', seen: pinned({ full: 96 }), then: { state: 'warning', title: /encoder/ } },
  { when: 'a CPU that is 94 % busy', seen: pinned({ full: 94 }), then: { state: 'ok', why: /CPU 0 is 94 % busy/ } },
  { when: 'another one that is 41 % idle', seen: pinned({ idle: 41 }), then: { state: 'warning', title: /encoder/ } },
  { when: 'another one that is 39 % idle', seen: pinned({ idle: 39 }), then: { state: 'ok', why: /39 % idle/ } },
  {
    when: 'tasks that wait half the time',
    seen: pinned({ waiting: 51 }),
    then: { state: 'warning', title: /encoder/ },
  },
  { when: 'tasks that wait a little less', seen: pinned({ waiting: 49 }), then: { state: 'ok', why: /waited 49 %/ } },
  {
    when: 'workers that use 31.2 % together',
    seen: pinned({ each: 5.2 }),
    then: { state: 'warning', title: /encoder/ },
  },
  { when: 'workers that use 28.8 %', seen: pinned({ each: 4.8 }), then: { state: 'ok', why: /100 % busy/ } },
  { when: 'workers that move about', seen: pinned({ cpu: undefined }), then: { state: 'ok', why: /100 % busy/ } },
  {
    when: 'one thread that has that CPU for itself: who waits is not seen',
    seen: {
      ...pinned({}),
      'process-stat': table([processOf({ name: 'gzip', threads: 1, cpuPercent: 100, cpu: 0 })]),
    },
    then: { state: 'ok', why: /100 % busy/ },
  },
  { when: 'a CPU that serves interrupts', seen: pinned({ softirq: 60 }), then: { state: 'ok', why: /40 % busy/ } },
  {
    when: 'no second sample',
    seen: { ...pinned({}), cpu: cpuOf(undefined, { cpus: 2 }) },
    then: { state: 'unknown', why: /second sample/ },
  },
])

const hot = (cpuPercent: number, more = {}, shares = busy(30)) => ({
  cpu: cpuOf(shares),
  'process-stat': table([processOf(more)]),
  'hot-threads': [{ pid: 812, tid: 815, name: 'event-loop', state: 'R', cpuPercent, realTimePolicy: undefined }],
})
describeCheck(hotThread, [
  {
    when: 'one thread at 91 %',
    seen: hot(91),
    then: { state: 'warning', title: /Thread event-loop \(815\) of orders-api/, subject: { kind: 'thread', tid: 815 } },
  },
  { when: 'one thread at 89 %', seen: hot(89), then: { state: 'ok', why: /hottest thread is event-loop at 89 %/ } },
  {
    when: 'a thread of a command that has just started',
    seen: hot(100, { cpuSeconds: 2.9 }),
    then: { state: 'ok', why: /100 %/ },
  },
  {
    when: 'a thread that has burned 3.1 s',
    seen: hot(100, { cpuSeconds: 3.1 }),
    then: { state: 'warning', title: /event-loop/ },
  },
  { when: 'a niced process', seen: hot(100, { nice: 10 }), then: { state: 'ok', why: /100 %/ } },
  {
    when: 'a box that is 89 % busy as a whole',
    seen: hot(100, {}, busy(89)),
    then: { state: 'warning', title: /event-loop/ },
  },
  {
    when: 'a box that is 91 % busy as a whole',
    seen: hot(100, {}, busy(91)),
    then: { state: 'ok', why: /as a whole is busy/ },
  },
  {
    when: 'a single-threaded process at 100 %',
    seen: {
      cpu: cpuOf(busy(25)),
      'process-stat': table([processOf({ threads: 1, cpuPercent: 100 })]),
      'hot-threads': [],
    },
    then: { state: 'warning', title: /orders-api \(812\) uses one whole CPU/, subject: { kind: 'process' } },
  },
  {
    when: 'one under a real-time policy',
    seen: {
      cpu: cpuOf(busy(25)),
      'process-stat': table([processOf({ threads: 1, cpuPercent: 96, realTimePolicy: 'SCHED_FIFO' })]),
      'hot-threads': [],
    },
    then: {
      state: 'warning',
      title: /uses one whole CPU \(96 %\) under real-time priority \(SCHED_FIFO\)/,
      because: /before all ordinary work/,
    },
  },
])

// Lines of top and vmstat as they were published; they are shares of the CPU time, as the check wants them.
describeCheck(cpuSteal, [
  {
    when: 'a t3a.medium, https://github.com/rancher/rke2/issues/168',
    seen: { cpu: cpuOf({ user: 9.2, system: 8, idle: 16.8, softirq: 0.1, steal: 65.9 }, { cpus: 2 }) },
    then: { state: 'critical', title: /took 66 %/ },
  },
  {
    when: 'an m3.medium, https://github.com/coreos/bugs/issues/73',
    seen: { cpu: cpuOf({ idle: 35.5, irq: 10.3, steal: 54.3 }, { cpus: 1 }) },
    then: { state: 'critical', title: /took 54 %/ },
  },
  {
    when: 'a neighbour that is hardly felt, https://pastebin.com/73hXRCqW',
    seen: { cpu: cpuOf({ system: 1, idle: 94, steal: 5 }) },
    then: { state: 'ok', why: /5\.0 %/ },
  },
  {
    when: '31 % stolen',
    seen: { cpu: cpuOf({ steal: 31, idle: 69 }) },
    then: { state: 'critical', title: /took 31 %/ },
  },
  { when: '29 % stolen', seen: { cpu: cpuOf({ steal: 29, idle: 71 }) }, then: { state: 'warning', title: /29 %/ } },
  {
    when: '10.5 % stolen',
    seen: { cpu: cpuOf({ steal: 10.5, idle: 89.5 }) },
    then: { state: 'warning', title: /took 1[01] %/ },
  },
  { when: '9.5 % stolen', seen: { cpu: cpuOf({ steal: 9.5, idle: 90.5 }) }, then: { state: 'ok', why: /9.5 %/ } },
  { when: 'no second sample', seen: { cpu: cpuOf(undefined) }, then: { state: 'unknown', why: /second sample/ } },
])

// https://github.com/rfjakob/earlyoom/issues/100, lines of one log one after another: 235 M are 11.8 %, 165 M 8.3 %, 49 M 2.5 %, 731 M of the swap are 99.9 %. Of what, follows.
const room = (availableBytes: number, totalBytes = 1_990 * MIB) => ({
  memory: memoryOf({ totalBytes, availableBytes, swapTotalBytes: 732 * MIB, swapFreeBytes: 731 * MIB }),
  'process-stat': table(),
})
describeCheck(memoryNearlyGone, [
  {
    when: '49 MiB available, as it was logged',
    seen: room(49 * MIB),
    then: {
      state: 'critical',
      title: /Only 49\.0 MiB of 1\.9 GiB .* orders-api \(812\) holds 200 MiB/,
      subject: { pid: 812 },
    },
  },
  { when: '165 MiB, two seconds earlier', seen: room(165 * MIB), then: { state: 'warning', title: /Only 165 MiB/ } },
  {
    when: '235 MiB, three seconds earlier',
    seen: room(235 * MIB),
    then: { state: 'ok', why: /235 MiB of 1\.9 GiB \(12 %\)/ },
  },
  { when: '3.9 % available', seen: room(0.039 * 2 * GIB, 2 * GIB), then: { state: 'critical', title: /available/ } },
  { when: '4.1 % available', seen: room(0.041 * 2 * GIB, 2 * GIB), then: { state: 'warning', title: /available/ } },
  { when: '9.8 % available', seen: room(0.098 * 2 * GIB, 2 * GIB), then: { state: 'warning', title: /available/ } },
  { when: '10.5 % available', seen: room(0.105 * 2 * GIB, 2 * GIB), then: { state: 'ok', why: /available/ } },
  { when: '3.9 GiB of 64 GiB', seen: room(3.9 * GIB, 64 * GIB), then: { state: 'warning', title: /3\.9 GiB/ } },
  { when: '4.1 GiB of 64 GiB', seen: room(4.1 * GIB, 64 * GIB), then: { state: 'ok', why: /4\.1 GiB/ } },
])

// some avg10=70.24 …, full avg10=57.59 avg60=58.06 avg300=60.38: https://github.com/tobixen/thrash-protect/issues/28.
const thrashing = {
  some: { avg10: 70.24, avg60: 68.52, avg300: 69.91, window: undefined },
  full: { avg10: 57.59, avg60: 58.06, avg300: 60.38, window: undefined },
}
describeCheck(memoryStall, [
  {
    when: 'the figures of a box that thrashed',
    seen: { pressure: { ...pressureOf({}), memory: thrashing } },
    then: { state: 'critical', title: /58 % of the time/ },
  },
  { when: '41 %', seen: { pressure: pressureOf({ memory: 41 }) }, then: { state: 'critical', title: /41 %/ } },
  { when: '39 %', seen: { pressure: pressureOf({ memory: 39 }) }, then: { state: 'warning', title: /39 %/ } },
  { when: '10.5 %', seen: { pressure: pressureOf({ memory: 10.5 }) }, then: { state: 'warning', title: /1[01] %/ } },
  { when: '9.5 %', seen: { pressure: pressureOf({ memory: 9.5 }) }, then: { state: 'ok', why: /9.5 %/ } },
  {
    when: 'no memory pressure in the answer',
    seen: { pressure: { ...pressureOf({}), memory: undefined } },
    then: { state: 'unknown', why: /no memory pressure/ },
  },
])

const KILL =
  'Memory cgroup out of memory: Killed process 10032 (memory-leak) total-vm:31828kB, anon-rss:30592kB, file-rss:0kB, shmem-rss:548kB, UID:0 pgtables:96kB oom_score_adj:0'
describeCheck(oomKills, [
  {
    when: 'a kill 59 minutes ago',
    seen: { paging: pagingOf(), clock: clockAt, 'kernel-log': logOf([3_540, KILL]) },
    then: {
      state: 'critical',
      title: /killed memory-leak \(10032\) .* 59 min ago/,
      subject: { name: 'memory-leak', pid: 10_032 },
    },
  },
  {
    when: 'a kill in a unit, which the line before it names',
    seen: {
      paging: pagingOf(),
      clock: clockAt,
      'kernel-log': logOf(
        [
          60,
          'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/system.slice/orders.service,task_memcg=/system.slice/orders.service,task=memory-leak,pid=10032,uid=0',
        ],
        [60, KILL],
      ),
    },
    then: {
      state: 'critical',
      title: /killed memory-leak \(10032, orders\.service\)/,
      subject: { pid: 10_032, unit: 'orders.service' },
    },
  },
  {
    when: 'a kill 61 minutes ago',
    seen: {
      paging: pagingOf(),
      clock: clockAt,
      'kernel-log': logOf([3_660, 'Out of memory: Killed process 812 (orders-api) total-vm:1kB']),
    },
    then: { state: 'warning', title: /orders-api/ },
  },
  {
    when: 'a kill 23 hours ago, in the words of old kernels',
    seen: {
      paging: pagingOf(),
      clock: clockAt,
      'kernel-log': logOf([82_800, 'Out of memory: Kill process 812 (orders-api) score 900 or sacrifice child']),
    },
    then: { state: 'warning', title: /orders-api/ },
  },
  {
    when: 'a kill 25 hours ago',
    seen: { paging: pagingOf({ oomKills: 1 }), clock: clockAt, 'kernel-log': logOf([90_000, KILL]) },
    then: { state: 'ok', why: /none within a day/ },
  },
  {
    when: 'kills since boot and a kernel log that has turned over',
    seen: { paging: pagingOf({ oomKills: 20 }), clock: clockAt, 'kernel-log': logOf([180, 'eth0: link is up']) },
    then: {
      state: 'ok',
      why: /20 kills .* since boot, none within a day as far as the kernel log tells, whose first line is 3 min/,
    },
  },
  {
    when: 'kills since boot and no kernel log',
    seen: { paging: pagingOf({ oomKills: 3 }), clock: clockAt },
    then: { state: 'warning', title: /has killed 3 processes/ },
  },
])

const leak = (more: object, availableBytes = GIB) => ({
  memory: memoryOf({ availableBytes }),
  'process-stat': table([processOf({ rssBytesPerSecond: MIB, ageSeconds: 100, ...more })]),
})
describeCheck(memoryLeak, [
  {
    when: 'memory for 290 s',
    seen: leak({}, 290 * MIB),
    then: {
      state: 'critical',
      title: /orders-api \(812\) grows by 1\.0 MiB a second: the memory ends in 4 min 50 s/,
      subject: { pid: 812 },
    },
  },
  { when: 'memory for 310 s', seen: leak({}, 310 * MIB), then: { state: 'warning', title: /5 min 10 s/ } },
  { when: 'memory for 1,750 s', seen: leak({}, 1_750 * MIB), then: { state: 'warning', title: /29 min/ } },
  {
    when: 'memory for 1,900 s',
    seen: leak({}, 1_900 * MIB),
    then: { state: 'ok', why: /fastest growth is orders-api/ },
  },
  { when: 'a process of 101 MiB', seen: leak({ rssBytes: 101 * MIB }), then: { state: 'warning', title: /grows/ } },
  {
    when: 'a process of 99 MiB',
    seen: leak({ rssBytes: 99 * MIB }),
    then: { state: 'ok', why: /of the small ones orders-api \(812\) does, by 1\.0 MiB a second to 99\.0 MiB/ },
  },
  {
    when: 'growth that its life agrees with',
    seen: leak({ rssBytes: 210 * MIB, ageSeconds: 1_000 }),
    then: { state: 'warning', title: /grows/ },
  },
  {
    when: 'a burst in a long quiet life',
    seen: leak({ rssBytes: 190 * MIB, ageSeconds: 1_000 }),
    then: { state: 'ok', why: /no large process/ },
  },
  {
    when: 'twenty workers of 11 MiB, each growing a little',
    seen: {
      memory: memoryOf({ availableBytes: 1_000 * MIB }),
      'process-stat': table(
        Array.from({ length: 20 }, (_, at) =>
          processOf({ pid: 900 + at, name: 'worker', rssBytes: 11 * MIB, rssBytesPerSecond: MIB / 4, ageSeconds: 60 }),
        ),
      ),
    },
    then: {
      state: 'critical',
      title: /^20 processes named worker grow by 5\.0 MiB a second: the memory ends in 3 min/,
    },
  },
  { when: 'a process of 3.8 s', seen: leak({ ageSeconds: 3.8 }), then: { state: 'ok', why: /no large process/ } },
  { when: 'a process of 4.2 s', seen: leak({ ageSeconds: 4.2 }), then: { state: 'warning', title: /grows/ } },
  {
    when: 'no second sample',
    seen: { memory: memoryOf(), 'process-stat': table([processOf()], { windowSeconds: undefined }) },
    then: { state: 'unknown', why: /second sample/ },
  },
])

const swapping = (rate: number, out = 2 * rate) => ({
  paging: pagingOf({ swapInBytesPerSecond: rate, swapOutBytesPerSecond: out }),
  memory: memoryOf({ swapTotalBytes: 2 * GIB, swapFreeBytes: GIB }),
  'process-stat': table(),
})
/** si and so of a published line of vmstat, KiB a second; how much swap there was is published with one of them only. */
const vmstat = (si: number, so: number) => swapping(si * KIB, so * KIB)
const GALBRAITH = 'lore.kernel.org/lkml/Pine.Linu.4.10.10011100732250.601-100000@mikeg.weiden.de'
describeCheck(swapStorm, [
  {
    when: `30 compilers that do not fit, ${GALBRAITH}`,
    seen: vmstat(106_500, 84_612),
    then: { state: 'critical', title: /The box swaps: 104 MiB a second in, 82\.6 MiB out/ },
  },
  {
    when: `the same machine a moment before, ${GALBRAITH}`,
    seen: vmstat(248, 1_904),
    then: { state: 'ok', why: /248 KiB a second swapped in, 1\.9 MiB out/ },
  },
  {
    when: 'the same work on another day, lore.kernel.org/linux-mm/Pine.LNX.4.10.10007171308190.13324-100000@coffee.psychology.mcmaster.ca',
    seen: vmstat(11_008, 8_948),
    then: { state: 'warning', title: /10\.8 MiB a second in, 8\.7 MiB out/ },
  },
  {
    when: 'swap that is used and at rest, fromdual.com/do-not-underestimate-performance-impacts-of-swapping-on-numa-database-systems',
    seen: {
      ...vmstat(0, 0),
      memory: memoryOf({ swapTotalBytes: 31_250_428 * KIB, swapFreeBytes: 29_548_636 * KIB }),
    },
    then: { state: 'ok', why: /0 B a second swapped in, 0 B out/ },
  },
  {
    when: '10.5 MiB each way',
    seen: swapping(10.5 * MIB),
    then: { state: 'critical', title: /The box swaps: 10\.5 MiB a second in, 21\.0 MiB out/ },
  },
  { when: '9.5 MiB each way', seen: swapping(9.5 * MIB), then: { state: 'warning', title: /swaps/ } },
  { when: '1.05 MiB each way', seen: swapping(1.05 * MIB), then: { state: 'warning', title: /swaps/ } },
  { when: '0.95 MiB each way', seen: swapping(0.95 * MIB), then: { state: 'ok', why: /swapped in/ } },
  {
    when: 'pages that only go out',
    seen: { ...swapping(0), paging: pagingOf({ swapOutBytesPerSecond: GIB }) },
    then: { state: 'ok', why: /0 B a second swapped in/ },
  },
  {
    when: 'no second sample',
    seen: { ...swapping(0), paging: pagingOf({ swapInBytesPerSecond: undefined }) },
    then: { state: 'unknown', why: /second sample/ },
  },
])

const throttled = (throttledPeriodsPercent: number, throttledMsPerSecond = 500) => ({
  cgroups: [cgroupOf({ cpuLimit: 0.2, throttledPeriodsPercent, throttledMsPerSecond })],
})
describeCheck(cgroupThrottled, [
  {
    when: 'held back in 62 % of its periods',
    seen: throttled(62),
    then: { state: 'critical', title: /\/shop may use 0\.20 CPUs and was held back in 62 %/ },
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

const held = (share: number) => ({
  cgroups: [cgroupOf({ memoryLimitBytes: GIB, memoryBytes: GIB })],
  'process-cgroup': new Map([[812, { path: '/shop', unit: undefined, container: undefined }]]),
  'process-status': new Map([[812, { uid: 0, swapBytes: 0, anonymousBytes: share * GIB, tracer: undefined }]]),
})
describeCheck(cgroupMemory, [
  {
    when: '96 % of the limit',
    seen: held(0.96),
    then: {
      state: 'critical',
      title: /\/shop uses .* \(96 %\) of its memory limit of 1\.0 GiB/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a box that is a container with a limit of its own',
    seen: {
      ...held(0.96),
      cgroups: [cgroupOf({ path: '/', memoryLimitBytes: GIB, memoryBytes: GIB })],
      'process-cgroup': new Map(),
      'process-stat': table(),
    },
    then: {
      state: 'critical',
      title: /^The box as a whole uses .* \(96 %\) of its memory limit of 1\.0 GiB; most is orders-api \(812\)$/,
      because: /the box itself, a container/,
      subject: { kind: 'box', name: 'web-1', pid: 812 },
    },
  },
  { when: '94 %', seen: held(0.94), then: { state: 'warning', title: /94 %/ } },
  { when: '86 %', seen: held(0.86), then: { state: 'warning', title: /86 %/ } },
  {
    when: 'files on tmpfs up to the limit',
    seen: {
      ...held(0.1),
      cgroups: [
        cgroupOf({
          memoryLimitBytes: GIB,
          memoryBytes: GIB,
          anonymousBytes: 0.1 * GIB,
          sharedBytes: 0.87 * GIB,
        }),
      ],
    },
    then: {
      state: 'critical',
      title: /\(97 %\) of its memory limit of 1\.0 GiB; 891 MiB of it is shared memory or files/,
    },
  },
  { when: 'page cache up to the limit', seen: held(0.84), then: { state: 'ok', why: /\/shop at 84 %/ } },
  {
    when: 'a limit whose use was not seen',
    seen: { ...held(0.5), cgroups: [cgroupOf({ memoryLimitBytes: GIB })] },
    then: { state: 'unknown', why: /could not be read/ },
  },
])

const open = (count: number, softLimit = 1_000, what?: string) => ({
  'open-files': filesOf({
    byPid: new Map([
      [
        812,
        {
          open: count,
          sockets: 10,
          softLimit,
          mostly: what === undefined ? undefined : { what, count: count - 9 },
          inotify: 0,
          threadsLimit: undefined,
        },
      ],
    ]),
    sockets: [{ pid: 812, state: 'ESTABLISHED', localPort: 0, peer: '10.0.0.7:5432', count: 9 }],
  }),
  'process-stat': table(),
})
describeCheck(fdExhaustion, [
  {
    when: '955 of 1,000',
    seen: open(955),
    then: {
      state: 'critical',
      title: /orders-api \(812\) holds 955 of its 1000 file descriptors/,
      subject: { pid: 812, peer: '10.0.0.7:5432' },
    },
  },
  ...(
    [
      ['socket:[N]', /; 946 of them are sockets, most ESTABLISHED to 10\.0\.0\.7:5432$/],
      ['pipe:[N]', /; 946 of them are pipes$/],
      ['anon_inode:[eventpoll]', /; 946 of them are epoll instances$/],
      ['/tmp/part-N.log', /; 946 of them are files like \/tmp\/part-N\.log$/],
    ] as const
  ).map(([what, title]) => ({
    when: `955 of 1,000, most of them ${what}`,
    seen: open(955, 1_000, what),
    then: { state: 'critical' as const, title },
  })),
  { when: '945 of 1,000', seen: open(945), then: { state: 'warning', title: /945/ } },
  { when: '805 of 1,000', seen: open(805), then: { state: 'warning', title: /805/ } },
  { when: '795 of 1,000', seen: open(795), then: { state: 'ok', why: /80 % of its limit/ } },
  { when: 'a limit of 33', seen: open(33, 33), then: { state: 'critical', title: /33 of its 33/ } },
  { when: 'a sandbox with a limit of 31', seen: open(31, 31), then: { state: 'ok', why: /no process has a limit/ } },
  {
    when: 'descriptors that could not be listed',
    seen: { 'open-files': filesOf({ unreadable: 30 }) },
    then: { state: 'unknown', why: /30 processes/ },
  },
])

const files = (used: number) => ({
  'kernel-limits': {
    openFiles: { used, limit: 1_000 },
    pidMax: 32_768,
    threadsMax: 100_000,
    connectionTracking: undefined,
    listenBacklogMax: 4_096,
    inotifyInstancesMax: undefined,
  },
})
const fileNr = (text: string) => ({
  'kernel-limits': kernelLimits.parse(
    { first: { atSeconds: 1, text: `==> sys/fs/file-nr <==\n${text}\n==> /dev/null <==` } },
    { beganAtMs: 0 },
  ),
})
/** A published line of the log, read so many seconds later; file-nr of that day was not published, the line names its limit. */
const fileMaxReached = (ago: number) => ({
  'kernel-log': kernelLog.parse(
    { during: { atSeconds: 240_560.53 + ago, text: 'now unknown\n[240560.532035] VFS: file-max limit 51200 reached' } },
    { beganAtMs: 0 },
  ),
})
describeCheck(openFileTable, [
  {
    when: 'a table that was full 59 minutes ago, https://github.com/SukkaW/Koolshare-Clash/issues/14',
    seen: { ...fileNr('3456\t0\t51200'), ...fileMaxReached(3_540) },
    then: { state: 'critical', title: /was full 59 min ago; 3456 of 51200 open files in use/ },
  },
  {
    when: 'the same, 61 minutes ago',
    seen: { ...fileNr('3456\t0\t51200'), ...fileMaxReached(3_660) },
    then: { state: 'ok', why: /3456 of 51200/ },
  },
  {
    when: 'what the line implies, at that moment',
    seen: fileNr('51200\t0\t51200'),
    then: { state: 'critical', title: /51200 of 51200 open files in use \(100 %\)/ },
  },
  {
    when: 'a full table, and file-nr not seen',
    seen: { ...fileMaxReached(60), 'kernel-limits': { ...files(0)['kernel-limits'], openFiles: undefined } },
    then: { state: 'critical', title: /was full 1 min ago/ },
  },
  {
    when: 'a box at ease, https://github.com/containerd/containerd/issues/4641',
    seen: fileNr('7872\t0\t810953'),
    then: { state: 'ok', why: /7872 of 810953 open files/ },
  },
  { when: '955 of 1,000', seen: files(955), then: { state: 'critical', title: /955 of 1000 open files/ } },
  { when: '945', seen: files(945), then: { state: 'warning', title: /945/ } },
  { when: '805', seen: files(805), then: { state: 'warning', title: /805/ } },
  { when: '795', seen: files(795), then: { state: 'ok', why: /795 of 1000/ } },
  {
    when: 'file-nr not seen',
    seen: { 'kernel-limits': { ...files(0)['kernel-limits'], openFiles: undefined } },
    then: { state: 'unknown', why: /file-nr/ },
  },
])

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
    then: { state: 'critical', title: /\/shop has 48 of at most 50 threads \(96 %\)$/ },
  },
  {
    when: 'a group whose threads are those of one process',
    seen: {
      ...threads(10),
      cgroups: [cgroupOf({ pids: 48, pidsLimit: 50 })],
      'process-stat': table([processOf({ threads: 40 })]),
      'process-cgroup': new Map([[812, { path: '/shop', unit: undefined, container: undefined }]]),
    },
    then: { state: 'critical', title: /\/shop has 48 of at most 50 .*; orders-api \(812\) has 40$/ },
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

const zombies = (count: number) => ({
  'process-stat': table([
    processOf(),
    ...Array.from({ length: count }, (_, at) => processOf({ pid: 1_000 + at, ppid: 812, name: 'worker', state: 'Z' })),
  ]),
})
describeCheck(zombiePileUp, [
  {
    when: '1,010 zombies',
    seen: zombies(1_010),
    then: { state: 'critical', title: /orders-api \(812\) has 1010 zombies/, subject: { pid: 812 } },
  },
  { when: '990 zombies', seen: zombies(990), then: { state: 'warning', title: /990/ } },
  { when: '20 zombies', seen: zombies(20), then: { state: 'warning', title: /20 zombies/ } },
  { when: '19 zombies', seen: zombies(19), then: { state: 'ok', why: /19 zombies/ } },
])

// A supervisor and what was seen of its children: at the beginning (gone since), and at the end.
const worker = (pid: number, more: Partial<ProcessStat> = {}) =>
  processOf({ pid, ppid: 812, name: 'worker', ownFaults: 100, ageSeconds: 0.1, ...more })
const churn = (
  more: Partial<ProcessStat>,
  children: Partial<Pick<ProcessStats, 'appeared' | 'vanished'>> = { appeared: [worker(913)], vanished: [worker(911)] },
) => ({
  'process-stat': table(
    [processOf({ name: 'supervisor', childFaultsPerSecond: 500, childFaults: 5_000_000, ...more })],
    children,
  ),
})
const once = (more: Partial<ProcessStat>) => ({ appeared: [], vanished: [worker(911, more)] })
const python = { name: 'python3', ownFaults: 776 }
describeCheck(crashLoop, [
  {
    when: 'a child that is there again',
    seen: churn({ childFaultsPerSecond: 61 }),
    then: {
      state: 'warning',
      title: /supervisor \(812\) starts children that end at once \(worker\)/,
      subject: { pid: 812 },
    },
  },
  { when: 'hardly any child', seen: churn({ childFaultsPerSecond: 59 }), then: { state: 'ok', why: /59 page faults/ } },
  {
    when: 'a parent that is 49 % busy',
    seen: churn({ cpuPercent: 49 }),
    then: { state: 'warning', title: /supervisor/ },
  },
  { when: 'a parent that is 51 % busy', seen: churn({ cpuPercent: 51 }), then: { state: 'ok', why: /no parent/ } },
  {
    when: 'children that use 29 % of a CPU',
    seen: churn({ childCpuPercent: 29 }),
    then: { state: 'warning', title: /supervisor/ },
  },
  { when: 'children that work', seen: churn({ childCpuPercent: 31 }), then: { state: 'ok', why: /500 page faults/ } },
  { when: 'a parent of 2.1 s', seen: churn({ ageSeconds: 2.1 }), then: { state: 'warning', title: /supervisor/ } },
  { when: 'a parent of 1.9 s', seen: churn({ ageSeconds: 1.9 }), then: { state: 'ok', why: /no parent/ } },
  {
    when: 'a script that polls: what it starts and waits for is never seen, or is its sleep',
    seen: churn(
      { name: 'heartbeat.sh' },
      { appeared: [worker(913, { name: 'sleep' })], vanished: [worker(911, { name: 'sleep' })] },
    ),
    then: { state: 'ok', why: /500 page faults a second, and none was seen that should have stayed/ },
  },
  {
    when: 'an agent that runs tools of the system',
    seen: {
      ...churn(
        { name: 'python3' },
        { appeared: [worker(913, { name: 'df' })], vanished: [worker(911, { name: 'df' })] },
      ),
      'process-command': new Map([[911, 'df -k']]),
      'process-executable': new Map([[911, { path: '/usr/bin/df', deleted: false, deletedFolder: undefined }]]),
    },
    then: { state: 'ok', why: /500 page faults/ },
  },
  {
    when: 'a pool that forks its jobs',
    seen: churn({ name: 'worker' }),
    then: { state: 'ok', why: /500 page faults/ },
  },
  {
    when: 'a pool whose jobs are zombies that ended well',
    seen: churn(
      {},
      {
        appeared: [worker(913, { state: 'Z', waitStatus: 0 })],
        vanished: [worker(911, { state: 'Z', waitStatus: 0 })],
      },
    ),
    then: { state: 'ok', why: /500 page faults/ },
  },
  ...[
    { waitStatus: 0x0300, words: /ended with status 3/ },
    { waitStatus: 11, words: /ended by signal 11/ },
  ].map(({ waitStatus, words }) => ({
    when: `a zombie of its own name that ended with ${waitStatus}`,
    seen: churn({ name: 'worker' }, once({ state: 'Z', waitStatus })),
    then: { state: 'warning' as const, title: /worker \(812\) starts children that end at once/, because: words },
  })),
  ...[
    { childFaults: 3_600 * 105, burns: true },
    { childFaults: 3_600 * 95, burns: false },
  ].map(({ childFaults, burns }) => ({
    when: `a parent that was charged ${childFaults} faults over its life`,
    seen: churn({ childFaults }, once(python)),
    then: burns ? { state: 'warning' as const, title: /supervisor/ } : { state: 'ok' as const, why: /500 page faults/ },
  })),
  ...[59, 61].map((ago) => ({
    when: `a child of whose crash the kernel told ${ago} s ago`,
    seen: { ...churn({}, once({})), 'kernel-log': logOf([ago, 'worker[4711]: segfault at 8 ip 0 sp 0 error 6']) },
    then:
      ago < 60
        ? { state: 'warning' as const, title: /supervisor/, because: /kernel log/ }
        : { state: 'ok' as const, why: /500 page faults/ },
  })),
  ...[
    { rate: 395, burns: true },
    { rate: 380, burns: false },
  ].map(({ rate, burns }) => ({
    when: `a parent that is charged ${rate} faults a second, and a script that alone has cost 776`,
    seen: {
      ...churn({ name: 'supervise.sh', childFaultsPerSecond: rate }, once(python)),
      'process-command': new Map([
        [812, '/bin/sh /opt/supervise.sh'],
        [911, 'python3 /opt/pay/payment.py'],
      ]),
    },
    then: burns
      ? { state: 'warning' as const, title: /starts children that end at once \(payment\.py\)/ }
      : { state: 'ok' as const, why: /page faults/ },
  })),
  {
    when: 'a script that came last, and the one before it that came and went',
    seen: {
      ...churn({ childFaultsPerSecond: 900 }, { appeared: [worker(913, python)] }),
      'process-command': new Map([[912, 'python3 /opt/pay/payment.py']]),
    },
    then: { state: 'warning', title: /\(payment\.py\)/ },
  },
  ...[
    { command: 'python3 -c import json', executable: '/usr/bin/python3', name: 'python3', burns: false },
    { command: 'python3 /usr/bin/some-tool', executable: '/usr/bin/python3', name: 'python3', burns: false },
    { command: 'sh /opt/check-queue.sh', executable: '/usr/bin/dash', name: 'sh', burns: false },
    { command: 'worker', executable: '/usr/bin/worker', name: 'worker', burns: false },
    { command: 'worker', executable: '/opt/shop/worker', name: 'worker', burns: true },
    { command: '/srv/worker --all', executable: undefined, name: 'worker', burns: true },
  ].map(({ command, executable, name, burns }) => ({
    when: `one child, seen once: ${command} (${executable ?? 'of another user'})`,
    seen: {
      ...churn({}, once({ name })),
      'process-command': new Map([[911, command]]),
      ...(executable === undefined
        ? {}
        : { 'process-executable': new Map([[911, { path: executable, deleted: false, deletedFolder: undefined }]]) }),
    },
    then: burns ? { state: 'warning' as const, title: /supervisor/ } : { state: 'ok' as const, why: /page faults/ },
  })),
  ...['sh -c while-true', 'sh'].map((command) => ({
    when: `a shell that was given no file (${command})`,
    seen: { ...churn({ name: 'sh' }), 'process-command': new Map([[812, command]]) },
    then: { state: 'ok' as const, why: /page faults/ },
  })),
  {
    when: 'a shell that was given one',
    seen: { ...churn({ name: 'sh' }), 'process-command': new Map([[812, 'sh /opt/run-orders.sh']]) },
    then: { state: 'warning', title: /starts children that end at once/ },
  },
  {
    when: 'PID 1, which waits for the children of others too',
    seen: churn({ pid: 1 }, { appeared: [worker(913, { ppid: 1, ...python })] }),
    then: { state: 'ok', why: /page faults/ },
  },
  {
    when: 'a unit that PID 1 starts again, seen at both ends of the window',
    seen: {
      'process-stat': table([processOf({ pid: 1, name: 'systemd', ageSeconds: 30, childFaultsPerSecond: 500 })], {
        appeared: [processOf({ pid: 913, ppid: 1, name: 'orders-api' })],
        vanished: [processOf({ pid: 911, ppid: 1, name: 'orders-api' })],
      }),
      'process-cgroup': new Map([
        [911, { path: '/system.slice/orders.service', unit: 'orders.service', container: undefined }],
      ]),
    },
    then: {
      state: 'warning',
      title: /orders\.service is started by systemd \(1\) again and again/,
      subject: { kind: 'unit', name: 'orders.service' },
    },
  },
  { when: 'somebody at a terminal', seen: churn({ terminal: true }), then: { state: 'ok', why: /no parent/ } },
  {
    when: 'no second sample',
    seen: { 'process-stat': table([], { windowSeconds: undefined }) },
    then: { state: 'unknown', why: /second sample/ },
  },
])

const forks = (forksPerSecond: number | undefined, childFaultsPerSecond = 50_000, young = 0) => ({
  cpu: cpuOf(busy(50), { forksPerSecond }),
  'process-stat': table([processOf({ childFaultsPerSecond })], {
    appeared: Array.from({ length: young }, (_, at) => processOf({ pid: 900 + at, ppid: 812 })),
  }),
})
describeCheck(forkStorm, [
  {
    when: '2,100 forks a second',
    seen: forks(2_100),
    then: {
      state: 'critical',
      title: /2100 processes are started a second, most of them by orders-api/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a parent whose children cost 21 faults for each of half the forks',
    seen: forks(1_000, 10_500),
    then: { state: 'warning', title: /most of them by orders-api/, subject: { pid: 812 } },
  },
  {
    when: 'a parent whose children cost too little to be that many (the forks of other containers)',
    seen: forks(1_000, 9_500),
    then: { state: 'warning', title: /1000 processes are started a second$/, subject: { kind: 'box' } },
  },
  {
    when: 'five young children, seen',
    seen: forks(1_000, 0, 5),
    then: { state: 'warning', title: /most of them by orders-api/, subject: { pid: 812 } },
  },
  {
    when: 'four of them',
    seen: forks(1_000, 0, 4),
    then: { state: 'warning', title: /second$/, subject: { kind: 'box' } },
  },
  { when: '1,900', seen: forks(1_900), then: { state: 'warning', title: /1900/ } },
  { when: '410', seen: forks(410), then: { state: 'warning', title: /410/ } },
  { when: '390', seen: forks(390), then: { state: 'ok', why: /390/ } },
  { when: 'no second sample', seen: forks(undefined), then: { state: 'unknown', why: /second sample/ } },
])

const executable = (path: string, deleted: boolean, more = {}) => ({
  'process-executable': new Map([[812, { path, deleted, deletedFolder: undefined }]]),
  'process-stat': table([processOf(more)]),
})
describeCheck(staleBinary, [
  {
    when: 'a replaced executable',
    seen: executable('/usr/bin/orders-api', true),
    then: {
      state: 'warning',
      title: /orders-api \(812\) runs \/usr\/bin\/orders-api, which was replaced or deleted/,
      because: /If a new version was installed, it has no effect/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'one that was never installed',
    seen: executable('/tmp/.x/xm', true),
    then: { state: 'warning', title: /runs \/tmp\/\.x\/xm/, because: /temporary files/ },
  },
  {
    when: 'one that runs for 5.2 s',
    seen: executable('/usr/bin/orders-api', true, { ageSeconds: 5.2 }),
    then: { state: 'warning', title: /orders-api/ },
  },
  {
    when: 'an installer of 4.8 s',
    seen: executable('/tmp/installer', true, { ageSeconds: 4.8 }),
    then: { state: 'ok', why: /all 1 executables/ },
  },
  { when: 'a program in memory', seen: executable('/memfd:runc', true), then: { state: 'ok', why: /all 1/ } },
  {
    when: 'executables that could not be seen',
    seen: { 'process-executable': new Map(), 'process-stat': table(), 'open-files': filesOf({ unreadable: 9 }) },
    then: { state: 'unknown', why: /9 processes/ },
  },
])

const ownerOf = (uid: number) => ({ uid, swapBytes: 0, anonymousBytes: 0, tracer: undefined })
const stopped = (more: object) => ({ 'process-stat': table([processOf({ state: 'T', ...more })]) })
describeCheck(stoppedProcess, [
  {
    when: 'a stopped service',
    seen: stopped({}),
    then: { state: 'critical', title: /orders-api \(812\) is stopped/, subject: { pid: 812 } },
  },
  {
    when: 'one held by a tracer',
    seen: stopped({ state: 't' }),
    then: { state: 'critical', title: /held by a debugger or tracer/ },
  },
  {
    when: 'one whose tracer is known',
    seen: {
      'process-stat': table([processOf({ state: 't' }), processOf({ pid: 913, name: 'gdb' })]),
      'process-status': new Map([[812, { ...ownerOf(0), tracer: 913 }]]),
      'process-command': new Map([[913, 'gdb -p 812']]),
    },
    then: {
      state: 'critical',
      title: /orders-api \(812\) is held by gdb \(913\), which traces it/,
      because: /The tracer is gdb -p 812/,
      subject: { pid: 812 },
    },
  },
  { when: 'one of 1.05 s', seen: stopped({ ageSeconds: 1.05 }), then: { state: 'critical', title: /is stopped/ } },
  { when: 'one of 0.95 s', seen: stopped({ ageSeconds: 0.95 }), then: { state: 'ok', why: /0 stopped/ } },
  {
    when: 'an editor that somebody suspended at a terminal',
    seen: stopped({ terminal: true }),
    then: { state: 'ok', why: /0 stopped/ },
  },
])

// https://github.com/logrotate/logrotate/issues/232
const HUNG = 'INFO: task logrotate:17344 blocked for more than 120 seconds.'
const kernelSaid = (ago: number, text: string) => ({ 'kernel-log': logOf([ago, text]), clock: clockAt })
describeCheck(kernelTrouble, [
  {
    when: 'a hung task 59 minutes ago',
    seen: kernelSaid(3_540, HUNG),
    then: { state: 'critical', title: /A task hung in the kernel \(logrotate\), 59 min ago/ },
  },
  { when: 'a hung task 61 minutes ago', seen: kernelSaid(3_660, HUNG), then: { state: 'warning', title: /logrotate/ } },
  {
    when: 'a lock-up 23 hours ago',
    seen: kernelSaid(82_800, 'watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:2:10762]'),
    then: { state: 'warning', title: /A CPU was stuck in the kernel \(kworker\/1\)/ },
  },
  { when: 'a hung task 25 hours ago', seen: kernelSaid(90_000, HUNG), then: { state: 'ok', why: /no hung task/ } },
  {
    when: 'a line that only sounds like it',
    seen: kernelSaid(10, 'bug tracker service started'),
    then: { state: 'ok', why: /no hung task/ },
  },
])

const SEGFAULT =
  'segmentation-fa[10169]: segfault at 8 ip 000000000040165d sp 00007fff9b10a310 error 6 in segmentation-fault[165d,401000+79000] likely on CPU 0 (core 0, socket 0)'
const crashes = (count: number, ago = 60) => ({
  'kernel-log': logOf(...Array.from({ length: count }, () => [ago, SEGFAULT] as const)),
  clock: clockAt,
})
describeCheck(segmentationFaults, [
  {
    when: 'five crashes',
    seen: crashes(5),
    then: { state: 'critical', title: /segmentation-fa crashed 5 times/, subject: { pid: 10_169 } },
  },
  { when: 'four crashes', seen: crashes(4), then: { state: 'warning', title: /4 times/ } },
  { when: 'a crash 59 minutes ago', seen: crashes(1, 3_540), then: { state: 'warning', title: /1 time/ } },
  { when: 'a crash 61 minutes ago', seen: crashes(1, 3_660), then: { state: 'ok', why: /no program crashed/ } },
])

const queue = (waiters: number, more: Partial<ProcessStat> = {}, channel = 'rpc_wait_bit_killable') => {
  const pids = Array.from({ length: waiters }, (_, at) => 900 + at)
  return {
    'file-locks': {
      contended: [{ kind: 'FLOCK', holder: 812, waiters: pids, inode: 131, path: '/run/backup.lock' }],
    },
    'process-stat': table([
      processOf({ name: 'backup', ppid: 700 }),
      ...pids.map((pid) => processOf({ pid, name: 'report', ppid: 700, ...more })),
    ]),
    'process-wait': new Map([[812, channel]]),
  }
}
describeCheck(lockPileUp, [
  {
    when: '20 processes behind one lock',
    seen: queue(20),
    then: {
      state: 'critical',
      title: /20 processes wait for the lock on \/run\/backup\.lock, which backup \(812\) holds/,
      subject: { pid: 812, name: 'backup' },
    },
  },
  { when: '19 processes', seen: queue(19), then: { state: 'warning', title: /19 processes wait/ } },
  { when: '4 processes', seen: queue(4), then: { state: 'warning', title: /4 processes wait/ } },
  { when: '3 processes', seen: queue(3), then: { state: 'ok', why: /at most 3 processes wait/ } },
  {
    when: 'workers of a server that take turns at accept()',
    seen: queue(30, { name: 'backup' }, 'inet_csk_accept'),
    then: { state: 'ok', why: /at most 30 processes/ },
  },
  {
    when: 'copies of one job of which the first hangs',
    seen: queue(30, { name: 'backup' }),
    then: { state: 'critical', title: /30 processes wait/ },
  },
  {
    when: 'no lock that anybody waits for',
    seen: { 'file-locks': { contended: [] }, 'process-stat': table() },
    then: { state: 'ok', why: /nobody waits/ },
  },
])

const pile = (copies: number, { starter = 'cron', apart = 60, commands = 1 } = {}) => {
  const jobs = Array.from({ length: copies }, (_, at) =>
    processOf({ pid: 900 + at, ppid: 500, name: 'report', ageSeconds: 30 + at * apart }),
  )
  return {
    'process-stat': table([processOf({ pid: 500, name: starter }), ...jobs]),
    'process-command': new Map(jobs.map(({ pid }) => [pid, `/usr/bin/report --daily ${pid % commands}`])),
    'process-wait': new Map(jobs.map(({ pid }) => [pid, 'rpc_wait_bit_killable'])),
  }
}
// Copies of one script, started at one moment; the first ones wait in a child of theirs.
const scripts = (copies: number, locked: number, starter = 'cron') => {
  const jobs = Array.from({ length: copies }, (_, at) =>
    processOf({ pid: 900 + at, ppid: 500, name: 'sh', ageSeconds: 5 }),
  )
  const takers = jobs.slice(0, locked).map(({ pid }) => processOf({ pid: pid + 100, ppid: pid, name: 'flock' }))
  return {
    'process-stat': table([processOf({ pid: 500, name: starter }), ...jobs, ...takers]),
    'process-command': new Map([
      ...jobs.map(({ pid }): [number, string] => [pid, '/bin/sh /opt/jobs/sync.sh']),
      ...takers.map(({ pid }): [number, string] => [pid, 'flock 9']),
    ]),
    'process-wait': new Map(takers.map(({ pid }) => [pid, 'locks_lock_inode_wait'])),
  }
}
describeCheck(processPileUp, [
  {
    when: '50 copies',
    seen: pile(50),
    then: {
      state: 'critical',
      title: /50 copies of \/usr\/bin\/report --daily 0 run at once/,
      subject: { name: 'report' },
    },
  },
  { when: '49 copies', seen: pile(49), then: { state: 'warning', title: /49 copies/ } },
  { when: '10 copies', seen: pile(10), then: { state: 'warning', title: /10 copies/ } },
  { when: '9 copies', seen: pile(9), then: { state: 'ok', why: /at most 9 copies/ } },
  {
    when: 'copies started over 2.1 s',
    seen: pile(11, { apart: 0.21 }),
    then: { state: 'warning', title: /11 copies/ },
  },
  {
    when: 'copies started over 1.9 s',
    seen: pile(11, { apart: 0.19 }),
    then: { state: 'ok', why: /at most 11 copies/ },
  },
  {
    when: 'a pool of a manager',
    seen: pile(40, { starter: 'supervisord' }),
    then: { state: 'ok', why: /no scheduled command/ },
  },
  {
    when: 'a pool that forked itself',
    seen: pile(40, { starter: 'report' }),
    then: { state: 'ok', why: /no scheduled/ },
  },
  {
    when: 'different commands, which do not wait for a lock',
    seen: pile(40, { commands: 20 }),
    then: { state: 'ok', why: /at most 2 copies/ },
  },
  ...[
    { copies: 10, locked: 10, burns: true },
    { copies: 40, locked: 21, burns: true },
    { copies: 40, locked: 19, burns: false },
  ].map(({ copies, locked, burns }) => ({
    when: `${copies} copies of a script that were started together, ${locked} of which wait for a lock in flock(1)`,
    seen: scripts(copies, locked),
    then: burns
      ? {
          state: 'warning' as const,
          title: /copies of \/bin\/sh \/opt\/jobs\/sync\.sh run at once/,
          because: new RegExp(`${locked} of them wait for a lock`),
        }
      : { state: 'ok' as const, why: /at most 40 copies/ },
  })),
  {
    when: 'a pile of which one copy does not wait',
    seen: scripts(18, 17),
    then: {
      state: 'warning',
      title: /18 copies/,
      because: /17 of them wait for a lock on a file; 917 does not, and may hold it/,
    },
  },
  ...[
    { parent: 'sh -c /bin/sh /opt/jobs/sync.sh', burns: true },
    { parent: '/bin/sh /opt/jobs/sync.sh', burns: false },
  ].map(({ parent, burns }) => ({
    when: `copies below a shell of the same name (${parent})`,
    seen: {
      ...scripts(12, 11, 'sh'),
      'process-command': new Map([...scripts(12, 11)['process-command'], [500, parent]]),
    },
    then: burns
      ? { state: 'warning' as const, title: /12 copies/ }
      : { state: 'ok' as const, why: /no scheduled command/ },
  })),
  {
    when: 'shells that run no script',
    seen: { ...scripts(18, 17), 'process-command': new Map([[900, 'sh']]) },
    then: { state: 'ok', why: /no scheduled command/ },
  },
])

const opened = (more: { readonly inotify?: number; readonly threadsLimit?: number }) => ({
  byPid: new Map([
    [812, { open: 200, sockets: 0, softLimit: 1_024, mostly: undefined, inotify: 0, threadsLimit: undefined, ...more }],
  ]),
})
const watchers = (inotify: number, limit: number | undefined = 1_000) => ({
  'open-files': filesOf(opened({ inotify })),
  'kernel-limits': {
    openFiles: undefined,
    pidMax: undefined,
    threadsMax: undefined,
    connectionTracking: undefined,
    listenBacklogMax: undefined,
    inotifyInstancesMax: limit,
  },
  'process-status': new Map([[812, ownerOf(33)]]),
  'process-stat': table(),
})
describeCheck(inotifyInstances, [
  {
    when: '985 of 1,000',
    seen: watchers(985),
    then: {
      state: 'critical',
      title: /User 33 has 985 of 1000 inotify instances .* orders-api \(812\) holds 985/,
      subject: { pid: 812 },
    },
  },
  { when: '975', seen: watchers(975), then: { state: 'warning', title: /975/ } },
  { when: '805', seen: watchers(805), then: { state: 'warning', title: /805/ } },
  { when: '795', seen: watchers(795), then: { state: 'ok', why: /795 of 1000/ } },
  { when: 'an unknown limit', seen: watchers(5, 0), then: { state: 'unknown', why: /could not be read/ } },
])

const crowd = (threads: number, uid = 33, threadsLimit = 1_000) => ({
  'open-files': filesOf(opened({ threadsLimit })),
  'process-status': new Map([[812, ownerOf(uid)]]),
  'process-stat': table([processOf({ threads })]),
})
describeCheck(userProcessLimit, [
  {
    when: '955 of 1,000 threads',
    seen: crowd(955),
    then: {
      state: 'critical',
      title: /User 33 has 955 of at most 1000 threads \(96 %\); orders-api \(812\) has 955/,
      subject: { pid: 812 },
    },
  },
  { when: '945 threads', seen: crowd(945), then: { state: 'warning', title: /945/ } },
  { when: '805 threads', seen: crowd(805), then: { state: 'warning', title: /805/ } },
  { when: '795 threads', seen: crowd(795), then: { state: 'ok', why: /795 of at most 1000/ } },
  { when: 'root', seen: crowd(2_000, 0), then: { state: 'ok', why: /all processes belong to root/ } },
])

const threaded = (threads: number) => ({
  'process-stat': table([processOf({ threads })]),
})
describeCheck(threadLeak, [
  {
    when: '25,500 threads',
    seen: threaded(25_500),
    then: { state: 'critical', title: /orders-api \(812\) has 25500 threads/ },
  },
  { when: '24,500 threads', seen: threaded(24_500), then: { state: 'warning', title: /24500/ } },
  { when: '4,100 threads', seen: threaded(4_100), then: { state: 'warning', title: /4100/ } },
  { when: '3,900 threads', seen: threaded(3_900), then: { state: 'ok', why: /orders-api: 3900/ } },
  ...[
    { when: '391 threads and 60 more each second, after 6 s', more: {}, burns: true },
    { when: '21 more each second', more: { threadsPerSecond: 21 }, burns: true },
    { when: '19 more each second', more: { threadsPerSecond: 19 }, burns: false },
    { when: '310 threads', more: { threads: 310 }, burns: true },
    { when: '290 threads', more: { threads: 290 }, burns: false },
    { when: 'a fifth of that growth over its life', more: { ageSeconds: 31, cpuPercent: 2 }, burns: true },
    { when: 'a burst in an old service', more: { ageSeconds: 34, cpuPercent: 2 }, burns: false },
    { when: 'a start that is 45 % busy', more: { cpuPercent: 47 }, burns: true },
    { when: 'a start that is 55 % busy', more: { cpuPercent: 53 }, burns: false },
    { when: 'a busy one of 61 s', more: { threads: 2_000, ageSeconds: 62, cpuPercent: 90 }, burns: true },
    { when: 'a busy one of 58 s', more: { threads: 2_000, ageSeconds: 58, cpuPercent: 90 }, burns: false },
  ].map(({ when, more, burns }) => ({
    when: `one that gains threads: ${when}`,
    seen: { 'process-stat': table([processOf({ threads: 391, threadsPerSecond: 60, ageSeconds: 6, ...more })]) },
    then: burns
      ? { state: 'warning' as const, title: /orders-api \(812\) has \d+ threads, and \d+ more each second/ }
      : { state: 'ok' as const, why: /most threads has orders-api/ },
  })),
])

const inFolder = (folder: string | undefined, more: Partial<ProcessStat> = {}) => ({
  'process-executable': new Map([[812, { path: '/usr/bin/node', deleted: false, deletedFolder: folder }]]),
  'process-stat': table([processOf(more)]),
})
describeCheck(deletedFolder, [
  {
    when: 'a service in a release that is gone',
    seen: inFolder('/srv/release-41', { ageSeconds: 3.2 }),
    then: {
      state: 'warning',
      title: /orders-api \(812\) works in \/srv\/release-41, which was deleted/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a process of 2.8 s',
    seen: inFolder('/tmp/build', { ageSeconds: 2.8 }),
    then: { state: 'ok', why: /no process/ },
  },
  {
    when: "somebody's shell",
    seen: inFolder('/tmp/gone', { terminal: true }),
    then: { state: 'ok', why: /no process/ },
  },
  { when: 'a folder that is there', seen: inFolder(undefined), then: { state: 'ok', why: /no process/ } },
])
