import { duration } from '../../base/format.ts'
import type { ProcessCommands } from '../../evidence/probes/process-command.ts'
import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { check, grade, verdict, type FindingDraft } from '../check.ts'
import { next, quoted } from '../next.ts'
import { isShell, programOf } from '../program.ts'
import { processSubject } from '../subject.ts'

export const processPileUp = check({
  id: 'process-pile-up',
  title: 'A job is started again before it ends, over and over',
  resource: 'process',
  about:
    'cron, a timer or a shell loop starts the same command at an interval, and the copies do not end: each waits for something (a lock, a mount, a backend) or they slow each other down. A job that is a shell script often waits in a child of its own (flock, curl). The pile grows until memory, PIDs or connections are gone. Pools of workers look alike, but are started together by a parent that manages them; ' +
    'here each copy was started at another time, by cron or a shell, or was left behind by its parent; or most of them wait for one lock, however they were started. Of a lock whose taker has ended, as flock(1) in a script does, a container does not see who holds it: look at the copy that does not wait.',
  needs: ['process-stat', 'process-command'],
  wants: ['process-wait', 'process-cgroup'],
  limits: {
    warningCount: {
      value: 10,
      unit: 'copies of one command',
      why: 'a job that takes longer than its interval overlaps once or twice, not ten times',
    },
    criticalCount: { value: 50, unit: 'copies of one command', why: 'whatever they need is not enough for fifty' },
    spreadSeconds: {
      value: 2,
      unit: 's',
      why: 'what was started together within two seconds is a pool, unless most of it waits for a lock',
    },
    lockedPercent: {
      value: 50,
      unit: '% of the copies',
      why: 'where most wait for a lock they do not work side by side, as a pool does',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, criticalCount, spreadSeconds, lockedPercent }, { box }) => {
    const stats = seen['process-stat']
    const copies = stats.processes.filter(
      (each) =>
        !each.kernelThread &&
        !each.terminal &&
        each.state !== 'Z' &&
        startedBySchedule(each, stats.byPid, seen['process-command']),
    )
    // The same command in another container or unit is another service.
    const groups = Map.groupBy(
      copies.filter(({ pid, name }) => {
        const command = seen['process-command'].get(pid)
        return command !== undefined && (!WAITING.has(name) || (isShell(name) && programOf(command) !== undefined))
      }),
      ({ pid }) => `${seen['process-command'].get(pid)}\n${seen['process-cgroup']?.get(pid)?.path ?? ''}`,
    )
    const waits = (pid: number): boolean => LOCK_CHANNELS.test(seen['process-wait']?.get(pid) ?? '')
    const behindChild = new Set(stats.processes.filter(({ pid }) => waits(pid)).map(({ ppid }) => ppid))
    const largest = [...groups.values()].toSorted((a, b) => b.length - a.length)
    const findings = largest.slice(0, 3).flatMap((alike): FindingDraft[] => {
      const graded = grade(alike.length, warningCount, criticalCount, 10 * criticalCount)
      const [oldest] = alike.toSorted((a, b) => b.ageSeconds - a.ageSeconds)
      const youngest = Math.min(...alike.map(({ ageSeconds }) => ageSeconds))
      const free = alike.filter(({ pid }) => !waits(pid) && !behindChild.has(pid))
      const locked = alike.length - free.length
      const isLocked = 100 * locked >= lockedPercent * alike.length
      if (!graded || !oldest || (oldest.ageSeconds - youngest < spreadSeconds && !isLocked)) return []
      const subject = processSubject(oldest.pid, seen)
      const starter = stats.byPid.get(oldest.ppid)
      const [channel, waiting] =
        [...Map.groupBy(alike, ({ pid }) => seen['process-wait']?.get(pid) ?? '')].toSorted(
          ([, a], [, b]) => b.length - a.length,
        )[0] ?? []
      return [
        {
          ...graded,
          title: `${alike.length} copies of ${(subject.commandLine ?? subject.name).slice(0, 80)} run at once and do not end`,
          why: `The oldest was started ${duration(oldest.ageSeconds)} ago, the youngest ${duration(youngest)} ago${starter && starter.pid > 1 ? `, by ${starter.name} (${starter.pid})` : ''}.${
            isLocked
              ? ` ${locked} of them wait for a lock on a file${free[0] && free.length <= FEW_FREE ? `; ${free.map(({ pid }) => pid).join(' and ')} ${free.length === 1 ? 'does' : 'do'} not, and may hold it` : ''}.`
              : channel
                ? ` ${waiting?.length ?? 0} of them wait in ${channel}.`
                : ''
          }`,
          subject,
          measured: [
            { what: 'copies of the command', value: alike.length, unit: 'count', source: 'ps -eo pid,etimes,args' },
          ],
          next: [
            next(
              box,
              `ps -eo pid,ppid,etimes,stat,wchan:24,args | grep ${quoted(programOf(subject.commandLine ?? '')?.name ?? subject.name)}`,
              'see them by age',
            ),
            next(
              box,
              `ls -l /proc/${isLocked && free[0] ? free[0].pid : oldest.pid}/fd`,
              `see what the ${isLocked && free[0] ? 'one that does not wait' : 'oldest'} works on: the others often wait for it`,
            ),
          ],
        },
      ]
    })
    const most = largest[0]
    return verdict(
      findings,
      most ? `at most ${most.length} copies of a scheduled command run at once` : 'no scheduled command runs',
    )
  },
})

/** Commands that do nothing but wait, in any number of scripts; shells, unless they run a script. */
const WAITING: ReadonlySet<string> = new Set(['sleep', 'tail', 'cat', 'sh', 'bash', 'dash', 'ash', 'ssh', 'flock'])
/** flock(2) and fcntl(2) in the kernel: locks_lock_inode_wait, before 4.6 flock_lock_file_wait, fcntl_setlk. */
const LOCK_CHANNELS = /^(?:locks_lock_inode_wait|flock_lock|fcntl_setlk|posix_lock)/
/** More that do not wait are not named: which of them holds the lock is not known. Count. */
const FEW_FREE = 2
const SCHEDULERS: ReadonlySet<string> = new Set([
  'cron',
  'crond',
  'CRON',
  'anacron',
  'atd',
  'sh',
  'dash',
  'bash',
  'ash',
  'busybox',
])
/** A PID 1 that starts no workers of its own: its children of other names were left behind by somebody (or are units, each in a group of its own). */
const INITS: ReadonlySet<string> = new Set([
  'systemd',
  'init',
  'tini',
  'dumb-init',
  'docker-init',
  'catatonit',
  'sshd',
  'dropbear',
])

function startedBySchedule(
  { pid, ppid, name }: ProcessStat,
  byPid: ReadonlyMap<number, ProcessStat>,
  commands: ProcessCommands,
): boolean {
  const parent = byPid.get(ppid)
  if (!parent || (parent.name === name && isForkOf(commands.get(pid), commands.get(ppid)))) return false
  return SCHEDULERS.has(parent.name) || (ppid === 1 && INITS.has(parent.name))
}

/** A pool that forks itself keeps its command line; a shell that starts a script with another shell does not. */
function isForkOf(child: string | undefined, parent: string | undefined): boolean {
  return child === undefined || parent === undefined || child === parent || programOf(child)?.interpreter === undefined
}
