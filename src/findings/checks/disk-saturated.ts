import { bytes, percent } from '../../base/format.ts'
import { besideSearch, searchNote } from '../beside-search.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'
import type { ProcessIo } from '../../evidence/probes/process-io.ts'
import type { ProcessStats } from '../../evidence/probes/process-stat.ts'

export const diskSaturated = check({
  id: 'disk-saturated',
  title: 'A disk cannot keep up',
  resource: 'disk',
  about:
    'Requests come faster than the device serves them: it is busy all the time, a queue stands before it, and each request waits. Busy alone does not show it (an SSD serves many at once); busy with a queue and long waits does. iostat -x shows the same as %util, aqu-sz and await.',
  needs: ['disks'],
  wants: ['filesystems', 'process-io', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    busyPercent: { value: 90, unit: '% of the window', why: 'below this the device had pauses' },
    queueLength: {
      value: 4,
      unit: 'requests',
      why: 'a few under way are healthy overlap (a SATA disk takes 32 at once, NVMe far more): a queue counts only together with long waits',
    },
    waitWarningMs: { value: 20, unit: 'ms', why: 'above the seek time of a spinning disk: requests queue' },
    waitCriticalMs: { value: 200, unit: 'ms', why: 'every synchronous write of a database takes this long' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { busyPercent, queueLength, waitWarningMs, waitCriticalMs }, { box }) => {
    const { disks, windowSeconds } = seen.disks
    if (windowSeconds === undefined) return unknown('there is no second sample')
    const findings = disks.flatMap((disk): FindingDraft[] => {
      const wait = disk.awaitMs ?? 0
      const busy = besideSearch(disk.busyPercent, seen)
      if (busy < busyPercent || disk.queueLength < queueLength || wait < waitWarningMs) return []
      const critical = wait >= waitCriticalMs
      const writes = disk.writeBytesPerSecond >= disk.readBytesPerSecond
      const culprit = mostIo(seen, writes ? 'writeBytesPerSecond' : 'readBytesPerSecond')
      const by = culprit
        ? `; ${processWords(processSubject(culprit.pid, seen))} ${writes ? 'writes' : 'reads'} ${bytes(culprit.rate)} a second`
        : ''
      return [
        {
          state: critical ? 'critical' : 'warning',
          severity: Math.min(1, wait / (critical ? 2_000 : waitCriticalMs)),
          title: `Disk ${disk.name} is ${percent(disk.busyPercent)} busy and each request takes ${wait.toFixed(0)} ms${by}`,
          why: `${disk.queueLength.toFixed(1)} requests wait at a time; it reads ${bytes(disk.readBytesPerSecond)} and writes ${bytes(disk.writeBytesPerSecond)} a second in ${(disk.readsPerSecond + disk.writesPerSecond).toFixed(0)} requests.`,
          subject: culprit ? processSubject(culprit.pid, seen) : { kind: 'device', name: disk.name },
          measured: [
            {
              what: `time in which ${disk.name} was busy`,
              value: disk.busyPercent,
              limit: 100,
              unit: '%',
              source: '/proc/diskstats',
            },
            { what: `mean time of a request to ${disk.name}`, value: wait, unit: 'ms', source: '/proc/diskstats' },
          ],
          next: [
            next(box, 'iostat -x 1 5', 'see whether it lasts'),
            next(box, 'pidstat -d 1 5', 'see who reads and writes'),
          ],
        },
      ]
    })
    const busiest = disks.toSorted((a, b) => b.busyPercent - a.busyPercent)[0]
    return verdict(
      findings,
      busiest
        ? `busiest disk is ${busiest.name} at ${percent(busiest.busyPercent)}${busiest.awaitMs === undefined ? '' : `, ${busiest.awaitMs.toFixed(1)} ms a request`}${searchNote(seen)}`
        : 'no disk did any I/O',
    )
  },
})

/**
 * The process that reads or writes most; undefined when none does, or when it could not be seen. The look's own processes read too, and are
 * not in the table.
 */
export function mostIo(
  seen: {
    readonly 'process-io': ReadonlyMap<number, ProcessIo> | undefined
    readonly 'process-stat': ProcessStats | undefined
  },
  kind: keyof ProcessIo,
): { readonly pid: number; readonly rate: number } | undefined {
  const known = seen['process-stat']?.byPid
  const rates = [...(seen['process-io'] ?? [])].flatMap(([pid, each]) => {
    const rate = each[kind] ?? 0
    return rate > 0 && (!known || known.has(pid)) ? [{ pid, rate }] : []
  })
  return rates.toSorted((a, b) => b.rate - a.rate)[0]
}
