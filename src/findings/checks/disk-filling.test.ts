import type { Filesystem } from '../../evidence/probes/filesystems.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { filesystemsOf, GIB, MIB, table } from '../../../test/checks/quiet-box.ts'
import { diskFilling } from './disk-filling.ts'

const growth = (more: Partial<Filesystem>, writeBytesPerSecond = 0) => ({
  filesystems: filesystemsOf({
    usedPercent: 80,
    availableBytes: 1_000 * MIB,
    usedBytesPerSecond: 10 * MIB,
    ...more,
  }),
  'process-io': new Map([[812, { readBytesPerSecond: 0, writeBytesPerSecond }]]),
  'process-stat': table(),
})
describeCheck(diskFilling, [
  {
    when: 'full in 290 s',
    seen: growth({ availableBytes: 2_900 * MIB }),
    then: { state: 'warning', title: /\/data grows by 10\.0 MiB a second and is full in 4 min 50 s$/ },
  },
  {
    when: 'full in 310 s',
    seen: growth({ availableBytes: 3_100 * MIB }),
    then: { state: 'ok', why: /10\.0 MiB a second on \/data/ },
  },
  {
    when: '61 % used and full in 200 s',
    seen: growth({ usedPercent: 61, availableBytes: 2_000 * MIB }),
    then: { state: 'warning', title: /grows/ },
  },
  {
    when: '59 % used and full in 200 s',
    seen: growth({ usedPercent: 59, availableBytes: 2_000 * MIB }),
    then: { state: 'ok', why: /fastest/ },
  },
  {
    when: 'a log of 4 MiB a second on a file system at 8 %, full in 118 s',
    seen: growth({ usedPercent: 8, usedBytesPerSecond: 4 * MIB, availableBytes: 472 * MIB }, 4 * MIB),
    then: {
      state: 'warning',
      title:
        /\/data grows by 4\.0 MiB a second and is full in 1 min 58 s; orders-api \(812\) writes 4\.0 MiB a second$/,
    },
  },
  {
    when: 'the same, full in 125 s',
    seen: growth({ usedPercent: 8, usedBytesPerSecond: 4 * MIB, availableBytes: 500 * MIB }),
    then: { state: 'ok', why: /4\.0 MiB a second on \/data/ },
  },
  {
    when: 'room for less than a second',
    seen: growth({ usedPercent: 99, availableBytes: 5 * MIB }),
    then: { state: 'warning', title: /is full within a second/ },
  },
  {
    when: 'a backup at 10 MiB a second, 500 MiB left',
    seen: growth({ usedPercent: 8, availableBytes: 500 * MIB }),
    then: { state: 'warning', title: /full in 50 s/ },
  },
  {
    when: 'a backup at 10 MiB a second, 530 MiB left',
    seen: growth({ usedPercent: 8, availableBytes: 530 * MIB }),
    then: { state: 'ok', why: /10\.0 MiB a second on \/data/ },
  },
  {
    when: 'a tiny file system at 8 % that takes 1.05 MiB in the window',
    seen: growth({ usedPercent: 8, usedBytesPerSecond: 1.05 * MIB, availableBytes: 15 * MIB }),
    then: { state: 'warning', title: /full in 14 s/ },
  },
  {
    when: 'a tiny file system at 8 % that takes one file of 0.95 MiB',
    seen: growth({ usedPercent: 8, usedBytesPerSecond: 0.95 * MIB, availableBytes: 15 * MIB }),
    then: { state: 'ok', why: /on \/data/ },
  },
  {
    when: 'somebody who writes 3.1 of 10 MiB',
    seen: growth({}, 3.1 * MIB),
    then: { state: 'warning', title: /orders-api \(812\) writes 3\.1 MiB a second/, subject: { pid: 812 } },
  },
  {
    when: 'somebody who writes 2.9 of 10 MiB',
    seen: growth({}, 2.9 * MIB),
    then: { state: 'warning', title: /1 min 40 s$/ },
  },
  {
    when: 'a writer whose writes are not counted, with the file open',
    seen: growth({ openFiles: [{ pid: 812, path: '/data/app.log', bytes: GIB }] }),
    then: { state: 'warning', title: /orders-api \(812\) has \/data\/app\.log open/ },
  },
  { when: 'one that is full', seen: growth({ availableBytes: 0 }), then: { state: 'ok', why: /fastest/ } },
  {
    when: 'no second sample',
    seen: growth({ usedBytesPerSecond: undefined }),
    then: { state: 'unknown', why: /second sample/ },
  },
])
