import { describeCheck } from '../../../test/checks/examples.ts'
import { filesystemsOf } from '../../../test/checks/quiet-box.ts'
import { inodesExhausted } from './inodes-exhausted.ts'

const inodes = (inodesUsedPercent: number, more = {}) => ({
  filesystems: filesystemsOf({ inodesUsedPercent, ...more }),
})
describeCheck(inodesExhausted, [
  {
    when: '98 %',
    seen: inodes(98),
    then: {
      state: 'critical',
      title: /\/data has used 98 % of its inodes/,
      subject: { kind: 'filesystem', name: '/data' },
    },
  },
  { when: '97 %', seen: inodes(97), then: { state: 'warning', title: /97 %/ } },
  { when: '90 %', seen: inodes(90), then: { state: 'warning', title: /90 %/ } },
  { when: '89 %', seen: inodes(89), then: { state: 'ok', why: /\/data, 89 %/ } },
  {
    when: 'a file system that counts none',
    seen: inodes(0, { inodes: 0 }),
    then: { state: 'ok', why: /no file system counts/ },
  },
])
