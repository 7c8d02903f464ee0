import { bytes, count, percent } from '../../base/format.ts'
import { check, verdict } from '../check.ts'
import { memoryKind } from '../memory-kind.ts'
import { heaviest } from '../heaviest.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const memoryNearlyGone = check({
  id: 'memory-nearly-gone',
  title: 'Memory nearly gone',
  resource: 'memory',
  about:
    'MemAvailable is what can still be given out without swapping; free memory says little, since caches fill it on purpose. Near zero the kernel drops the page cache (programs are read from disk ' +
    'again and again), swaps, and at last kills a process (oom-kills).',
  needs: ['memory', 'process-stat'],
  wants: ['process-command', 'process-cgroup', 'process-memory'],
  essential: true,
  limits: {
    warningPercent: {
      value: 10,
      unit: '% available',
      why: 'the page cache is being squeezed; earlyoom ends processes from here on, when swap is short too',
    },
    criticalPercent: {
      value: 4,
      unit: '% available',
      why: 'below some per cent kernels thrash before they kill (each code page is read again)',
    },
    roomBytes: {
      value: 4 * 1024 ** 3,
      unit: 'bytes available',
      why: 'a large box with this much available is not in need, whatever the share',
    },
  },
  shown: { how: 'real sample', source: 'https://github.com/rfjakob/earlyoom/issues/100' },
  run: (seen, { warningPercent, criticalPercent, roomBytes }, { box }) => {
    const { totalBytes, availableBytes, swapTotalBytes, swapFreeBytes } = seen.memory
    const available = (100 * availableBytes) / totalBytes
    const cleared = `${bytes(availableBytes)} of ${bytes(totalBytes)} (${percent(available)}) are available`
    if (available > warningPercent || availableBytes >= roomBytes) return verdict([], cleared)
    const critical = available <= criticalPercent
    const top = heaviest(seen['process-stat'].processes, ({ rssBytes }) => rssBytes)
    const subject = top ? processSubject(top.process.pid, seen) : { kind: 'box' as const, name: box }
    const holder = top
      ? top.alike > 1
        ? `${count(top.alike, 'process', 'processes')} named ${subject.name} hold ${bytes(top.value)}`
        : `${processWords(subject)} holds ${bytes(top.value)}`
      : 'no process stands out'
    return verdict(
      [
        {
          state: critical ? 'critical' : 'warning',
          severity: critical
            ? 1 - available / criticalPercent
            : 1 - (available - criticalPercent) / (warningPercent - criticalPercent),
          title: `Only ${bytes(availableBytes)} of ${bytes(totalBytes)} memory are available; ${holder}`,
          why: `${swapTotalBytes === 0 ? 'There is no swap' : `${bytes(swapFreeBytes)} of ${bytes(swapTotalBytes)} swap are free`}: when it is gone, the kernel kills a process.${memoryKind(top && seen['process-memory']?.get(top.process.pid))}`,
          subject,
          measured: [
            {
              what: 'memory available',
              value: availableBytes,
              limit: totalBytes,
              unit: 'bytes',
              source: '/proc/meminfo',
            },
            ...(top
              ? [
                  {
                    what: `resident memory of ${subject.name}`,
                    value: top.value,
                    unit: 'bytes',
                    source: `/proc/${top.process.pid}/stat`,
                  },
                ]
              : []),
          ],
          next: [
            next(box, 'ps -eo pid,rss,etimes,args --sort=-rss | head -n 15', 'see who holds it'),
            ...(top ? [next(box, `cat /proc/${top.process.pid}/smaps_rollup`, 'see what kind of memory it is')] : []),
          ],
        },
      ],
      cleared,
    )
  },
})
