import { expect, it } from 'vitest'
import type { Filesystem, Filesystems } from '../../evidence/probes/filesystems.ts'
import { filesOf, filesystemOf, filesystemsOf, table } from '../../../test/checks/quiet-box.ts'
import { describeCheck, type Readings } from '../../../test/checks/examples.ts'
import { limitsOf } from '../check.ts'
import { diskFull } from './disk-full.ts'

const GIB = 1024 ** 3
const usual = filesystemOf({ remountsOnError: true })
const at = (usedPercent: number, more: Partial<Filesystem> = {}): { filesystems: Filesystems } => ({
  filesystems: filesystemsOf({ ...usual, usedPercent, availableBytes: (100 - usedPercent) * GIB, ...more }),
})

const commandsAt = (seen: Readings): readonly string[] => {
  const verdict = diskFull.run(seen, limitsOf(diskFull), { box: 'local' })
  return verdict.kind === 'burning' ? verdict.findings.flatMap(({ next }) => next.map(({ command }) => command)) : []
}
it('looks for deleted files only where the look has not ruled them out', () => {
  const deleted = { pid: 812, descriptor: 4, path: '/data/app.log', bytes: GIB }
  expect(commandsAt(at(98))).toContain('lsof +L1 /data')
  expect(commandsAt({ ...at(98), 'open-files': filesOf({ unreadable: 3 }) })).toContain('lsof +L1 /data')
  expect(commandsAt({ ...at(98), 'open-files': filesOf({ deleted: [deleted] }) })).toContain('lsof +L1 /data')
  const ruledOut = commandsAt({ ...at(98), 'open-files': filesOf() })
  expect(ruledOut.filter((command) => command.startsWith('lsof'))).toEqual([])
  expect(ruledOut.some((command) => command.startsWith('find /data -xdev -type f -size +100M'))).toBe(true)
  const small = commandsAt({ ...at(98, { totalBytes: 640 * 1024 ** 2 }), 'open-files': filesOf() })
  expect(small.some((command) => command.startsWith('find /data -xdev -type f -size +6M'))).toBe(true)
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
      filesystems: {
        filesystems: [],
        missing: [],
        notAsked: [],
        unanswered: ['/data ext4', '/mnt xfs', '/a ext4', '/b ext4'],
      },
    },
    then: { state: 'unknown', why: /no answer from \/data ext4, \/mnt xfs, \/a ext4 and 1 more/ },
  },
  {
    when: 'a network file system beside it',
    seen: { filesystems: { filesystems: [], missing: [], notAsked: ['/home nfs4'], unanswered: [] } },
    then: { state: 'ok', why: /not asked: \/home nfs4/ },
  },
  {
    when: 'a box without local file systems',
    seen: { filesystems: { filesystems: [], missing: [], notAsked: [], unanswered: [] } },
    then: { state: 'ok', why: /no local/ },
  },
])
