import { count, duration } from '../../base/format.ts'
import { check, grade, unknown, verdict, type FindingDraft } from '../check.ts'
import { next, nextInspect } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const lockPileUp = check({
  id: 'lock-pile-up',
  title: 'Processes queue for a lock on one file',
  resource: 'process',
  about:
    'flock(2) and fcntl(2) locks wait for ever. When the one that holds the lock hangs, or works longer than the others come, they queue behind it: cron jobs, package managers, workers that share a file. The one to look at is the holder, not those that wait. ' +
    'Servers whose workers take turns at accept() by a lock look alike and are healthy: there holder and waiters are children of one parent, and the holder waits for a connection.',
  needs: ['file-locks', 'process-stat'],
  wants: ['process-wait', 'process-command', 'process-cgroup'],
  limits: {
    warningCount: {
      value: 4,
      unit: 'processes that wait for one lock',
      why: 'two or three meet at a lock by chance; more have come one after the other',
    },
    criticalCount: { value: 20, unit: 'processes that wait for one lock', why: 'nothing that needs it gets on' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, criticalCount }, { box }) => {
    const stats = seen['process-stat'].byPid
    const { contended } = seen['file-locks']
    const findings = contended.slice(0, 3).flatMap(({ kind, holder, waiters, inode, path }): FindingDraft[] => {
      const graded = grade(waiters.length, warningCount, criticalCount, 10 * criticalCount)
      if (!graded) return []
      const holding = holder === undefined ? undefined : stats.get(holder)
      const siblings = waiters.every((pid) => {
        const waiter = stats.get(pid)
        return waiter && holding && waiter.name === holding.name && waiter.ppid === holding.ppid && holding.ppid > 1
      })
      const channel = holder === undefined ? undefined : seen['process-wait']?.get(holder)
      if (siblings && channel !== undefined && AWAITS_CONNECTIONS.test(channel)) return []
      const subject =
        holder === undefined ? { kind: 'file' as const, name: path ?? `inode ${inode}` } : processSubject(holder, seen)
      const names = [...Map.groupBy(waiters, (pid) => stats.get(pid)?.name ?? 'process')]
        .toSorted(([, a], [, b]) => b.length - a.length)
        .slice(0, 3)
        .map(([name, all]) => `${all.length} ${name}`)
        .join(', ')
      return [
        {
          ...graded,
          title: `${count(waiters.length, 'process', 'processes')} wait for the lock on ${path ?? `inode ${inode}`}${holder === undefined ? '' : `, which ${processWords(subject)} holds`}`,
          why: `${names} cannot get on until it is released (${kind}).${holding ? ` The holder was started ${duration(holding.ageSeconds)} ago, uses ${(holding.cpuPercent ?? 0).toFixed(0)} % of a CPU${channel ? ` and waits in ${channel}` : ''}.` : ''}`,
          subject,
          measured: [{ what: 'processes that wait', value: waiters.length, unit: 'count', source: '/proc/locks' }],
          next: [
            ...(holder === undefined
              ? []
              : [
                  ...nextInspect(box, holder, 'see what the holder does now'),
                  next(box, `ls -l /proc/${holder}/fd; cat /proc/${holder}/wchan`, 'the same by hand'),
                ]),
            next(box, 'lslocks -o PID,COMMAND,TYPE,PATH,BLOCKER', 'see all locks and who blocks whom'),
          ],
        },
      ]
    })
    const most = contended[0]
    // What took the lock may have ended and left it to a descriptor that others share (`flock 9`): /proc/locks of another PID namespace hides it.
    const waits = seen['process-stat'].processes.filter(({ pid }) =>
      AWAITS_LOCK.test(seen['process-wait']?.get(pid) ?? ''),
    )
    if (!most && waits.length > 0)
      return unknown(
        `${count(waits.length, 'process waits', 'processes wait')} for a lock (${seen['process-wait']?.get(waits[0]?.pid ?? 0)}), and /proc/locks does not show whose`,
      )
    return verdict(
      findings,
      most
        ? `at most ${count(most.waiters.length, 'process', 'processes')} wait for one lock`
        : 'nobody waits for a lock on a file',
    )
  },
})

/** flock(2), fcntl(2) and what both wait in: fs/locks.c. */
const AWAITS_LOCK = /^(?:flock_lock|locks_lock|posix_lock|fcntl_setlk|do_lock_file_wait)/

/** accept(2), poll(2), select(2), epoll_wait(2) in the kernel. */
const AWAITS_CONNECTIONS = /accept|poll|select/
