import { duration } from '../../base/format.ts'
import type { ProcessCommands } from '../../evidence/probes/process-command.ts'
import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { check, grade, verdict, type FindingDraft, type SeenOf } from '../check.ts'
import { next, nextRelieve, quoted } from '../next.ts'
import { isShell, programOf } from '../program.ts'
import { processSubject, processWords } from '../subject.ts'

type Seen = SeenOf<'process-stat' | 'process-command', 'process-wait' | 'process-cgroup'>

export const processPileUp = check({
  id: 'process-pile-up',
  title: 'A job is started again before it ends, over and over',
  resource: 'process',
  about:
    'cron, a timer or a shell loop starts the same command at an interval, and the copies do not end: each waits for something (a lock, a mount, a backend) or they slow each other down. A job that is a shell script often waits in a child of its own (flock, curl). The pile grows until memory, PIDs or connections are gone. Pools of workers look alike, but are started together by a parent that manages them; ' +
    'here each copy was started at another time, by cron or a shell, or was left behind by its parent; or most of them wait for one lock, however they were started. Of a lock whose taker has ended, as flock(1) in a script does, a container does not see who holds it: look at the copy that does not wait. ' +
    'A program that starts children of its own at a regular pace, of which none does anything and none ends, is told of too: a pool is there within seconds, or grows with its load.',
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
    childCount: {
      value: 40,
      unit: 'children of one program, alike',
      why: 'so many that come at random (logins, clients of a server that forks for each) are hardly ever evenly apart',
    },
    childSpanSeconds: {
      value: 20,
      unit: 's from the first to the last',
      why: 'the workers of a large pool, which load for a tenth of a second each, are there by then',
    },
    childGap: {
      value: 1.8,
      unit: 'times the mean gap',
      why: 'twice it would be one that has ended, or the end of the filling; a timer, with the time that a start takes, is nearer',
    },
    childPercent: {
      value: 1,
      unit: '% of one CPU, each of them',
      why: 'what works for somebody uses more now and then',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, limits, { box }) => {
    const { warningCount, criticalCount, spreadSeconds, lockedPercent } = limits
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
            ...(isLocked && free[0] && free.length === 1
              ? nextRelieve(
                  box,
                  ['end', String(free[0].pid)],
                  'end the one that does not wait, once you know that it holds the lock and comes to no end',
                )
              : []),
          ],
        },
      ]
    })
    const most = largest[0]
    return verdict(
      [...findings, ...multiplying(seen, limits).map((children) => multiplied(children, seen, box))],
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

/** Children of one program, oldest first. */
interface Children {
  readonly parent: ProcessStat
  readonly all: readonly [ProcessStat, ...ProcessStat[]]
  readonly gapSeconds: number
  readonly youngestSeconds: number
}

/** Programs whose children, idle and of one name, become one more at a regular pace up to now; of most children first. */
function multiplying(
  { 'process-stat': stats, 'process-command': commands }: Seen,
  limits: Readonly<Record<'childCount' | 'childSpanSeconds' | 'childGap' | 'childPercent', number>>,
): readonly Children[] {
  const children = stats.processes.filter(
    (each) => !each.kernelThread && each.state !== 'Z' && !startedBySchedule(each, stats.byPid, commands),
  )
  return [...Map.groupBy(children, ({ ppid, name }) => `${ppid} ${name}`).values()]
    .flatMap((alike): readonly Children[] => {
      const [oldest, ...younger] = alike.toSorted((a, b) => b.ageSeconds - a.ageSeconds)
      const parent = oldest && stats.byPid.get(oldest.ppid)
      if (!oldest || !parent || parent.pid === 1 || alike.length < limits.childCount) return []
      if (alike.some(({ cpuPercent = 0 }) => cpuPercent >= limits.childPercent)) return []
      const ages = [oldest, ...younger].map(({ ageSeconds }) => ageSeconds)
      const youngestSeconds = ages.at(-1) ?? 0
      const span = oldest.ageSeconds - youngestSeconds
      const gapSeconds = span / younger.length
      // The next one is due: since the youngest no longer gap than the others.
      const gaps = [...ages.slice(1), 0].map((age, at) => (ages[at] ?? 0) - age)
      if (span < limits.childSpanSeconds || gaps.some((gap) => gap > limits.childGap * gapSeconds)) return []
      return [{ parent, all: [oldest, ...younger], gapSeconds, youngestSeconds }]
    })
    .toSorted((a, b) => b.all.length - a.all.length)
    .slice(0, 3)
}

function multiplied({ parent, all, gapSeconds, youngestSeconds }: Children, seen: Seen, box: string): FindingDraft {
  const subject = processSubject(parent.pid, seen)
  const gap = gapSeconds < 10 ? `${gapSeconds.toFixed(1)} s` : duration(gapSeconds)
  return {
    state: 'warning',
    severity: Math.min(1, all.length / 1_000),
    title: `${processWords(subject)} starts one more ${all[0].name} every ${gap}, and none ends: there are ${all.length}`,
    why: `The oldest was started ${duration(all[0].ageSeconds)} ago, the youngest ${duration(youngestSeconds)} ago, the others evenly between them, and none of them uses a CPU. A pool that is being filled would be full by now, one that grows with its load would work: it looks like a program that forgets what it has started.`,
    subject,
    measured: [
      { what: 'children of one name', value: all.length, unit: 'count', source: `ps --ppid ${parent.pid}` },
      { what: 'children more', value: 1 / gapSeconds, unit: 'count/s', source: '/proc/PID/stat' },
    ],
    next: [
      next(
        box,
        `ps -o pid,etimes,stat,wchan:24,args --ppid ${parent.pid} | head -n 50`,
        'see them, and in what they wait',
      ),
      next(box, `ls -l /proc/${all[0].pid}/fd`, 'see what the oldest has open'),
    ],
  }
}

/** A pool that forks itself keeps its command line; a shell that starts a script with another shell does not. */
function isForkOf(child: string | undefined, parent: string | undefined): boolean {
  return child === undefined || parent === undefined || child === parent || programOf(child)?.interpreter === undefined
}
