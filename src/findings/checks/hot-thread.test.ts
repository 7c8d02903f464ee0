import { describeCheck } from '../../../test/checks/examples.ts'
import { busy, cpuOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { hotThread } from './hot-thread.ts'

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
