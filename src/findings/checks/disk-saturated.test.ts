import { describeCheck } from '../../../test/checks/examples.ts'
import { disksOf, filesystemsOf, GIB, MIB, table } from '../../../test/checks/quiet-box.ts'
import { diskSaturated } from './disk-saturated.ts'

const slow = (more: object) => ({
  disks: disksOf({ busyPercent: 100, queueLength: 20, awaitMs: 100, ...more }),
  'process-io': new Map([[812, { readBytesPerSecond: 0, writeBytesPerSecond: 50 * MIB }]]),
  'process-stat': table(),
})
const searching = { filesystems: { ...filesystemsOf(), searchPercent: 30 } }
describeCheck(diskSaturated, [
  {
    when: 'requests of 210 ms',
    seen: slow({ awaitMs: 210 }),
    then: {
      state: 'critical',
      title: /Disk sda is 100 % busy and each request takes 210 ms; orders-api \(812\) writes 50\.0 MiB a second/,
      subject: { pid: 812 },
    },
  },
  {
    when: '68,000 requests in 10 s on SSDs that are 93 % busy, 0.14 ms each, https://github.com/Atoptool/atop/issues/137',
    seen: slow({ busyPercent: 93, awaitMs: 0.14, queueLength: 6_800 * 0.000_14 }),
    then: { state: 'ok', why: /sda at 93 %, 0\.1 ms/ },
  },
  {
    when: 'more I/O by a process that is not in the table, one of the look itself',
    seen: {
      ...slow({}),
      'process-io': new Map([
        [109, { readBytesPerSecond: 0, writeBytesPerSecond: GIB }],
        [812, { readBytesPerSecond: 0, writeBytesPerSecond: 50 * MIB }],
      ]),
    },
    then: { state: 'warning', title: /orders-api \(812\) writes 50\.0 MiB a second/ },
  },
  { when: 'requests of 190 ms', seen: slow({ awaitMs: 190 }), then: { state: 'warning', title: /190 ms/ } },
  { when: 'requests of 21 ms', seen: slow({ awaitMs: 21 }), then: { state: 'warning', title: /21 ms/ } },
  { when: 'requests of 19 ms', seen: slow({ awaitMs: 19 }), then: { state: 'ok', why: /sda at 100 %, 19\.0 ms/ } },
  { when: 'a queue of 4.2', seen: slow({ queueLength: 4.2 }), then: { state: 'warning', title: /sda/ } },
  { when: 'a queue of 3.8', seen: slow({ queueLength: 3.8 }), then: { state: 'ok', why: /sda/ } },
  { when: 'busy 91 % of the window', seen: slow({ busyPercent: 91 }), then: { state: 'warning', title: /91 %/ } },
  { when: 'busy 89 %', seen: slow({ busyPercent: 89 }), then: { state: 'ok', why: /89 %/ } },
  {
    when: 'busy 92 % while the look itself searched for 30 %',
    seen: { ...slow({ busyPercent: 92 }), ...searching },
    then: { state: 'ok', why: /the time in which the look itself searched a full file system among it/ },
  },
  {
    when: 'busy 94 % while it searched',
    seen: { ...slow({ busyPercent: 94 }), ...searching },
    then: { state: 'warning', title: /94 %/ },
  },
  {
    when: 'no second sample',
    seen: { disks: { disks: [], windowSeconds: undefined } },
    then: { state: 'unknown', why: /second sample/ },
  },
])
