import { describeCheck } from '../../../test/checks/examples.ts'
import { processOf, table } from '../../../test/checks/quiet-box.ts'
import { threadLeak } from './thread-leak.ts'

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
