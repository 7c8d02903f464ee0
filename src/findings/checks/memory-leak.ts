import { bytes, duration, percent } from '../../base/format.ts'
import type { NetworkInterface } from '../../evidence/probes/interfaces.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { memoryBound, type MemoryBound } from '../memory-bound.ts'
import { memoryKind } from '../memory-kind.ts'
import { next } from '../next.ts'
import { rollbackStep } from '../rollback-step.ts'
import { processSubject, processWords } from '../subject.ts'

export const memoryLeak = check({
  id: 'memory-leak',
  title: 'A process grows towards the end of the memory',
  resource: 'memory',
  about:
    'A process whose resident memory grows so fast that, going on like this, the memory of the box (or of its control group) ends soon. One window is a short look: the growth over its whole life has to agree with it, ' +
    'so that a program that is merely starting or filling a cache once is not accused. One that has grown at the same pace ever since it started, and neither computes nor reads from a disk nor can have it from the network meanwhile (a sort, a start, a cache that is loaded, a replica do), is told of while it is small; ' +
    'not so while the bound of its heap or cache that its command line tells (-Xmx, memcached -m) leaves enough for the others. A heap or a cache whose bound is not seen there fills up alike: it is a warning to look, and says so.',
  needs: ['memory', 'process-stat'],
  wants: ['process-io', 'interfaces', 'open-files', 'cgroups', 'process-cgroup', 'process-command', 'process-memory'],
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
    lifelongSeconds: {
      value: 14_400,
      unit: 's until memory ends, of one that has grown alike all its life',
      why: 'what has not slowed down in all its life seldom does so in the next hour, and four hours are less than a night',
    },
    lifelongAge: {
      value: 20,
      unit: 's',
      why: 'a start that works steadily (loading code, connecting) is over by then',
    },
    lifelongRatio: {
      value: 1.3,
      unit: 'times, between its growth now and that of its whole life',
      why: 'what it had from the start counts with its life, some megabytes; what warms up grows ever slower and is far outside',
    },
    lifelongBytesPerSecond: {
      value: 1024 ** 2,
      unit: 'bytes/s',
      why: '256 pages in a window of a second: a smaller step is one allocation of a healthy program',
    },
    lifelongCpuPercent: {
      value: 50,
      unit: '% of one CPU',
      why: 'a sort, a compiler, a virtual machine that warms up computes for what it keeps; what only forgets to free is idle mostly',
    },
    lifelongReadShare: {
      value: 0.5,
      unit: 'of its growth, read from disks or received by the box',
      why: 'it loads a file, fills a cache or copies another server, and is done when that is done',
    },
    flatShare: {
      value: 0.1,
      unit: 'of the growth of the fastest of its name',
      why: 'a page now and then is no growth: such a one is what a worker is without the leak',
    },
    flatCount: {
      value: 3,
      unit: 'processes of its name and parent that do not grow',
      why: 'several that hold about the same tell with what each began: the pages of the parent count with a forked worker from its start',
    },
    lifelongBound: {
      value: 1.5,
      unit: 'times the bound of its heap or cache',
      why: 'beside its heap a JVM has code, classes, stacks and its collector, memcached its hash table; what is larger leaks beside the bound',
    },
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
    const received = receivedFrom(seen.interfaces)
    const alike = Map.groupBy(steady, ({ pid, name }) => `${name}\n${pathOf(pid) ?? ''}`)
    const all = [...alike.values()].flatMap((named) => {
      const least = limits.flatShare * Math.max(...named.map(({ rssBytesPerSecond: rate = 0 }) => rate))
      const workers = named.filter(({ rssBytesPerSecond: rate = 0 }) => rate >= least)
      const largest = workers.toSorted((a, b) => b.rssBytes - a.rssBytes)[0]
      const rssBytes = workers.reduce((sum, each) => sum + each.rssBytes, 0)
      if (!largest) return []
      const rate = workers.reduce((sum, each) => sum + (each.rssBytesPerSecond ?? 0), 0)
      const group = seen.cgroups?.find(({ path }) => path === pathOf(largest.pid))
      const room = roomOf(group)
      const flat = stats.processes.filter(
        ({ pid, ppid, name, rssBytesPerSecond = 0 }) =>
          name === largest.name &&
          ppid === largest.ppid &&
          rssBytesPerSecond < least &&
          pathOf(pid) === pathOf(largest.pid),
      )
      const left = Math.min(seen.memory.availableBytes, room ?? Infinity)
      return [
        {
          ...largest,
          rssBytes,
          workers: workers.length,
          flat: flat.length >= limits.flatCount ? { count: flat.length, rssBytes: medianSize(flat) } : undefined,
          rate,
          cpuPercent: workers.reduce((most, each) => Math.max(most, each.cpuPercent ?? 0), 0),
          reads: workers.reduce((sum, each) => sum + (seen['process-io']?.get(each.pid)?.readBytesPerSecond ?? 0), 0),
          // Without root nothing is counted of those of others: then 0 is not what they read.
          readsSeen: seen['open-files'] === undefined || seen['open-files'].byPid.has(largest.pid),
          seconds: left / rate,
          left,
          bound: memoryBound(
            seen['process-command']?.get(largest.pid),
            Math.min(seen.memory.totalBytes, group?.memoryLimitBytes ?? Infinity),
          ),
          received,
          ownLimit: room !== undefined && room < seen.memory.availableBytes,
        },
      ]
    })
    const growing = all
      .map((each) => ({ ...each, lifelong: each.readsSeen && isLifelong(each, limits) }))
      .filter(({ rssBytes, lifelong }) => lifelong || rssBytes >= limits.residentBytes)
      .map((each) => ({ ...each, horizon: each.lifelong ? limits.lifelongSeconds : limits.warningSeconds }))
    const soonest = growing.toSorted((a, b) => a.seconds - b.seconds)
    const findings = soonest
      .filter(({ seconds, horizon }) => seconds <= horizon)
      .slice(0, 3)
      .map(
        ({
          pid,
          rate,
          seconds,
          left,
          rssBytes,
          ageSeconds,
          ownLimit,
          workers,
          horizon,
          lifelong,
          bound,
          flat,
        }): FindingDraft => {
          const subject = processSubject(pid, seen)
          const critical = seconds <= limits.criticalSeconds
          return {
            state: critical ? 'critical' : 'warning',
            severity: 1 - seconds / (critical ? limits.criticalSeconds : horizon),
            title: `${workers > 1 ? `${workers} processes named ${subject.name} grow` : `${processWords(subject)} grows`} by ${bytes(rate)} a second: ${ownLimit ? 'its memory limit is reached' : 'the memory ends'} in ${duration(seconds)}`,
            why: `${workers > 1 ? 'Together they hold' : 'It holds'} ${bytes(rssBytes)} after ${duration(ageSeconds)}, and ${bytes(left)} are left (${percent((100 * seen.memory.availableBytes) / seen.memory.totalBytes)} of the box available). Then the kernel kills a process.${flat ? ` ${flat.count} others of this name and parent hold ${bytes(flat.rssBytes)} each and do not grow.` : ''}${lifelong ? lifelongWords(bound) : ''}${memoryKind(seen['process-memory']?.get(pid))}`,
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
              ...rollbackStep(box, subject),
            ],
          }
        },
      )
    const fastest = growing.toSorted((a, b) => b.rate - a.rate)[0]
    const small = all.toSorted((a, b) => b.rate - a.rate)[0]
    return verdict(
      findings,
      fastest
        ? `fastest growth is ${fastest.name} with ${bytes(fastest.rate)} a second${boundWords(fastest.bound)}`
        : small
          ? `no large process grows steadily; of the small ones ${small.name} (${small.pid}) does, by ${bytes(small.rate)} a second to ${bytes(small.rssBytes)} after ${duration(small.ageSeconds)}${boundWords(small.bound)}: a start-up, or a leak that a later look tells from one`
          : 'no large process grows steadily',
    )
  },
})

/** Its growth now is that of its whole life, it neither computes nor reads nor receives for it, and no bound that is seen ends it in time. */
function isLifelong(
  process: {
    readonly rate: number
    readonly rssBytes: number
    readonly ageSeconds: number
    readonly cpuPercent: number
    readonly reads: number
    readonly received: number
    readonly workers: number
    readonly flat: { readonly rssBytes: number } | undefined
    readonly left: number
    readonly bound: MemoryBound | undefined
  },
  limits: {
    readonly lifelongAge: number
    readonly lifelongRatio: number
    readonly lifelongBytesPerSecond: number
    readonly lifelongCpuPercent: number
    readonly lifelongReadShare: number
    readonly lifelongBound: number
  },
): boolean {
  const { rate, rssBytes, ageSeconds, cpuPercent, reads, received, workers, flat, left, bound } = process
  if (ageSeconds < limits.lifelongAge || rate < limits.lifelongBytesPerSecond) return false
  // With what it began is not known, but where others of its kind do not grow it is what they have.
  const alike = [0, flat ? workers * flat.rssBytes : 0].some((atStart) => {
    const ratio = (rssBytes - atStart) / ageSeconds / rate
    return ratio <= limits.lifelongRatio && ratio >= 1 / limits.lifelongRatio
  })
  if (!alike) return false
  const toCome = bound ? workers * limits.lifelongBound * bound.bytes - rssBytes : Infinity
  if (toCome >= 0 && toCome <= left) return false
  return cpuPercent < limits.lifelongCpuPercent && reads + received < limits.lifelongReadShare * rate
}

/**
 * What comes from elsewhere, bytes a second: of the busiest interface, since what passes through a bridge is counted at each. The loopback
 * interface carries what is on the box already.
 */
function receivedFrom(interfaces: readonly NetworkInterface[] | undefined): number {
  return Math.max(
    0,
    ...(interfaces ?? []).filter(({ name }) => name !== 'lo').map((each) => each.receivedBytesPerSecond),
  )
}

/** The one in the middle, bytes. */
function medianSize(processes: readonly { readonly rssBytes: number }[]): number {
  const sizes = processes.map(({ rssBytes }) => rssBytes).toSorted((a, b) => a - b)
  return sizes[Math.floor(sizes.length / 2)] ?? 0
}

function lifelongWords(bound: MemoryBound | undefined): string {
  return ` It has grown like this ever since it started: ${
    bound
      ? `${bound.from} lets its heap or cache have ${bytes(bound.bytes)}, and with that it is too large for what is left, or it leaks beside it`
      : 'a leak, or a heap or a cache that fills up; a bound of it is not seen in its command line'
  }.`
}

function boundWords(bound: MemoryBound | undefined): string {
  return bound ? ` (${bound.from} lets its heap or cache have ${bytes(bound.bytes)})` : ''
}

function roomOf(
  group: { readonly memoryLimitBytes: number | undefined; readonly memoryBytes: number | undefined } | undefined,
): number | undefined {
  if (group?.memoryLimitBytes === undefined || group.memoryBytes === undefined) return undefined
  return Math.max(0, group.memoryLimitBytes - group.memoryBytes)
}
