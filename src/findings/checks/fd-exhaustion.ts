import { count, percent } from '../../base/format.ts'
import { check, grade, unknown, verdict, type FindingDraft } from '../check.ts'
import { next, nextRelieve } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const fdExhaustion = check({
  id: 'fd-exhaustion',
  title: 'A process runs out of file descriptors',
  resource: 'process',
  about:
    'Every file, socket and pipe takes a descriptor; at the soft limit (ulimit -n) accept() and open() fail with EMFILE: the service is up and answers nobody. Usually something opens and never closes; what the descriptors are says what.',
  needs: ['open-files'],
  wants: ['process-stat', 'process-command', 'process-cgroup'],
  limits: {
    warningPercent: {
      value: 80,
      unit: '% of the soft limit',
      why: 'a leak of a steady rate has used four fifths of its time',
    },
    criticalPercent: { value: 95, unit: '% of the soft limit', why: 'a burst of connections takes the rest' },
    leastLimit: {
      value: 32,
      unit: 'descriptors',
      why: 'programs that lower their own limit on purpose (sandboxes) set it below this',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningPercent, criticalPercent, leastLimit }, { box }) => {
    const files = seen['open-files']
    const shares = [...files.byPid].flatMap(([pid, { open, sockets, softLimit, mostly }]) =>
      softLimit === undefined || softLimit < leastLimit
        ? []
        : [{ pid, open, sockets, softLimit, mostly, share: (100 * open) / softLimit }],
    )
    const findings = shares.flatMap(({ pid, open, sockets, softLimit, mostly, share }): FindingDraft[] => {
      const graded = grade(share, warningPercent, criticalPercent, 100)
      if (!graded) return []
      const subject = processSubject(pid, seen)
      const most = files.sockets.find((group) => group.pid === pid)
      const peer =
        most && most.localPort === 0 ? `to ${most.peer}` : most ? `on its port ${most.localPort} from ${most.peer}` : ''
      return [
        {
          ...graded,
          title: `${processWords(subject)} holds ${open} of its ${softLimit} file descriptors${mostly && mostly.count * 2 >= open ? `; ${mostly.count} of them are ${most && mostly.what.startsWith('socket:') ? `sockets, most ${most.state} ${peer}` : kindWords(mostly.what)}` : ''}`,
          why: `At the limit accept() and open() fail with EMFILE; ${sockets} of them are sockets${most ? `, ${most.count} of these ${most.state} ${peer}` : ''}.`,
          subject: most ? { ...subject, peer: most.peer } : subject,
          measured: [
            { what: 'open file descriptors', value: open, limit: softLimit, unit: 'count', source: `/proc/${pid}/fd` },
          ],
          next: [
            next(
              box,
              `ls -l /proc/${pid}/fd | awk '{print $NF}' | sed 's/[0-9]*\\]/]/' | sort | uniq -c | sort -rn | head`,
              'see what they are',
            ),
            ...nextRelieve(
              box,
              ['raise-limit', String(pid), 'nofile', String(softLimit * 2)],
              'win time: raise the limit of the running process',
              `prlimit --pid ${pid} --nofile=${softLimit * 2}: || prlimit --pid ${pid} --nofile=${softLimit * 2}:${softLimit * 2}`,
            ),
          ],
        },
      ]
    })
    const fullest = shares.toSorted((a, b) => b.share - a.share)[0]
    if (findings.length === 0 && files.unreadable > 0)
      return unknown(
        `the descriptors of ${count(files.unreadable, 'process', 'processes')} could not be listed`,
        'run with --sudo',
      )
    return verdict(
      findings,
      fullest
        ? `fullest descriptor table is at ${percent(fullest.share)} of its limit`
        : 'no process has a limit that counts',
    )
  },
})

/** What a descriptor leads to, as the kernel writes it (proc_pid_fd(5)), in words. */
function kindWords(what: string): string {
  const known = KINDS.find(([start]) => what.startsWith(start))?.[1]
  return known ?? (what.startsWith('/') ? `files like ${what}` : what)
}

const KINDS: readonly (readonly [string, string])[] = [
  ['socket:', 'sockets'],
  ['pipe:', 'pipes'],
  ['anon_inode:[eventpoll]', 'epoll instances'],
  ['anon_inode:inotify', 'inotify instances'],
  ['anon_inode:[eventfd', 'eventfds'],
  ['anon_inode:[timerfd', 'timers'],
]
