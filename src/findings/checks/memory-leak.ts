import { bytes, duration, percent } from '../../base/format.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { memoryKind } from '../memory-kind.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const memoryLeak = check({
  id: 'memory-leak',
  title: 'A process grows towards the end of the memory',
  resource: 'memory',
  about:
    'A process whose resident memory grows so fast that, going on like this, the memory of the box (or of its control group) ends soon. One window is a short look: the growth over its whole life has to agree with it, ' +
    'so that a program that is merely starting or filling a cache once is not accused.',
  needs: ['memory', 'process-stat'],
  wants: ['cgroups', 'process-cgroup', 'process-command', 'process-memory'],
  limits: {
    warningSeconds: {
      value: 1_800,
      unit: 's until memory ends',
      why: 'half an hour is what it takes to find and ship a fix',
    },
    criticalSeconds: { value: 300, unit: 's until memory ends', why: 'five minutes: only a restart is faster' },
    residentBytes: { value: 100 * 1024 ** 2, unit: 'bytes', why: 'smaller processes grow and shrink all the time' },
    steadiness: {
      value: 0.2,
      unit: 'of the present rate',
      why: 'over its life it must have grown at least a fifth as fast as now; a start-up burst or a cache that fills once has not',
    },
    ageSeconds: { value: 4, unit: 's', why: 'in its first seconds every program grows' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, limits, { box }) => {
    const stats = seen['process-stat']
    if (stats.windowSeconds === undefined) return unknown('there is no second sample')
    const steady = stats.processes.filter(({ rssBytesPerSecond: rate = 0, rssBytes, ageSeconds }) => {
      if (rate <= 0 || ageSeconds < limits.ageSeconds) return false
      return rssBytes / ageSeconds >= limits.steadiness * rate
    })
    const pathOf = (pid: number): string | undefined => seen['process-cgroup']?.get(pid)?.path
    // Workers of one name that all leak a little are one leak.
    const alike = Map.groupBy(steady, ({ pid, name }) => `${name}\n${pathOf(pid) ?? ''}`)
    const all = [...alike.values()].flatMap((workers) => {
      const largest = workers.toSorted((a, b) => b.rssBytes - a.rssBytes)[0]
      const rssBytes = workers.reduce((sum, each) => sum + each.rssBytes, 0)
      if (!largest) return []
      const rate = workers.reduce((sum, each) => sum + (each.rssBytesPerSecond ?? 0), 0)
      const room = roomOf(seen.cgroups?.find(({ path }) => path === pathOf(largest.pid)))
      const left = Math.min(seen.memory.availableBytes, room ?? Infinity)
      return [
        {
          ...largest,
          rssBytes,
          workers: workers.length,
          rate,
          seconds: left / rate,
          left,
          ownLimit: room !== undefined && room < seen.memory.availableBytes,
        },
      ]
    })
    const growing = all.filter(({ rssBytes }) => rssBytes >= limits.residentBytes)
    const soonest = growing.toSorted((a, b) => a.seconds - b.seconds)
    const findings = soonest
      .filter(({ seconds }) => seconds <= limits.warningSeconds)
      .slice(0, 3)
      .map(({ pid, rate, seconds, left, rssBytes, ageSeconds, ownLimit, workers }): FindingDraft => {
        const subject = processSubject(pid, seen)
        const critical = seconds <= limits.criticalSeconds
        return {
          state: critical ? 'critical' : 'warning',
          severity: 1 - seconds / (critical ? limits.criticalSeconds : limits.warningSeconds),
          title: `${workers > 1 ? `${workers} processes named ${subject.name} grow` : `${processWords(subject)} grows`} by ${bytes(rate)} a second: ${ownLimit ? 'its memory limit is reached' : 'the memory ends'} in ${duration(seconds)}`,
          why: `${workers > 1 ? 'Together they hold' : 'It holds'} ${bytes(rssBytes)} after ${duration(ageSeconds)}, and ${bytes(left)} are left (${percent((100 * seen.memory.availableBytes) / seen.memory.totalBytes)} of the box available). Then the kernel kills a process.${memoryKind(seen['process-memory']?.get(pid))}`,
          subject,
          measured: [
            { what: 'growth of resident memory', value: rate, unit: 'bytes/s', source: `/proc/${pid}/stat` },
            {
              what: 'resident memory',
              value: rssBytes,
              limit: rssBytes + left,
              unit: 'bytes',
              source: `/proc/${pid}/stat`,
            },
          ],
          next: [
            next(box, `cat /proc/${pid}/smaps_rollup`, 'see what kind of memory grows'),
            next(box, `pmap -x ${pid} | sort -k3 -n | tail`, 'see the largest mappings'),
          ],
        }
      })
    const fastest = growing.toSorted((a, b) => b.rate - a.rate)[0]
    const small = all.toSorted((a, b) => b.rate - a.rate)[0]
    return verdict(
      findings,
      fastest
        ? `fastest growth is ${fastest.name} with ${bytes(fastest.rate)} a second`
        : small
          ? `no large process grows steadily; of the small ones ${small.name} (${small.pid}) does, by ${bytes(small.rate)} a second to ${bytes(small.rssBytes)} after ${duration(small.ageSeconds)}: a start-up, or a leak that a later look tells from one`
          : 'no large process grows steadily',
    )
  },
})

function roomOf(
  group: { readonly memoryLimitBytes: number | undefined; readonly memoryBytes: number | undefined } | undefined,
): number | undefined {
  if (group?.memoryLimitBytes === undefined || group.memoryBytes === undefined) return undefined
  return Math.max(0, group.memoryLimitBytes - group.memoryBytes)
}
