import { duration } from '../../base/format.ts'
import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import { check, grade, verdict, type FindingDraft } from '../check.ts'
import { next, nextInspect } from '../next.ts'
import { rollbackStep } from '../rollback-step.ts'
import { processSubject, processWords } from '../subject.ts'

export const threadLeak = check({
  id: 'thread-leak',
  title: 'A process has more threads than any pool, or starts them without end',
  resource: 'process',
  about:
    'A thread for each request whose backend hangs, a pool that is made anew for each call, a timer that never ends: threads pile up until memory, PIDs or mappings (two a thread, vm.max_map_count is 65,530 by default) are gone, with "unable to create native thread". The stacks tell what they wait for; they are mostly alike. Growth shows long before the number does: two samples, and the whole life of the process, which has to agree with them. A program that is starting makes threads too, but it works hard meanwhile.',
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
    growthPerSecond: {
      value: 20,
      unit: 'threads/s',
      why: 'a pool that grows with its load adds some, and stops; at this pace the next thousand are there within a minute',
    },
    growingCount: {
      value: 300,
      unit: 'threads of one that grows',
      why: 'far below the level above, and beyond what pools fill up to while a service starts (200 in common web servers)',
    },
    steadiness: {
      value: 0.2,
      unit: 'of the present growth',
      why: 'over its life it must have gained threads at least a fifth as fast as now; one burst of connections has not',
    },
    startSeconds: {
      value: 60,
      unit: 's',
      why: 'a large service may take a minute to start, and makes its threads then',
    },
    startCpuPercent: {
      value: 50,
      unit: '% of one CPU',
      why: 'a start works (loads code, fills caches); threads that only wait cost nearly nothing',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, limits, { box }) => {
    const { warningCount, criticalCount } = limits
    const processes = seen['process-stat'].processes
    const most = processes.toSorted((a, b) => b.threads - a.threads)
    const growing = processes
      .filter((each) => growsOn(each, limits))
      .toSorted((a, b) => (b.threadsPerSecond ?? 0) - (a.threadsPerSecond ?? 0))
    const findings = [...new Set([...most.slice(0, 3), ...growing.slice(0, 3)])].flatMap((process): FindingDraft[] => {
      const { pid, threads, threadsPerSecond = 0, ageSeconds } = process
      const grows = growing.includes(process)
      const level = grade(threads, warningCount, criticalCount, 2 * criticalCount)
      const graded = level ?? (grows ? { state: 'warning' as const, severity: threads / warningCount } : undefined)
      if (!graded) return []
      const subject = processSubject(pid, seen)
      return [
        {
          ...graded,
          title: `${processWords(subject)} has ${threads} threads${grows ? `, and ${threadsPerSecond.toFixed(0)} more each second` : ''}`,
          why: `${level ? 'No pool is that large: it' : `Within ${duration(ageSeconds)} it has gained them at this pace: it`} starts threads that do not end, often one for each request that hangs.`,
          subject,
          measured: [
            { what: 'threads', value: threads, unit: 'count', source: `/proc/${pid}/status` },
            ...(grows
              ? [{ what: 'more threads', value: threadsPerSecond, unit: 'count/s', source: `/proc/${pid}/stat` }]
              : []),
          ],
          next: [
            next(
              box,
              `cat /proc/${pid}/task/*/comm | sort | uniq -c | sort -rn | head`,
              'see which threads they are, by name',
            ),
            ...nextInspect(box, pid, 'see what they do now, and for which lock or connection they wait'),
            next(box, `cat /proc/${pid}/task/*/wchan 2>/dev/null | sort | uniq -c | sort -rn`, 'see in what they wait'),
            ...rollbackStep(box, subject),
          ],
        },
      ]
    })
    const top = most[0]
    return verdict(findings, top ? `most threads has ${top.name}: ${top.threads}` : 'no process was seen')
  },
})

/** It gains threads, has done so all its life, and is not just starting. */
function growsOn(
  { threads, threadsPerSecond = 0, ageSeconds, cpuPercent = 0 }: ProcessStat,
  limits: Readonly<
    Record<'growthPerSecond' | 'growingCount' | 'steadiness' | 'startSeconds' | 'startCpuPercent', number>
  >,
): boolean {
  return (
    threadsPerSecond >= limits.growthPerSecond &&
    threads >= limits.growingCount &&
    threads / ageSeconds >= limits.steadiness * threadsPerSecond &&
    (ageSeconds >= limits.startSeconds || cpuPercent < limits.startCpuPercent)
  )
}
