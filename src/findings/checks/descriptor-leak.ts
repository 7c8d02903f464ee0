import { duration } from '../../base/format.ts'
import { MOST_NAMES } from '../../evidence/probes/open-files-again.ts'
import type { OpenCount, SocketGroup } from '../../evidence/probes/open-files.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next, nextRelieve } from '../next.ts'
import { rollbackStep } from '../rollback-step.ts'
import { processSubject, processWords } from '../subject.ts'

export const descriptorLeak = check({
  id: 'descriptor-leak',
  title: 'A process opens descriptors without end',
  resource: 'process',
  about:
    'A file, pipe or connection that is opened for each request and never closed: the number grows at the pace of the requests until the soft limit, where accept() and open() fail with EMFILE. Growth shows long before the level does (fd-exhaustion). Two counts within the window, and the whole life of the process, which has to agree with them: what a server gains in a burst of clients it loses again, and over its life it has gained next to nothing; what fills up at a start soon gains less.',
  needs: ['open-files', 'open-files-again', 'process-stat'],
  wants: ['process-command', 'process-cgroup'],
  limits: {
    growthPerSecond: {
      value: 10,
      unit: 'descriptors/s',
      why: 'a pool that grows with its load adds a few and stops; at this pace the usual limit of 1,024 is reached within two minutes',
    },
    growingCount: {
      value: 200,
      unit: 'descriptors of one that grows',
      why: 'beyond what a service opens while it starts, with its first clients and a pool or two; a leak of this pace is there within seconds',
    },
    warningSeconds: {
      value: 600,
      unit: 's to the limit',
      why: 'about the time in which somebody who was called finds and stops what leaks',
    },
    criticalSeconds: {
      value: 120,
      unit: 's to the limit',
      why: 'less than a person needs to look and decide: it fails under their hands',
    },
    criticalPercent: {
      value: 40,
      unit: '% of the soft limit',
      why: 'below it the same pace may be clients that come back after a restart; a service is given at least twice of what it needs',
    },
    steadiness: {
      value: 0.2,
      unit: 'of the present growth',
      why: 'over its life it must have gained them at least a fifth as fast as now; a server that was hit by one burst of clients has not',
    },
    slowing: {
      value: 0.3,
      unit: 'of the growth over its life',
      why: 'what fills up to a level (a cache of open files, clients that come back) gains ever less; a leak goes on',
    },
    youngSeconds: {
      value: 3,
      unit: 's',
      why: 'every program opens its files in the first seconds',
    },
    startSeconds: {
      value: 60,
      unit: 's',
      why: 'a large service may take a minute to start, and opens its files then; its clients come back in that minute, fifty a second and idle, and then no more: younger ones are a warning at most',
    },
    startCpuPercent: {
      value: 50,
      unit: '% of one CPU',
      why: 'a start works (loads code, fills caches); opening a hundred files or connections a second costs a hundredth of that',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, limits, { box }) => {
    const counts = seen['open-files']
    const again = seen['open-files-again'].byPid
    const growing = [...again].flatMap(([pid, now]): readonly Growing[] => {
      const before = counts.byPid.get(pid)
      const process = seen['process-stat'].byPid.get(pid)
      const seconds = now.atSeconds - counts.atSeconds
      // A number that was given to another process meanwhile is that of one which is younger than the window.
      if (!before || !process || seconds <= 0 || process.ageSeconds <= seconds) return []
      const { ageSeconds, cpuPercent = 0 } = process
      return [{ pid, before, open: now.open, perSecond: (now.open - before.open) / seconds, ageSeconds, cpuPercent }]
    })
    const findings = growing.flatMap((each): FindingDraft[] => {
      const { pid, before, open, perSecond, ageSeconds } = each
      const limit = before.softLimit
      if (limit === undefined || open >= limit || !isLeak(each, limits)) return []
      const secondsLeft = (limit - open) / perSecond
      if (secondsLeft > limits.warningSeconds) return []
      const critical =
        secondsLeft <= limits.criticalSeconds &&
        100 * open >= limits.criticalPercent * limit &&
        ageSeconds >= limits.startSeconds
      const subject = processSubject(pid, seen)
      const most = counts.sockets.find((group) => group.pid === pid)
      return [
        {
          state: critical ? 'critical' : 'warning',
          severity: critical ? open / limit : 1 - secondsLeft / (limits.warningSeconds + 1),
          title: `${processWords(subject)} opens ${perSecond.toFixed(0)} descriptors a second more than it closes: it holds ${open} of ${limit}, and is at the limit in ${duration(secondsLeft)}`,
          why: `Over all its ${duration(ageSeconds)} it has gained ${(open / ageSeconds).toFixed(0)} a second; at the limit accept() and open() fail with EMFILE.${ageSeconds < limits.startSeconds ? ' It has just been started: what comes back then (clients, caches) stops by itself. Look once more in a moment.' : ''} ${kindWords(before, most)}`,
          subject: most ? { ...subject, peer: most.peer } : subject,
          measured: [
            { what: 'more descriptors', value: perSecond, unit: 'count/s', source: `/proc/${pid}/fd` },
            { what: 'open file descriptors', value: open, limit, unit: 'count', source: `/proc/${pid}/fd` },
          ],
          next: [
            next(
              box,
              `ls -l /proc/${pid}/fd | awk '{print $NF}' | sed 's/[0-9]*\\]/]/' | sort | uniq -c | sort -rn | head`,
              'see what they are',
            ),
            next(box, `ls -lt /proc/${pid}/fd | head -n 20`, 'see which were opened last'),
            ...nextRelieve(
              box,
              ['raise-limit', String(pid), 'nofile', String(limit * 2)],
              'win time: raise the limit of the running process',
              `prlimit --pid ${pid} --nofile=${limit * 2}: || prlimit --pid ${pid} --nofile=${limit * 2}:${limit * 2}`,
            ),
            ...rollbackStep(box, subject),
          ],
        },
      ]
    })
    const fastest = growing.toSorted((a, b) => b.perSecond - a.perSecond)[0]
    if (findings.length === 0 && counts.unreadable > 0)
      return unknown('the descriptors of others could not be counted', 'run with --sudo')
    const [uncounted] = [...counts.byPid].filter(
      ([pid, { open, softLimit }]) =>
        open > MOST_NAMES && softLimit !== undefined && !again.has(pid) && seen['process-stat'].byPid.has(pid),
    )
    if (findings.length === 0 && uncounted) {
      const [pid, { open }] = uncounted
      return unknown(
        `${processWords(processSubject(pid, seen))} holds ${open} descriptors, and how many it gains was not counted: of so many only Linux from 6.2 on tells the number`,
        `run ls /proc/${pid}/fd | wc -l twice`,
      )
    }
    return verdict(
      findings,
      fastest
        ? `of those with most descriptors ${processWords(processSubject(fastest.pid, seen))} gains most: ${Math.max(0, fastest.perSecond).toFixed(0)} a second`
        : 'no process holds many descriptors',
    )
  },
})

interface Growing {
  readonly pid: number
  /** Of the first count. */
  readonly before: OpenCount
  readonly open: number
  readonly perSecond: number
  readonly ageSeconds: number
  readonly cpuPercent: number
}

/** It gains descriptors now, has done so all its life at about this pace, and is not just starting. */
function isLeak(
  { open, perSecond, ageSeconds, cpuPercent }: Growing,
  limits: Readonly<
    Record<
      | 'growthPerSecond'
      | 'growingCount'
      | 'steadiness'
      | 'slowing'
      | 'youngSeconds'
      | 'startSeconds'
      | 'startCpuPercent',
      number
    >
  >,
): boolean {
  const ofItsLife = open / ageSeconds
  return (
    perSecond >= limits.growthPerSecond &&
    open >= limits.growingCount &&
    ofItsLife >= limits.steadiness * perSecond &&
    perSecond >= limits.slowing * ofItsLife &&
    ageSeconds >= limits.youngSeconds &&
    (ageSeconds >= limits.startSeconds || cpuPercent < limits.startCpuPercent)
  )
}

/** What most of them are, as far as the first count tells. */
function kindWords({ open, sockets }: OpenCount, most: SocketGroup | undefined): string {
  if (2 * sockets < open) return `${open - sockets} of them are no sockets: files, pipes or the like.`
  if (!most) return `${sockets} of them are sockets.`
  const where = most.localPort === 0 ? `to ${most.peer}` : `on its port ${most.localPort} from ${most.peer}`
  return `${sockets} of them are sockets, ${most.count} of these ${most.state} ${where}.`
}
