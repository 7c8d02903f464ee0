import { expect, it } from 'vitest'
import { describeCheck } from '../../../test/checks/examples.ts'
import { filesOf, filesystemsOf, GIB, MIB, table } from '../../../test/checks/quiet-box.ts'
import { limitsOf } from '../check.ts'
import { deletedOpenFile } from './deleted-open-file.ts'

const gone = (bytes: number, more = {}) => ({
  'open-files': filesOf({ deleted: [{ pid: 812, descriptor: 4, path: '/data/app.log', bytes }] }),
  filesystems: filesystemsOf({ totalBytes: 100 * GIB, ...more }),
  'process-stat': table(),
})
describeCheck(deletedOpenFile, [
  {
    when: 'a file that holds 10.5 % of its file system',
    seen: gone(10.5 * GIB, { usedPercent: 50 }),
    then: {
      state: 'warning',
      title: /orders-api \(812\) holds 10\.5 GiB of \/data\/app\.log, which was deleted/,
      subject: { pid: 812 },
    },
  },
  {
    when: 'a small file system, 10.5 % of it',
    seen: gone(105 * MIB, { totalBytes: 1_000 * MIB }),
    then: { state: 'warning', title: /deleted/ },
  },
  {
    when: 'a small file system, 9.5 % of it',
    seen: gone(95 * MIB, { totalBytes: 1_000 * MIB }),
    then: { state: 'ok', why: /largest deleted file .* 95\.0 MiB/ },
  },
  { when: '5.1 GiB on a large file system', seen: gone(5.1 * GIB), then: { state: 'warning', title: /5\.1 GiB/ } },
  { when: '4.9 GiB on a large file system', seen: gone(4.9 * GIB), then: { state: 'ok', why: /4\.9 GiB/ } },
  {
    when: 'a file system that is 91 % full',
    seen: gone(20 * GIB, { usedPercent: 91 }),
    then: { state: 'critical', title: /deleted/ },
  },
  {
    when: 'a file system that is 89 % full',
    seen: gone(20 * GIB, { usedPercent: 89 }),
    then: { state: 'warning', title: /deleted/ },
  },
  {
    when: 'a tiny file system, 1.05 MiB',
    seen: gone(1.05 * MIB, { totalBytes: 4 * MIB }),
    then: { state: 'warning', title: /deleted/ },
  },
  {
    when: 'a tiny file system, 0.95 MiB',
    seen: gone(0.95 * MIB, { totalBytes: 4 * MIB }),
    then: { state: 'ok', why: /largest/ },
  },
  {
    when: 'descriptors that could not be listed',
    seen: { 'open-files': filesOf({ unreadable: 3 }), filesystems: filesystemsOf() },
    then: { state: 'unknown', why: /3 processes/ },
  },
])

it('suggests to empty a file only where its process can do nothing but write to it', () => {
  const suggested = (onlyWritten?: true): string => {
    const file = {
      pid: 812,
      descriptor: 4,
      path: '/data/app.log',
      bytes: 20 * GIB,
      ...(onlyWritten ? { onlyWritten } : {}),
    }
    const seen = { ...gone(20 * GIB), 'open-files': filesOf({ deleted: [file] }) }
    return JSON.stringify(deletedOpenFile.run(seen, limitsOf(deletedOpenFile), { box: 'web-1' }))
  }
  expect(suggested(true)).toContain('halligan relieve web-1 free-deleted 812:4')
  expect(suggested()).toContain('tail -c 2000')
  expect(suggested()).not.toContain('free-deleted')
})
