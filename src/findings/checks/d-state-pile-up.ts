import { count } from '../../base/format.ts'
import { check, grade, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject } from '../subject.ts'

export const dStatePileUp = check({
  id: 'd-state-pile-up',
  title: 'Tasks stuck in uninterruptible sleep',
  resource: 'disk',
  about:
    'A task in state D waits in the kernel for something that cannot be interrupted: a disk, a dead NFS server, a lock held by another one that waits. No signal reaches it (SIGKILL does where the wait is a killable one, as with NFS). Each counts 1 in the load average, so a load of hundreds with idle CPUs means this. ' +
    'The wait channel says where.',
  needs: ['process-stat'],
  wants: ['process-wait', 'process-command', 'process-cgroup'],
  limits: {
    warningCount: {
      value: 5,
      unit: 'processes in D in both samples',
      why: 'some writers waiting for a disk at two moments is common; five are a queue',
    },
    criticalCount: { value: 25, unit: 'processes in D in both samples', why: 'whatever they wait for has stopped' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, criticalCount }, { box }) => {
    const stuck = seen['process-stat'].processes.filter(
      ({ state, stateBefore, kernelThread }) => state === 'D' && stateBefore === 'D' && !kernelThread,
    )
    const graded = grade(stuck.length, warningCount, criticalCount, 10 * criticalCount)
    const first = stuck[0]
    if (!graded || !first)
      return verdict([], `${count(stuck.length, 'process', 'processes')} in uninterruptible sleep through the window`)
    const channels = Map.groupBy(stuck, ({ pid }) => seen['process-wait']?.get(pid) ?? 'unknown')
    const [channel = 'unknown', waiting = stuck] =
      [...channels].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? []
    const names = [...Map.groupBy(stuck, ({ name }) => name)].toSorted(([, a], [, b]) => b.length - a.length)
    const subject = processSubject(waiting[0]?.pid ?? first.pid, seen)
    return verdict(
      [
        {
          ...graded,
          title: `${stuck.length} processes are stuck in uninterruptible sleep: ${names
            .slice(0, 3)
            .map(([name, all]) => `${all.length} ${name}`)
            .join(', ')}`,
          why: `${waiting.length} of them wait in ${channel}${meaning(channel)}. They cannot be killed, and each counts in the load average.`,
          subject,
          measured: [
            {
              what: 'processes in state D in both samples',
              value: stuck.length,
              unit: 'count',
              source: '/proc/PID/stat',
            },
          ],
          next: [
            next(box, `cat /proc/${subject.pid}/stack`, 'see the kernel stack of one (root)'),
            next(box, "ps -eo pid,stat,wchan:32,args | awk '$2 ~ /^D/'", 'see all of them'),
          ],
        },
      ],
      '',
    )
  },
})

/** What waits in these functions of the kernel, for those that are met most. */
const CHANNELS: readonly (readonly [RegExp, string])[] = [
  [/^(?:rpc_|nfs|__rpc)/, ' (an NFS server does not answer)'],
  [/(?:io_schedule|bit_wait_io|folio_wait|wait_on_page|blk_|submit_bio)/, ' (a disk)'],
  [/(?:jbd2|ext4|xfs|btrfs)/, ' (the journal of a file system)'],
  [/(?:sb_start_write|percpu_rwsem)/, ' (a file system that is frozen, as by fsfreeze, or a lock inside the kernel)'],
  [/(?:rwsem|mutex)/, ' (a lock inside the kernel)'],
  [/(?:fuse|request_wait_answer)/, ' (a file system in user space)'],
  [/(?:vfork|kernel_clone)/, ' (a child made by vfork that neither ends nor executes)'],
]

function meaning(channel: string): string {
  return CHANNELS.find(([pattern]) => pattern.test(channel))?.[1] ?? ''
}
