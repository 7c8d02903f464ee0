import { describeCheck } from '../../../test/checks/examples.ts'
import { filesystemsOf, processOf, table } from '../../../test/checks/quiet-box.ts'
import { dStatePileUp } from './index.ts'

const stuck = (count: number, more = {}) => ({
  'process-stat': table(
    Array.from({ length: count }, (_, index) => processOf({ pid: 812 + index, state: 'D', ...more })),
  ),
})

/** Processes that wait in these functions of the kernel and use no CPU; network and user-space file systems; what the first is called with. */
const waiting = (channels: readonly string[], notAsked: readonly string[] = [], command = 'ls -l', more = {}) => ({
  ...stuck(channels.length, { cpuPercent: 0, ...more }),
  'process-wait': new Map(channels.map((channel, index) => [812 + index, channel])),
  'process-command': new Map([[812, command]]),
  filesystems: {
    ...filesystemsOf({ mount: '/', type: 'overlay', device: 'overlay' }, { mount: '/data' }),
    notAsked,
  },
})
const HUNG = ['d_alloc_parallel', 'd_alloc_parallel']

describeCheck(dStatePileUp, [
  {
    when: '26 processes',
    seen: stuck(26),
    then: { state: 'critical', title: /26 processes are stuck in uninterruptible sleep: 26 orders-api/ },
  },
  { when: '24 processes', seen: stuck(24), then: { state: 'warning', title: /24/ } },
  { when: '5 processes', seen: stuck(5), then: { state: 'warning', title: /5 processes/ } },
  { when: '4 processes', seen: stuck(4), then: { state: 'ok', why: /4 processes/ } },
  {
    when: '30 that were not in D a second ago',
    seen: stuck(30, { stateBefore: 'S' }),
    then: { state: 'ok', why: /0 processes/ },
  },
  {
    when: 'two that write to a frozen file system',
    seen: waiting(['percpu_rwsem_wait', 'percpu_rwsem_wait']),
    then: {
      state: 'warning',
      title: /^2 processes are stuck in uninterruptible sleep: 2 orders-api$/,
      because:
        /^2 of them wait in percpu_rwsem_wait \(a file system that is frozen.*\)\. It is \/data, if one is frozen\. /,
      subject: { pid: 812 },
    },
  },
  { when: 'one that does', seen: waiting(['percpu_rwsem_wait']), then: { state: 'ok', why: /one process|1 process/ } },
  {
    when: 'two that have used a CPU meanwhile',
    seen: waiting(['percpu_rwsem_wait', 'percpu_rwsem_wait'], [], '', { cpuPercent: 1 }),
    then: { state: 'ok', why: /2 processes/ },
  },
  {
    when: 'two on the only file system in user space',
    seen: waiting(HUNG, ['/mnt/remote fuse.sshfs', '/mnt/remote fuse.sshfs']),
    then: {
      state: 'warning',
      title: /: 2 orders-api, on \/mnt\/remote \(fuse\.sshfs\)$/,
      because: /wait in d_alloc_parallel \(another process .*\)\. \/mnt\/remote \(fuse\.sshfs\) does not answer\. /,
    },
  },
  {
    when: 'two on one of several, and a command line that speaks of it',
    seen: waiting(['request_wait_answer', 'request_wait_answer'], ['/a fuse.x', '/ab fuse.y', '/c nfs4'], 'ls /ab/c'),
    then: { state: 'warning', title: /, on \/ab \(fuse\.y\)$/ },
  },
  {
    when: 'two on one of several',
    seen: waiting(['request_wait_answer', 'request_wait_answer'], ['/a fuse.x', '/ab fuse.y', '/c nfs4']),
    then: { state: 'warning', title: /2 orders-api$/, because: /It may be \/a \(fuse\.x\), \/ab \(fuse\.y\)\./ },
  },
  { when: 'two that look a name up on a disk', seen: waiting(HUNG), then: { state: 'ok', why: /2 processes/ } },
  {
    when: 'two that may do so over NFS',
    seen: waiting(HUNG, ['/mnt/remote fuse.sshfs', '/srv nfs4']),
    then: { state: 'ok', why: /2 processes/ },
  },
  {
    when: 'a busy client of NFS',
    seen: waiting(['rpc_wait_bit_killable', 'rpc_wait_bit_killable', 'nfs_wait_on_request'], ['/srv nfs4']),
    then: { state: 'ok', why: /3 processes/ },
  },
  {
    when: 'five that wait for NFS',
    seen: waiting(
      Array.from({ length: 5 }, () => 'rpc_wait_bit_killable'),
      ['/srv nfs4', '/x fuse.y'],
    ),
    then: { state: 'warning', title: /, on \/srv \(nfs4\)$/, because: /an NFS server does not answer/ },
  },
  {
    when: 'two that wait for a disk and two for a child that never executes',
    seen: waiting(['folio_wait_bit', 'folio_wait_bit', 'kernel_clone', 'kernel_clone']),
    then: { state: 'warning', title: /^2 processes/, because: /a child made by vfork/, subject: { pid: 814 } },
  },
])
