import { bytes, count, percent } from '../../base/format.ts'
import { check, grade, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const addressSpaceLimit = check({
  id: 'address-space-limit',
  title: 'A process runs out of the address space that it may have',
  resource: 'process',
  about:
    'ulimit -v (RLIMIT_AS, LimitAS=, "as" in limits.conf) bounds all that a process maps: heap, stacks of threads, files and libraries, memory that it has reserved and never touched. At the limit malloc(), mmap() and pthread_create() fail with ENOMEM ("Cannot allocate memory", MemoryError, OutOfMemoryError) while the box has plenty. Most processes have no such limit.',
  needs: ['open-files', 'process-stat'],
  wants: ['process-command', 'process-cgroup'],
  limits: {
    warningPercent: {
      value: 90,
      unit: '% of the limit',
      why: 'a thread more takes 8 MiB of it, a buffer that doubles as much as it has',
    },
    criticalPercent: { value: 97, unit: '% of the limit', why: 'the next larger request fails, or has failed already' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningPercent, criticalPercent }, { box }) => {
    // The look's own processes have such a limit, and are not in the table.
    const limited = (seen['open-files'].addressSpaces ?? []).filter(
      ({ pid, limitBytes }) => limitBytes > 0 && seen['process-stat'].byPid.has(pid),
    )
    const used = limited
      .map((each) => ({ ...each, share: (100 * each.bytes) / each.limitBytes }))
      .toSorted((a, b) => b.share - a.share)
    const findings = used.slice(0, 5).flatMap(({ pid, bytes: size, limitBytes, share }): readonly FindingDraft[] => {
      const graded = grade(share, warningPercent, criticalPercent, 100)
      if (!graded) return []
      const subject = processSubject(pid, seen)
      return [
        {
          ...graded,
          title: `${processWords(subject)} uses ${bytes(size)} of the ${bytes(limitBytes)} of address space that it may have (${percent(share)})`,
          why: 'At the limit it gets no more memory and no more threads, whatever the box has left.',
          subject,
          measured: [
            { what: 'address space', value: size, limit: limitBytes, unit: 'bytes', source: `/proc/${pid}/statm` },
          ],
          next: [
            next(box, `grep 'Max address space' /proc/${pid}/limits`, 'see its limit'),
            next(box, `pmap -x ${pid} | sort -k2 -n | tail`, 'see the largest mappings'),
          ],
        },
      ]
    })
    const { unreadable } = seen['open-files']
    if (findings.length === 0 && unreadable > 0)
      return unknown(`the limits of ${count(unreadable, 'process', 'processes')} could not be seen`, 'run with --sudo')
    const [most] = used
    return verdict(
      findings,
      most
        ? `nearest to its limit of address space is process ${most.pid} at ${percent(most.share)}`
        : 'no process that was seen has a limit of address space',
    )
  },
})
