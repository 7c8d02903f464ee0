import type { ProcessStats } from '../../evidence/probes/process-stat.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const crashLoop = check({
  id: 'crash-loop',
  title: 'Short-lived children of one parent: a crash loop',
  resource: 'process',
  about:
    'A supervisor starts a child that dies at once, over and over. Samples a second apart hardly see such children, but the kernel adds the page faults of each child that was waited for to its parent: a parent that is otherwise idle and whose figure climbs ' +
    'steadily has children that do not live. One child that ends within the window is everyday life (a worker that is recycled, a session that closes): it counts only if the parent has lost children at this pace all along, or if one of the same name is there again.',
  needs: ['process-stat'],
  wants: ['process-command', 'process-cgroup'],
  limits: {
    faultsPerSecond: {
      value: 60,
      unit: 'faults/s of ended children',
      why: 'the smallest child costs some 30 to 100: about one death a second',
    },
    ownCpuPercent: {
      value: 50,
      unit: '% of one CPU',
      why: 'a parent that works hard itself (a build, a shell script) is not a supervisor that waits',
    },
    childCpuPercent: {
      value: 30,
      unit: '% of one CPU',
      why: 'children that work (a build, a test run, a busy CGI) end too; those that die at once have not worked',
    },
    steadiness: {
      value: 0.2,
      unit: 'of the present rate',
      why: 'over its life the parent must have lost children at least a fifth as fast as now, unless the next child of that name was seen',
    },
    scriptFaultsPerSecond: {
      value: 1_500,
      unit: 'faults/s of ended children',
      why: 'a shell script in a loop starts small tools of some hundred faults for a living; an interpreter or a service that starts and dies costs thousands',
    },
    bootSeconds: {
      value: 60,
      unit: 's',
      why: 'PID 1 starts everything in its first minute, and much of it ends by itself',
    },
    ageSeconds: { value: 2, unit: 's', why: 'a command line that has just begun starts children too' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (
    seen,
    { faultsPerSecond, ownCpuPercent, childCpuPercent, steadiness, scriptFaultsPerSecond, bootSeconds, ageSeconds },
    { box },
  ) => {
    const stats = seen['process-stat']
    if (stats.windowSeconds === undefined) return unknown('there is no second sample')
    const young = [...stats.appeared, ...stats.vanished]
    const parents = stats.processes
      .filter((each) => !each.terminal && each.ageSeconds >= ageSeconds && (each.cpuPercent ?? 0) < ownCpuPercent)
      .toSorted((a, b) => (b.childFaultsPerSecond ?? 0) - (a.childFaultsPerSecond ?? 0))
    const most = parents[0]
    const looping = parents.filter(
      (each) =>
        (each.childFaultsPerSecond ?? 0) >= faultsPerSecond &&
        (each.childCpuPercent ?? 0) < childCpuPercent &&
        ((each.childFaults / each.ageSeconds >= steadiness * (each.childFaultsPerSecond ?? 0) &&
          (each.pid !== 1 || each.ageSeconds >= bootSeconds)) ||
          startedAgain(each.pid, stats)) &&
        !isSshd(each.name) &&
        (!COMMAND_STARTERS.has(each.name) ||
          (runsScript(each.name, seen['process-command']?.get(each.pid)) &&
            (each.childFaultsPerSecond ?? 0) >= scriptFaultsPerSecond)),
    )
    const findings = looping.slice(0, 3).map((parent): FindingDraft => {
      const subject = processSubject(parent.pid, seen)
      // Between two tries a script sleeps: that is not what ends at once.
      const child = young.find(({ ppid, name }) => ppid === parent.pid && name !== 'sleep')
      // Of what systemd starts the unit says more than the command.
      const unit =
        parent.pid === 1
          ? young.flatMap(({ pid, ppid }) => (ppid === 1 ? (seen['process-cgroup']?.get(pid)?.unit ?? []) : []))[0]
          : undefined
      return {
        state: 'warning',
        severity: Math.min(0.5, (parent.childFaultsPerSecond ?? 0) / 10_000),
        title: unit
          ? `${unit} is started by ${processWords(subject)} again and again, and ends at once`
          : `${processWords(subject)} starts children that end at once${child ? ` (${child.name})` : ''}`,
        why: `Children that ended within the window cost ${(parent.childFaultsPerSecond ?? 0).toFixed(0)} page faults a second, while the parent itself is ${(parent.cpuPercent ?? 0).toFixed(0)} % busy: it restarts something that does not live.`,
        subject: unit ? { kind: 'unit', name: unit, unit } : subject,
        measured: [
          {
            what: 'page faults of children that ended',
            value: parent.childFaultsPerSecond ?? NaN,
            unit: 'count/s',
            source: `/proc/${parent.pid}/stat`,
          },
        ],
        next: [
          next(
            box,
            `strace -f -e trace=process -p ${parent.pid} 2>&1 | head -n 40`,
            'see which program is started and how it ends',
            'slow',
          ),
          next(box, `ps --ppid ${parent.pid} -o pid,etimes,stat,args`, 'catch a child alive'),
        ],
      }
    })
    return verdict(
      findings,
      most
        ? `${most.name} had most to do with children that ended: ${(most.childFaultsPerSecond ?? 0).toFixed(0)} page faults a second`
        : 'no parent lost children',
    )
  },
})

/** A child of the same name was there at both ends of the window, and it was not the same one. */
function startedAgain(parent: number, { appeared, vanished }: ProcessStats): boolean {
  const gone = new Set(vanished.filter(({ ppid }) => ppid === parent).map(({ name }) => name))
  return appeared.some(({ ppid, name }) => ppid === parent && gone.has(name))
}

const SHELLS: ReadonlySet<string> = new Set(['sh', 'dash', 'bash', 'zsh', 'fish', 'ash', 'ksh', 'mksh'])
/** What starts short commands for a living. */
const COMMAND_STARTERS: ReadonlySet<string> = new Set([
  ...SHELLS,
  'make',
  'ninja',
  'xargs',
  'cron',
  'crond',
  'CRON',
  'find',
  'parallel',
  'git',
  'apt',
  'dpkg',
])

/** `sh /opt/run.sh`: a shell that was given a file, not commands (-c) or a person. */
function runsScript(name: string, command: string | undefined): boolean {
  return (
    SHELLS.has(name) &&
    /^\S+ (?:-[a-z]+ )*[^-\s]/.test(command ?? '') &&
    !/^\S+ (?:-[a-z]+ )*-[a-z]*c /.test(command ?? '')
  )
}

function isSshd(name: string): boolean {
  return name.startsWith('sshd') || name === 'dropbear'
}
