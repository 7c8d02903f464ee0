import { describeCheck } from '../../../test/checks/examples.ts'
import { cpuOf, filesystemsOf, GIB, pressureOf, table } from '../../../test/checks/quiet-box.ts'
import { iowait } from './iowait.ts'

const waits = (io: number | undefined, blocked = 1, share = 10) => ({
  cpu: cpuOf({ iowait: share, idle: 100 - share }, { blocked }),
  ...(io === undefined ? {} : { pressure: pressureOf({ io }) }),
  'process-io': new Map([[812, { readBytesPerSecond: 0, writeBytesPerSecond: 2 * GIB }]]),
  'process-stat': table(),
})
const searching = { filesystems: { ...filesystemsOf(), searchPercent: 30 } }
describeCheck(iowait, [
  {
    when: 'eight blocked tasks',
    seen: waits(80, 8),
    then: {
      state: 'critical',
      title: /Work waits for disks 80 % of the time; orders-api \(812\) writes 2\.0 GiB a second/,
      subject: { pid: 812 },
    },
  },
  { when: 'seven blocked tasks', seen: waits(80, 7), then: { state: 'warning', title: /80 %/ } },
  { when: 'waiting 41 % of the time', seen: waits(41), then: { state: 'warning', title: /41 %/ } },
  { when: 'waiting 39 % of the time', seen: waits(39), then: { state: 'ok', why: /39 %/ } },
  {
    when: 'no PSI and a machine that swaps to a slow disk, https://github.com/oxidecomputer/crucible/issues/1553',
    seen: { cpu: cpuOf({ user: 0.81, system: 4.67, iowait: 94.52 }, { blocked: 1 }), 'process-stat': table() },
    then: { state: 'warning', title: /Work waits for disks 95 % of the time/, subject: { kind: 'box' } },
  },
  {
    when: 'no PSI and a box that writes 1 GB a second at ease, https://pastebin.com/uKxJbW9W',
    seen: waits(undefined, 1, 5),
    then: { state: 'ok', why: /iowait 5\.0 %/ },
  },
  { when: 'no PSI and 21 % iowait', seen: waits(undefined, 1, 21), then: { state: 'warning', title: /21 %/ } },
  { when: 'no PSI and 19 % iowait', seen: waits(undefined, 1, 19), then: { state: 'ok', why: /19 %/ } },
  // Of 100 % of the window 30 went to the search: 57 % are 27 of the other 70.
  {
    when: 'waiting 57 % of the time while the look itself searched for 30 %',
    seen: { ...waits(57), ...searching },
    then: { state: 'ok', why: /57 % of the time, the time in which the look itself searched/ },
  },
  { when: 'and 59 %', seen: { ...waits(59), ...searching }, then: { state: 'warning', title: /59 %/ } },
  { when: 'and all of the time', seen: { ...waits(100), ...searching }, then: { state: 'warning', title: /100 %/ } },
  {
    when: 'no PSI, and 25 % iowait of four CPUs while it searched',
    seen: { ...waits(undefined, 1, 25), ...searching },
    then: { state: 'ok', why: /25 %/ },
  },
  {
    when: 'no PSI, and 27 %',
    seen: { ...waits(undefined, 1, 27), ...searching },
    then: { state: 'warning', title: /27 %/ },
  },
  { when: 'no second sample', seen: { cpu: cpuOf(undefined) }, then: { state: 'unknown', why: /second sample/ } },
])
