import { check, grade, verdict, type FindingDraft } from '../check.ts'
import { next, nextInspect } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const closeWaitLeak = check({
  id: 'close-wait-leak',
  title: 'A process does not close connections that its peers have closed',
  resource: 'network',
  about:
    'CLOSE_WAIT means that the other end has said goodbye and the program has not called close(). The kernel waits for ever. Some are normal for a moment; many in one process are a leak in its code (a missing close on an error path, a pool that does not notice) and end in fd-exhaustion.',
  needs: ['sockets'],
  wants: ['open-files', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    warningCount: { value: 100, unit: 'sockets', why: 'more than a burst of clients that hang up leaves behind' },
    criticalCount: {
      value: 5_000,
      unit: 'sockets',
      why: 'the descriptors of a usual service (1,024 to some thousands) are gone or nearly',
    },
    descriptorShare: {
      value: 0.5,
      unit: 'of the soft limit',
      why: 'half of the descriptors are corpses: what is left goes as fast',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, criticalCount, descriptorShare }, { box }) => {
    const all = seen.sockets.byState.get('CLOSE_WAIT') ?? 0
    const groups = (seen['open-files']?.sockets ?? []).filter(({ state }) => state === 'CLOSE_WAIT')
    const findings = [...Map.groupBy(groups, ({ pid }) => pid)].flatMap(([pid, own]): FindingDraft[] => {
      const sockets = own.reduce((sum, { count }) => sum + count, 0)
      const limit = seen['open-files']?.byPid.get(pid)?.softLimit
      const critical = limit !== undefined && sockets >= warningCount && sockets / limit >= descriptorShare
      const graded = critical
        ? { state: 'critical' as const, severity: sockets / limit }
        : grade(sockets, warningCount, criticalCount, 10 * criticalCount)
      if (!graded) return []
      const most = own.toSorted((a, b) => b.count - a.count)[0]
      const where =
        most && most.localPort > 0
          ? `on its port ${most.localPort}, ${most.count} of them from ${most.peer}`
          : `${most?.count ?? 0} of them to ${most?.peer ?? 'one peer'}`
      const subject = { ...processSubject(pid, seen), ...(most ? { peer: most.peer } : {}) }
      return [
        {
          ...graded,
          title: `${processWords(subject)} has not closed ${sockets} connections that its peers have closed`,
          why: `They stay in CLOSE_WAIT until it calls close(), ${where}. ${limit === undefined ? '' : `Its limit is ${limit} descriptors.`}`.trim(),
          subject,
          measured: [
            {
              what: 'sockets in CLOSE_WAIT',
              value: sockets,
              ...(limit === undefined ? {} : { limit }),
              unit: 'count',
              source: `/proc/${pid}/fd, /proc/net/tcp`,
            },
          ],
          next: [
            ...nextInspect(box, pid, 'see whether its threads do anything, and what they wait for'),
            next(
              box,
              `ss -tnp state close-wait | grep pid=${pid}, | head`,
              'see the connections, and how much unread data they hold',
            ),
          ],
        },
      ]
    })
    const graded = grade(all, warningCount, criticalCount, 10 * criticalCount)
    if (findings.length === 0 && graded) {
      findings.push({
        ...graded,
        title: `${all} connections were closed by their peers and not by this box`,
        why: 'Which process holds them could not be seen (or they are spread over many).',
        subject: { kind: 'box', name: box },
        measured: [{ what: 'sockets in CLOSE_WAIT', value: all, unit: 'count', source: '/proc/net/tcp' }],
        next: [next(box, 'ss -tnp state close-wait | head', 'see whose they are (root)')],
      })
    }
    return verdict(findings, `${all} sockets in CLOSE_WAIT`)
  },
})
