import type { Filesystem } from '../../evidence/probes/filesystems.ts'
import { filesystemOf, table } from '../../../test/checks/builders.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { diskFull } from './disk-full.ts'

const GIB = 1024 ** 3
const usual = filesystemOf({ remountsOnError: true })
const at = (
  usedPercent: number,
  more: Partial<Filesystem> = {},
): {
  filesystems: { filesystems: readonly Filesystem[]; notAsked: readonly string[]; unanswered: readonly string[] }
} => ({
  filesystems: {
    filesystems: [{ ...usual, usedPercent, availableBytes: (100 - usedPercent) * GIB, ...more }],
    notAsked: [],
    unanswered: [],
  },
})

describeCheck(diskFull, [
  {
    when: 'a file system at 98 %',
    seen: at(98),
    then: { state: 'critical', title: /\/data is 98 % full/, subject: { kind: 'filesystem', name: '/data' } },
  },
  { when: 'a file system at 97 %', seen: at(97), then: { state: 'warning', title: /97 %/ } },
  {
    when: 'a file system at 90 % with 9.5 GiB left',
    seen: at(90, { availableBytes: 9.5 * GIB }),
    then: { state: 'warning', title: /90 %/ },
  },
  {
    when: 'a file system at 90 % with 10 GiB left',
    seen: at(90, { availableBytes: 10 * GIB }),
    then: { state: 'ok', why: /fullest file system is \/data at 90 %/ },
  },
  { when: 'a file system at 89 %', seen: at(89, { availableBytes: 5 * GIB }), then: { state: 'ok', why: /89 %/ } },
  {
    when: 'a file that somebody has open and that takes 11 % of it',
    seen: { ...at(98, { openFiles: [{ pid: 812, path: '/data/app.log', bytes: 11 * GIB }] }), 'process-stat': table() },
    then: {
      state: 'critical',
      title: /available; orders-api \(812\) has \/data\/app\.log open, 11\.0 GiB/,
      subject: { name: '/data', pid: 812 },
    },
  },
  {
    when: 'one that takes 9.5 %',
    seen: {
      ...at(98, { openFiles: [{ pid: 812, path: '/data/app.log', bytes: 9.5 * GIB }] }),
      'process-stat': table(),
    },
    then: { state: 'critical', title: /available$/ },
  },
  {
    when: 'a read-only image that is full by design',
    seen: at(100, { readOnly: true, availableBytes: 0 }),
    then: { state: 'ok', why: /100 %/ },
  },
  {
    when: 'one that gave no answer',
    seen: {
      filesystems: { filesystems: [], notAsked: [], unanswered: ['/data ext4', '/mnt xfs', '/a ext4', '/b ext4'] },
    },
    then: { state: 'unknown', why: /no answer from \/data ext4, \/mnt xfs, \/a ext4 and 1 more/ },
  },
  {
    when: 'a network file system beside it',
    seen: { filesystems: { filesystems: [], notAsked: ['/home nfs4'], unanswered: [] } },
    then: { state: 'ok', why: /not asked: \/home nfs4/ },
  },
  {
    when: 'a box without local file systems',
    seen: { filesystems: { filesystems: [], notAsked: [], unanswered: [] } },
    then: { state: 'ok', why: /no local/ },
  },
])
