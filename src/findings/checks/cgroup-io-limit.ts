import { bytes, count } from '../../base/format.ts'
import type { Cgroup, IoLimit } from '../../evidence/probes/cgroups.ts'
import { check, verdict, type FindingDraft } from '../check.ts'
import { next, quoted } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const cgroupIoLimit = check({
  id: 'cgroup-io-limit',
  title: 'A control group is held back by its I/O limit',
  resource: 'disk',
  about:
    'A container or unit may have a limit of bytes or requests a second to a device (IOWriteBandwidthMax=, docker run --device-write-bps; io.max, in v1 blkio.throttle.*). At the limit its processes stand still in state D as if the disk were slow, while the disk is idle: all that counts waiting (iowait, pressure, load average) goes up. Looked for while a task waits in state D.',
  needs: ['cgroups', 'process-stat', 'process-cgroup'],
  wants: ['process-io', 'open-files', 'process-command'],
  limits: {
    usedShare: {
      value: 0.5,
      unit: 'of the limit',
      why: 'who waits for the limit gets all of it; with what others of the group use and the edges of the window half of it is near enough. Of one that uses less the wait has another reason',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { usedShare }, { box }) => {
    const { processes } = seen['process-stat']
    const limited = seen.cgroups.filter(({ ioLimits }) => ioLimits !== undefined)
    const members = (path: string): readonly number[] =>
      processes.flatMap(({ pid }) => (isBelow(seen['process-cgroup'].get(pid)?.path, path) ? [pid] : []))
    const findings = limited.flatMap((group): readonly FindingDraft[] => {
      const pids = members(group.path)
      const waiting = processes.find(
        ({ pid, state, stateBefore }) => state === 'D' && stateBefore === 'D' && pids.includes(pid),
      )
      if (!waiting) return []
      // Of those that are not ours nothing is counted: then 0 is not what they read and write.
      const visible = seen['open-files'] === undefined || seen['open-files'].byPid.has(waiting.pid)
      const counted = visible ? seen['process-io'] : undefined
      const rateOf = ({ kind }: IoLimit): number | undefined =>
        counted &&
        pids.reduce((sum, pid) => {
          const io = counted.get(pid)
          return sum + ((kind === 'read' ? io?.readBytesPerSecond : io?.writeBytesPerSecond) ?? 0)
        }, 0)
      // How many requests a process makes is not known, nor, without root, how much it writes.
      const measured = (limit: IoLimit): number | undefined => (limit.unit === 'bytes' ? rateOf(limit) : undefined)
      const limits = group.ioLimits ?? []
      const reached =
        limits.find((limit) => (measured(limit) ?? 0) >= usedShare * limit.perSecond) ??
        limits.find((limit) => measured(limit) === undefined)
      return reached ? [heldBack(group, reached, measured(reached), processSubject(waiting.pid, seen), box)] : []
    })
    return verdict(
      findings.slice(0, 5),
      limited.length > 0
        ? `${count(limited.length, 'control group')} with a limit of I/O; nobody waits for one`
        : 'no control group that somebody waits in has a limit of I/O',
    )
  },
})

/** Below that of iowait, which did measure: its least is a fifth of the time. */
const HEDGED_SEVERITY = 0.1

function heldBack(
  { path }: Cgroup,
  limit: IoLimit,
  rate: number | undefined,
  subject: FindingDraft['subject'],
  box: string,
): FindingDraft {
  const { kind, unit, perSecond, device } = limit
  const most = unit === 'bytes' ? bytes(perSecond) : `${perSecond} requests`
  return {
    state: 'warning',
    severity: rate === undefined ? HEDGED_SEVERITY : 0.6,
    ...(rate === undefined ? { hedged: true } : {}),
    title: `${processWords(subject)} ${
      rate === undefined
        ? `waits in state D, and its control group ${path} has an I/O limit that may be the reason`
        : `waits for the I/O limit of its control group ${path}`
    }: it may ${kind} ${most} a second`,
    why:
      rate === undefined
        ? `How much of the limit is used could not be measured. If the disk (${device}) is idle, it is the limit that makes its processes wait.`
        : `The group ${kind}s ${bytes(rate)} a second. The disk (${device}) may well be idle: it is the limit that makes its processes wait.`,
    subject,
    measured: [
      {
        what: `limit of the group, ${kind} ${unit}`,
        value: rate ?? perSecond,
        limit: perSecond,
        unit: unit === 'bytes' ? 'bytes/s' : 'count/s',
        source: `io.max or blkio.throttle.* of ${path}`,
      },
    ],
    next: [
      next(
        box,
        `grep -s . ${quoted(`/sys/fs/cgroup${path}/io.max`)} ${quoted(`/sys/fs/cgroup/blkio${path}`)}/blkio.throttle.*_device`,
        'see all its limits',
      ),
    ],
  }
}

/** The limit of a group counts for all groups below it. */
function isBelow(path: string | undefined, group: string): boolean {
  return path !== undefined && (path === group || group === '/' || path.startsWith(`${group}/`))
}
