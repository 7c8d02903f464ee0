import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const crashLoop = check({
  id: 'crash-loop',
  title: 'Short-lived children of one parent: a crash loop',
  resource: 'process',
  about:
    'A supervisor starts a child that dies at once, over and over. Samples a second apart hardly see such children, but the kernel adds the page faults of each child that was waited for to its parent: a parent that is otherwise idle and whose figure climbs ' +
    'steadily has children that do not live.',
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
    ageSeconds: { value: 2, unit: 's', why: 'a command line that has just begun starts children too' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { faultsPerSecond, ownCpuPercent, childCpuPercent, ageSeconds }, { box }) => {
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
        !SHELLS.has(each.name) &&
        !isSshd(each.name),
    )
    const findings = looping.slice(0, 3).map((parent): FindingDraft => {
      const subject = processSubject(parent.pid, seen)
      const child = young.find(({ ppid }) => ppid === parent.pid)
      return {
        state: 'warning',
        severity: Math.min(0.5, (parent.childFaultsPerSecond ?? 0) / 10_000),
        title: `${processWords(subject)} starts children that end at once${child ? ` (${child.name})` : ''}`,
        why: `Children that ended within the window cost ${(parent.childFaultsPerSecond ?? 0).toFixed(0)} page faults a second, while the parent itself is ${(parent.cpuPercent ?? 0).toFixed(0)} % busy: it restarts something that does not live.`,
        subject,
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

/** What starts short commands for a living. */
const SHELLS: ReadonlySet<string> = new Set([
  'sh',
  'dash',
  'bash',
  'zsh',
  'fish',
  'ash',
  'ksh',
  'mksh',
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

function isSshd(name: string): boolean {
  return name.startsWith('sshd') || name === 'dropbear'
}
