import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { describeCheck } from '../../../test/checks/examples.ts'
import { processOf, table } from '../../../test/checks/quiet-box.ts'
import { lockPileUp } from './lock-pile-up.ts'

const queue = (waiters: number, more: Partial<ProcessStat> = {}, channel = 'rpc_wait_bit_killable') => {
  const pids = Array.from({ length: waiters }, (_, at) => 900 + at)
  return {
    'file-locks': {
      contended: [{ kind: 'FLOCK', holder: 812, waiters: pids, inode: 131, path: '/run/backup.lock' }],
    },
    'process-stat': table([
      processOf({ name: 'backup', ppid: 700 }),
      ...pids.map((pid) => processOf({ pid, name: 'report', ppid: 700, ...more })),
    ]),
    'process-wait': new Map([[812, channel]]),
  }
}
describeCheck(lockPileUp, [
  {
    when: '20 processes behind one lock',
    seen: queue(20),
    then: {
      state: 'critical',
      title: /20 processes wait for the lock on \/run\/backup\.lock, which backup \(812\) holds/,
      subject: { pid: 812, name: 'backup' },
    },
  },
  { when: '19 processes', seen: queue(19), then: { state: 'warning', title: /19 processes wait/ } },
  { when: '4 processes', seen: queue(4), then: { state: 'warning', title: /4 processes wait/ } },
  { when: '3 processes', seen: queue(3), then: { state: 'ok', why: /at most 3 processes wait/ } },
  {
    when: 'workers of a server that take turns at accept()',
    seen: queue(30, { name: 'backup' }, 'inet_csk_accept'),
    then: { state: 'ok', why: /at most 30 processes/ },
  },
  {
    when: 'copies of one job of which the first hangs',
    seen: queue(30, { name: 'backup' }),
    then: { state: 'critical', title: /30 processes wait/ },
  },
  {
    when: 'no lock that anybody waits for',
    seen: { 'file-locks': { contended: [] }, 'process-stat': table() },
    then: { state: 'ok', why: /nobody waits/ },
  },
  {
    when: 'one that waits for a lock which the table does not show',
    seen: {
      'file-locks': { contended: [] },
      'process-stat': table([processOf()]),
      'process-wait': new Map([[812, 'flock_lock_inode_wait']]),
    },
    then: {
      state: 'unknown',
      why: /1 process waits for a lock \(flock_lock_inode_wait\), and \/proc\/locks does not show whose/,
    },
  },
  {
    when: 'one that waits for something else',
    seen: {
      'file-locks': { contended: [] },
      'process-stat': table([processOf()]),
      'process-wait': new Map([[812, 'ep_poll']]),
    },
    then: { state: 'ok', why: /nobody waits/ },
  },
])
