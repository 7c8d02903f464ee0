import { percent } from '../../base/format.ts'
import { check, grade, unknown, verdict, type FindingDraft } from '../check.ts'
import { heaviest } from '../heaviest.ts'
import { next, nextRelieve } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const userProcessLimit = check({
  id: 'user-process-limit',
  title: 'A user has no room for more threads',
  resource: 'process',
  about:
    'ulimit -u (RLIMIT_NPROC, nproc in limits.conf) bounds the threads of all processes of one user together. At the limit fork() and pthread_create() fail with EAGAIN: "unable to create native thread", "Resource temporarily unavailable", while the box has room for a hundred thousand more. root is not bound by it.',
  needs: ['open-files', 'process-stat', 'process-status'],
  wants: ['process-command', 'process-cgroup'],
  limits: {
    warningPercent: { value: 80, unit: '% of the limit', why: 'what grows has used four fifths of its time' },
    criticalPercent: { value: 95, unit: '% of the limit', why: 'the next burst of requests fails' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningPercent, criticalPercent }, { box }) => {
    const files = seen['open-files'].byPid
    const owned = seen['process-stat'].processes.flatMap((process) => {
      const uid = seen['process-status'].get(process.pid)?.uid
      return uid === undefined || uid === 0 ? [] : [{ process, uid, limit: files.get(process.pid)?.threadsLimit }]
    })
    const users = [...Map.groupBy(owned, ({ uid }) => uid)].flatMap(([uid, own]) => {
      const threads = own.reduce((sum, { process }) => sum + process.threads, 0)
      // Processes of one user may have different limits: the tightest one fails first.
      const tightest = own.flatMap(({ limit }) => limit ?? []).toSorted((a, b) => a - b)[0]
      return tightest === undefined || tightest === 0
        ? []
        : [{ uid, own, threads, tightest, share: (100 * threads) / tightest }]
    })
    const findings = users.flatMap(({ uid, own, threads, tightest, share }): FindingDraft[] => {
      const graded = grade(share, warningPercent, criticalPercent, 100)
      const top = heaviest(
        own.map(({ process }) => process),
        (each) => each.threads,
      )
      if (!graded || !top) return []
      const subject = processSubject(top.process.pid, seen)
      return [
        {
          ...graded,
          title: `User ${uid} has ${threads} of at most ${tightest} threads (${percent(share)}); ${top.alike > 1 ? `${top.alike} processes named ${subject.name} have` : `${processWords(subject)} has`} ${top.value}`,
          why: 'At the limit (ulimit -u) fork() and pthread_create() fail with EAGAIN in every process of that user.',
          subject,
          measured: [
            {
              what: 'threads of the user',
              value: threads,
              limit: tightest,
              unit: 'count',
              source: `/proc/${subject.pid}/limits`,
            },
          ],
          next: [
            next(box, `ps -o nlwp,pid,args -U ${uid} --sort=-nlwp | head`, 'see which processes have the threads'),
            ...nextRelieve(
              box,
              ['raise-limit', String(subject.pid), 'nproc', String(tightest * 2)],
              'win time: raise the limit of the running process',
              `prlimit --pid ${subject.pid} --nproc=${tightest * 2}: || prlimit --pid ${subject.pid} --nproc=${tightest * 2}:${tightest * 2}`,
            ),
          ],
        },
      ]
    })
    if (owned.length > 0 && users.length === 0)
      return unknown('the limits of other users could not be read', 'run with --sudo')
    const fullest = users.toSorted((a, b) => b.share - a.share)[0]
    return verdict(
      findings,
      fullest
        ? `user ${fullest.uid} has ${fullest.threads} of at most ${fullest.tightest} threads`
        : 'all processes belong to root, who is not bound',
    )
  },
})
