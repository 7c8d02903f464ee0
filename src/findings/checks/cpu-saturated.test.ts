import { describeCheck } from '../../../test/checks/examples.ts'
import { busy, cpuOf, filesystemsOf, pressureOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { cpuSaturated } from './cpu-saturated.ts'

const spinning = table([processOf({ cpuPercent: 380 })])
const sharing = table([processOf({ cpuPercent: 200 })])

/** Of 100 % of the window 30 went to a search, by two processes on four CPUs: 15 % of them. */
const searched = (used: number, waiting: number) => ({
  cpu: cpuOf(busy(used), { running: 6 }),
  'process-stat': sharing,
  pressure: pressureOf({ cpu: waiting }),
  filesystems: { ...filesystemsOf(), searchPercent: 30 },
})

describeCheck(cpuSaturated, [
  {
    when: 'CPUs busy 91 % while the look itself searched a full file system',
    seen: searched(91, 90),
    then: { state: 'ok', why: /91 % busy.*the time in which the look itself searched a full file system among it/ },
  },
  { when: '92 % while it searched', seen: searched(92, 90), then: { state: 'warning', title: /92 %/ } },
  {
    when: 'tasks that waited 36 % of the time while it searched',
    seen: searched(100, 36),
    then: { state: 'ok', why: /waited 36 %/ },
  },
  { when: '38 % while it searched', seen: searched(100, 38), then: { state: 'warning', title: /100 %/ } },
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
