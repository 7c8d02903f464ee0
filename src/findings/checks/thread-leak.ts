import { check, grade, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const threadLeak = check({
  id: 'thread-leak',
  title: 'A process has more threads than any pool',
  resource: 'process',
  about:
    'A thread for each request whose backend hangs, a pool that is made anew for each call, a timer that never ends: threads pile up until memory, PIDs or mappings (two a thread, vm.max_map_count is 65,530 by default) are gone, with "unable to create native thread". The stacks tell what they wait for; they are mostly alike.',
  needs: ['process-stat'],
  wants: ['process-wait', 'process-command', 'process-cgroup'],
  limits: {
    warningCount: {
      value: 4_000,
      unit: 'threads of one process',
      why: 'large Java services and databases with a thread a connection have one or two thousand',
    },
    criticalCount: {
      value: 25_000,
      unit: 'threads of one process',
      why: 'at some 32,000 the default of vm.max_map_count is used up, and pthread_create() fails',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, criticalCount }, { box }) => {
    const most = seen['process-stat'].processes.toSorted((a, b) => b.threads - a.threads)
    const findings = most.slice(0, 3).flatMap(({ pid, threads }): FindingDraft[] => {
      const graded = grade(threads, warningCount, criticalCount, 2 * criticalCount)
      if (!graded) return []
      const subject = processSubject(pid, seen)
      return [
        {
          ...graded,
          title: `${processWords(subject)} has ${threads} threads`,
          why: 'No pool is that large: it starts threads that do not end, often one for each request that hangs.',
          subject,
          measured: [{ what: 'threads', value: threads, unit: 'count', source: `/proc/${pid}/status` }],
          next: [
            next(
              box,
              `cat /proc/${pid}/task/*/comm | sort | uniq -c | sort -rn | head`,
              'see which threads they are, by name',
            ),
            next(box, `cat /proc/${pid}/task/*/wchan 2>/dev/null | sort | uniq -c | sort -rn`, 'see in what they wait'),
          ],
        },
      ]
    })
    const top = most[0]
    return verdict(findings, top ? `most threads has ${top.name}: ${top.threads}` : 'no process was seen')
  },
})
