import { bytes, count, percent } from '../../base/format.ts'
import { check, grade, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processWords, processSubject } from '../subject.ts'
import { groupSubject, groupWords } from './cgroup-throttled.ts'

export const cgroupMemory = check({
  id: 'cgroup-memory',
  title: 'A control group is near its memory limit',
  resource: 'memory',
  about:
    'A container or unit with a memory limit is killed inside that limit while the box has plenty. Its use includes page cache, which gives way; what counts is the memory of its processes (anonymous pages) and what lies on tmpfs (/dev/shm, /tmp in memory), which do not.',
  needs: ['cgroups', 'process-cgroup', 'process-status'],
  wants: ['process-stat', 'process-command'],
  limits: {
    warningPercent: { value: 85, unit: '% of the limit', why: 'the page cache of the group is being squeezed out' },
    criticalPercent: { value: 95, unit: '% of the limit', why: 'one more allocation burst and the kernel kills in it' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningPercent, criticalPercent }, { box }) => {
    const limited = seen.cgroups.filter(
      ({ memoryLimitBytes }) => memoryLimitBytes !== undefined && memoryLimitBytes > 0,
    )
    if (limited.some(({ memoryBytes }) => memoryBytes === undefined))
      return unknown('the use of a limited control group could not be read')
    if (
      limited.length > 0 &&
      [...seen['process-status'].values()].some(({ anonymousBytes }) => anonymousBytes === undefined)
    )
      return unknown('the kernel does not say how much memory of its own a process has (before 4.5)')
    const shares = limited.map((group) => {
      // The limit at the root is that of the box itself, a container: all that runs in it counts, and no path needs to be said.
      const isBox = group.path === '/'
      const members = isBox
        ? [...seen['process-status'].keys()]
        : [...seen['process-cgroup']].flatMap(([pid, { path }]) =>
            path === group.path || path.startsWith(`${group.path}/`) ? [pid] : [],
          )
      const held = members.map((pid) => ({
        pid,
        membership: seen['process-cgroup'].get(pid),
        bytes: seen['process-status'].get(pid)?.anonymousBytes ?? 0,
      }))
      const anonymous = held.reduce((sum, each) => sum + each.bytes, 0)
      // Processes of other PID namespaces are not ours to add up: the group's own figure is then an upper bound at most.
      const own = group.anonymousBytes ?? Math.min(anonymous, group.memoryBytes ?? anonymous)
      const shared = group.sharedBytes ?? 0
      const used = own + shared
      return {
        group,
        isBox,
        largest: held.toSorted((a, b) => b.bytes - a.bytes)[0],
        used,
        shared,
        share: (100 * used) / (group.memoryLimitBytes ?? Infinity),
      }
    })
    const findings = shares.flatMap(({ group, isBox, largest, used, shared, share }): FindingDraft[] => {
      const graded = grade(share, warningPercent, criticalPercent, 100)
      if (!graded) return []
      const subject = largest && processSubject(largest.pid, seen)
      const most =
        shared > used / 2
          ? `${bytes(shared)} of it is shared memory or files on tmpfs`
          : subject
            ? `most is ${processWords(subject)}`
            : 'its processes could not be seen'
      return [
        {
          ...graded,
          title: `${isBox ? 'The box as a whole' : groupWords(group.path, largest?.membership)} uses ${bytes(used)} (${percent(share)}) of its memory limit of ${bytes(group.memoryLimitBytes ?? 0)}; ${most}`,
          why: `${isBox ? 'The limit is that of the box itself, a container: at' : 'At'} the limit the kernel kills a process in it, whatever the ${isBox ? 'machine below it' : 'box'} has left${group.oomKills ? `; it has done so ${count(group.oomKills, 'time')} already` : ''}.`,
          subject: {
            ...(isBox ? { kind: 'box' as const, name: box } : groupSubject(group.path, largest?.membership)),
            ...(largest ? { pid: largest.pid } : {}),
          },
          measured: [
            {
              what: 'memory of its processes',
              value: used,
              limit: group.memoryLimitBytes ?? 0,
              unit: 'bytes',
              source: `/sys/fs/cgroup${isBox ? '' : group.path}/memory.current`,
            },
          ],
          next: [
            ...(shared > used / 2
              ? [next(box, 'df -h -t tmpfs; ipcs -m', 'see which tmpfs or shared memory it is')]
              : []),
            ...(largest
              ? [
                  next(
                    box,
                    `cat /proc/${largest.pid}/smaps_rollup`,
                    'see what kind of memory its largest process holds',
                  ),
                ]
              : []),
          ],
        },
      ]
    })
    const fullest = shares.toSorted((a, b) => b.share - a.share)[0]
    return verdict(
      findings,
      fullest
        ? `fullest control group with a memory limit is ${fullest.isBox ? 'that of the box itself' : fullest.group.path} at ${percent(fullest.share)}`
        : 'no control group has a memory limit',
    )
  },
})
