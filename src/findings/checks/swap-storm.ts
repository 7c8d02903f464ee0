import { bytes } from '../../base/format.ts'
import { check, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const swapStorm = check({
  id: 'swap-storm',
  title: 'The box swaps in and out at once',
  resource: 'memory',
  about:
    'Swap that is used is no trouble: what nobody needs may well lie on disk. Pages that go out and come back at the same time are: more memory is in use than there is, and every access may wait for a disk.',
  needs: ['paging', 'memory', 'process-stat'],
  wants: ['process-status', 'process-command', 'process-cgroup'],
  limits: {
    warningBytes: {
      value: 1024 ** 2,
      unit: 'bytes/s each way',
      why: '256 pages a second each way: the working set no longer fits',
    },
    criticalBytes: {
      value: 10 * 1024 ** 2,
      unit: 'bytes/s each way',
      why: 'thousands of page waits a second: the box crawls',
    },
  },
  shown: {
    how: 'real sample',
    source: 'https://lore.kernel.org/lkml/Pine.Linu.4.10.10011100732250.601-100000@mikeg.weiden.de/',
  },
  run: (seen, { warningBytes, criticalBytes }, { box }) => {
    const { swapInBytesPerSecond: swapIn, swapOutBytesPerSecond: swapOut } = seen.paging
    if (seen.memory.swapTotalBytes === 0) return verdict([], 'there is no swap')
    if (swapIn === undefined || swapOut === undefined) return unknown('there is no second sample')
    const both = Math.min(swapIn, swapOut)
    const cleared = `${bytes(swapIn)} a second swapped in, ${bytes(swapOut)} out`
    if (both < warningBytes) return verdict([], cleared)
    const critical = both >= criticalBytes
    const swapped = [...(seen['process-status'] ?? [])].toSorted(([, a], [, b]) => b.swapBytes - a.swapBytes)[0]
    const subject =
      swapped && swapped[1].swapBytes > 0 ? processSubject(swapped[0], seen) : { kind: 'box' as const, name: box }
    return verdict(
      [
        {
          state: critical ? 'critical' : 'warning',
          severity: Math.min(1, both / (critical ? 10 * criticalBytes : criticalBytes)),
          title: `The box swaps: ${bytes(swapIn)} a second in, ${bytes(swapOut)} out${subject.kind === 'process' ? `; most of ${processWords(subject)} is on disk` : ''}`,
          why: `${bytes(seen.memory.swapTotalBytes - seen.memory.swapFreeBytes)} of ${bytes(seen.memory.swapTotalBytes)} swap are used, and what went out is wanted back at once.`,
          subject,
          measured: [
            { what: 'swapped in', value: swapIn, unit: 'bytes/s', source: '/proc/vmstat' },
            { what: 'swapped out', value: swapOut, unit: 'bytes/s', source: '/proc/vmstat' },
          ],
          next: [
            next(box, 'vmstat 1 5', 'watch si and so: does it last?'),
            next(box, 'ps -eo pid,rss,args --sort=-rss | head -n 10', 'see what needs the memory'),
          ],
        },
      ],
      cleared,
    )
  },
})
