import { percent } from '../../base/format.ts'
import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const memoryStall = check({
  id: 'memory-stall',
  title: 'Work stands still for want of memory',
  resource: 'memory',
  about:
    'PSI counts the time in which tasks could not go on because pages had to be reclaimed, swapped in or read again: thrashing as the tasks feel it. "full" means that all of them ' +
    'stood still at once. It shows a box that is about to be killed by its own cache misses while MemAvailable may still look acceptable.',
  needs: ['pressure'],
  limits: {
    warningPercent: {
      value: 10,
      unit: '% of time',
      why: 'a tenth of all time is lost',
    },
    criticalPercent: {
      value: 40,
      unit: '% of time',
      why: 'nearly half of the time nothing gets done at all; at 60 % for half a minute systemd-oomd kills (oomd.conf(5))',
    },
  },
  shown: { how: 'real sample', source: 'https://github.com/tobixen/thrash-protect/issues/28' },
  run: ({ pressure: { memory } }, { warningPercent, criticalPercent }, { box }) => {
    if (!memory) return unknown('the kernel gives no memory pressure', 'boot with psi=1')
    const full = memory.full ?? memory.some
    const stalled = Math.min(full.window ?? full.avg10, Math.max(full.avg10, full.window ?? 0))
    const graded = grade(stalled, warningPercent, criticalPercent, 100)
    if (!graded) return verdict([], `tasks stood still for memory ${percent(stalled)} of the time`)
    return verdict(
      [
        {
          ...graded,
          title: `All tasks stood still for want of memory ${percent(stalled)} of the time`,
          why: `Over the last minute ${percent(full.avg60)}, over five ${percent(full.avg300)}: pages are reclaimed and read again instead of being used.`,
          subject: { kind: 'box', name: box },
          measured: [
            {
              what: 'time in which all tasks waited for memory',
              value: stalled,
              limit: 100,
              unit: '%',
              source: '/proc/pressure/memory',
            },
          ],
          next: [next(box, 'vmstat 1 5', 'see whether it swaps (si, so) or reads its programs again (bi)')],
        },
      ],
      '',
    )
  },
})
