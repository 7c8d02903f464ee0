import { describeCheck } from '../../../test/checks/examples.ts'
import { GIB, memoryOf, MIB, processOf, table } from '../../../test/checks/quiet-box.ts'
import { memoryLeak } from './memory-leak.ts'

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
