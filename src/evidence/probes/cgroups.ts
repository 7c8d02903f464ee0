import { growth } from '../counter.ts'
import { probe, Unreadable, windowSeconds, type Sample } from '../probe.ts'

/** A cgroup that has a limit (v1 or v2). */
export interface Cgroup {
  readonly path: string
  /** CPUs it may use (quota / period); undefined without a limit. */
  readonly cpuLimit: number | undefined
  /** Share of the periods of the window in which it was throttled, percent. */
  readonly throttledPeriodsPercent: number | undefined
  /** Milliseconds a second in which it was held back (summed over CPUs, so it may exceed 1,000). */
  readonly throttledMsPerSecond: number | undefined
  readonly memoryBytes: number | undefined
  readonly memoryLimitBytes: number | undefined
  /** Memory of its processes alone; only known where four fifths of the limit are used. */
  readonly anonymousBytes: number | undefined
  /** Shared memory and files on tmpfs, which cannot be given back without swap; known like `anonymousBytes`. */
  readonly sharedBytes: number | undefined
  /** OOM kills since the cgroup was made. */
  readonly oomKills: number | undefined
  readonly pids: number | undefined
  readonly pidsLimit: number | undefined
  /** Limits of its I/O, by device; asked only while a task waits in state D; undefined where none was seen. */
  readonly ioLimits?: readonly IoLimit[] | undefined
}

/** What a control group may read from or write to one device a second. */
export interface IoLimit {
  /** `254:0`, major and minor number as lsblk shows them. */
  readonly device: string
  readonly kind: 'read' | 'write'
  readonly unit: 'bytes' | 'requests'
  readonly perSecond: number
}

/** Files of cgroup v2 and v1 that say limits and use; a v1 controller has a hierarchy of its own below its name. */
const FILES = {
  v2: 'cpu.max cpu.stat memory.max memory.current memory.events pids.max pids.current',
  v1: {
    cpu: 'cpu.cfs_quota_us cpu.cfs_period_us cpu.stat',
    memory: 'memory.limit_in_bytes memory.usage_in_bytes memory.oom_control',
    pids: 'pids.max pids.current',
  },
  /** Only while a task waits for a disk: on a box of many groups the others cost enough. */
  whileWaiting: {
    v2: 'io.max',
    v1: 'blkio.throttle.read_bps_device blkio.throttle.write_bps_device blkio.throttle.read_iops_device blkio.throttle.write_iops_device',
  },
} as const

/** A box with more control groups than this is not asked about the rest: it would cost more than a look may. Count. */
const FOLDERS_READ = 3_000

/**
 * Which services or containers run against a limit of their own, while the box as a whole looks idle?
 *
 *   @ system.slice/orders.service
 *   cpu.max 20000 100000             <- 20 ms of every 100 ms: a fifth of one CPU
 *   cpu.stat nr_periods 1200
 *   cpu.stat nr_throttled 1100       <- held back in nearly all of them
 *   memory.max 536870912
 *   memory.current 536801280
 *   memory.stat anon 12582912        <- asked only of groups that use four fifths of their limit
 *   memory.stat shmem 520093696
 *   io.max 254:0 rbps=max wbps=1048576 riops=max wiops=max   <- asked only while a task is in state D
 *   blkio.throttle.write_bps_device 254:0 1048576             <- v1
 *
 * Only cgroups with a limit are sent (for pids: those that use half of it), down to five levels, at most 3,000
 * groups are asked. Sources: Documentation/admin-guide/cgroup-v2.rst, Documentation/scheduler/sched-bwc.rst, cgroups(7). Costs one process.
 */
export const cgroups = probe({
  id: 'cgroups',
  title: 'Control groups',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 3,
  together: true,
  script: `
have awk || { echo 'there is no awk on the box'; return 3; }
waits=; case $stat1 in *') D '*) waits=1;; esac
cd /sys/fs/cgroup 2>/dev/null || { echo 'no control groups are mounted at /sys/fs/cgroup'; return 3; }
if [ -e cgroup.controllers ]; then set -- ./ */ */*/ */*/*/ */*/*/*/
else
  set --
  for part in cpu memory pids unified \${waits:+blkio}; do
    [ ! -d $part ] || set -- "$@" $part/ $part/*/ $part/*/*/ $part/*/*/*/ $part/*/*/*/*/
  done
fi
[ $# -le ${FOLDERS_READ} ] || { IFS='
'; set -f; set -- $(printf '%s\\n' "$@" | head -n ${FOLDERS_READ}); set +f; unset IFS; }
WAITS=$waits awk '
  BEGIN {
    v2 = split("${FILES.v2}" (ENVIRON["WAITS"] ? " ${FILES.whileWaiting.v2}" : ""), all, " ")
    split("${FILES.whileWaiting.v1}", part, " "); for (at in part) v1["blkio " at] = part[at]
    split("${FILES.v1.cpu}", part, " "); for (at in part) v1["cpu " at] = part[at]
    split("${FILES.v1.memory}", part, " "); for (at in part) v1["memory " at] = part[at]
    split("${FILES.v1.pids}", part, " "); for (at in part) v1["pids " at] = part[at]
    for (each = 1; each < ARGC; each++) look(ARGV[each])
    tell() }
  function look(place,  at) {
    folder = place; sub(/\\/$/, "", folder); split(place, parts, "/"); top = parts[1]
    if (top ~ /^(cpu|memory|pids|blkio)$/) { for (at = 1; (top " " at) in v1; at++) read(place, v1[top " " at]) }
    else {
      if (top != "unified" && top != ".") folder = "./" folder
      for (at = 1; at <= v2; at++) read(place, all[at]) } }
  function read(place, name,  path, value) {
    path = place name
    while ((getline value < path) > 0) take(name, value)
    close(path) }
  function take(name, value) {
    if (name == "cpu.stat" && value !~ /^(nr_periods|nr_throttled|throttled_usec|throttled_time) /) return
    if (name == "memory.events" && value !~ /^oom_kill /) return
    if (name == "memory.oom_control" && value !~ /^oom_kill /) return
    lines[folder] = lines[folder] name " " value "\\n"
    if (name ~ /^blkio/ && value !~ /^[0-9]+:[0-9]+ [1-9]/) return
    if (name ~ /^(io\\.max|blkio)/) limited[folder] = 1
    if (name == "cpu.max" && value !~ /^max/) limited[folder] = 1
    if (name == "cpu.cfs_quota_us" && value + 0 > 0) limited[folder] = 1
    if (name == "memory.max" && value != "max") limited[folder] = 1
    if (name == "memory.limit_in_bytes" && length(value) < 17) limited[folder] = 1
    if (name ~ /^memory\\.(max|limit_in_bytes)$/) room[folder] = value
    if (name ~ /^memory\\.(current|usage_in_bytes)$/) used[folder] = value
    if (name == "pids.max" && value != "max") most[folder] = value
    if (name == "pids.current") pids[folder] = value }
  function tell(  line) {
        for (folder in most) if (pids[folder] * 2 >= most[folder] + 0) limited[folder] = 1
        for (folder in limited) {
          printf "@ %s\\n%s", folder, lines[folder]
          if (!(folder in used) || room[folder] == "max" || used[folder] * 5 < room[folder] * 4) continue
          while ((getline line < (folder "/memory.stat")) > 0)
            if (line ~ /^(anon|shmem|total_rss|total_shmem) /) print "memory.stat", line }
        print "end" }' "$@"
cd /proc`,
  parse: (samples): readonly Cgroup[] => {
    const seconds = windowSeconds(samples)
    const after = readGroups(samples.last ?? samples.first)
    const before = samples.first && seconds ? readGroups(samples.first) : undefined
    return [...after]
      .map(([path, now]) => overWindow(path, before?.get(path), now, seconds))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  },
})

type Fields = ReadonlyMap<string, string>

function overWindow(path: string, before: Fields | undefined, now: Fields, seconds: number | undefined): Cgroup {
  const number = (key: string, fields: Fields = now): number | undefined => {
    const value = fields.get(key)
    return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : undefined
  }
  const change = (key: string): number | undefined => {
    const [then, at] = [before && number(key, before), number(key)]
    return then === undefined || at === undefined ? undefined : growth(then, at)
  }
  const ioLimits = [...now].flatMap(readIoLimit)
  const periods = change('cpu.stat nr_periods')
  const throttled = change('cpu.stat nr_throttled')
  // v2 counts microseconds, v1 nanoseconds.
  const heldMicroseconds = change('cpu.stat throttled_usec') ?? divided(change('cpu.stat throttled_time'), 1000)
  return {
    path,
    cpuLimit: cpuLimit(now, number),
    throttledPeriodsPercent:
      periods === undefined || throttled === undefined ? undefined : periods === 0 ? 0 : (100 * throttled) / periods,
    throttledMsPerSecond: heldMicroseconds === undefined || !seconds ? undefined : heldMicroseconds / 1000 / seconds,
    memoryBytes: number('memory.current') ?? number('memory.usage_in_bytes'),
    memoryLimitBytes: number('memory.max') ?? smallEnough(number('memory.limit_in_bytes')),
    anonymousBytes: number('memory.stat anon') ?? number('memory.stat total_rss'),
    sharedBytes: number('memory.stat total_shmem') ?? number('memory.stat shmem'),
    oomKills: number('memory.events oom_kill') ?? number('memory.oom_control oom_kill'),
    pids: number('pids.current'),
    pidsLimit: number('pids.max'),
    ...(ioLimits.length > 0 ? { ioLimits } : {}),
  }
}

const IO_KINDS: ReadonlyMap<string, Pick<IoLimit, 'kind' | 'unit'>> = new Map([
  ['rbps', { kind: 'read', unit: 'bytes' }],
  ['wbps', { kind: 'write', unit: 'bytes' }],
  ['riops', { kind: 'read', unit: 'requests' }],
  ['wiops', { kind: 'write', unit: 'requests' }],
])

/** `io.max 254:0` with `rbps=max wbps=1048576 …`, or `blkio.throttle.write_bps_device 254:0` with the number. */
function readIoLimit([key, value]: readonly [string, string]): readonly IoLimit[] {
  const [, file, device = ''] = /^(io\.max|blkio\.throttle\.\w+) (\d{1,10}:\d{1,10})$/.exec(key) ?? []
  if (!file) return []
  const [, kind, unit] = /^blkio\.throttle\.([rw])\w+_(bps|iops)_device$/.exec(file) ?? []
  const pairs = kind && unit ? [`${kind}${unit}=${value}`] : value.split(' ')
  return pairs.flatMap((pair): readonly IoLimit[] => {
    const [, name = '', digits] = /^(\w+)=(\d{1,20})$/.exec(pair) ?? []
    const meaning = IO_KINDS.get(name)
    return meaning ? [{ device, ...meaning, perSecond: Number(digits) }] : []
  })
}

function cpuLimit(now: Fields, number: (key: string) => number | undefined): number | undefined {
  const [, quota, period] = /^(\d+) (\d+)$/.exec(now.get('cpu.max') ?? '') ?? []
  if (quota && period) return Number(quota) / Number(period)
  const quotaV1 = number('cpu.cfs_quota_us')
  const periodV1 = number('cpu.cfs_period_us')
  return quotaV1 !== undefined && periodV1 !== undefined && quotaV1 > 0 && periodV1 > 0 ? quotaV1 / periodV1 : undefined
}

/** v1 writes "no limit" as the largest page-aligned number, about 2^63. */
function smallEnough(bytes: number | undefined): number | undefined {
  return bytes !== undefined && bytes < 2 ** 60 ? bytes : undefined
}

function divided(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by
}

/** By path below the cgroup root; the hierarchies of v1 are joined on it. */
function readGroups(sample: Sample | undefined): ReadonlyMap<string, Fields> {
  const groups = new Map<string, Map<string, string>>()
  let current: Map<string, string> | undefined
  const lines = (sample?.text ?? '').split('\n')
  if (lines.at(-1) !== 'end') throw new Unreadable('the walk over the control groups did not come to its end')
  for (const line of lines) {
    if (line.startsWith('@ ')) {
      const path =
        line
          .slice(2)
          .replace(/^(?:\.|cpu|memory|pids|blkio|unified)(?=\/|$)/, '')
          .replace(/\/\.$/, '') || '/'
      current = groups.get(path) ?? new Map<string, string>()
      groups.set(path, current)
    } else if (current) {
      const [, key, value] =
        /^((?:cpu\.stat|memory\.events|memory\.oom_control|memory\.stat) \w+|(?:io\.max|blkio\.throttle\.\w+) \d+:\d+|\S+) (.+)$/s.exec(
          line,
        ) ?? []
      if (key && value !== undefined) current.set(key, value)
    }
  }
  return groups
}
