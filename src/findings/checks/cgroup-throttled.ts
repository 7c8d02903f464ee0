import { percent } from '../../base/format.ts'
import { check, grade, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import type { Subject } from '../finding.ts'

export const cgroupThrottled = check({
  id: 'cgroup-throttled',
  title: 'A control group is held back by its CPU limit',
  resource: 'cpu',
  about:
    'A container or unit has a CPU limit (quota a period, often 100 ms). When the quota is used up, all its threads stand still until the next period, while the box looks idle: latency in steps of tens of ' +
    'milliseconds. Many threads use a quota up quickly.',
  needs: ['cgroups'],
  wants: ['process-cgroup', 'process-stat'],
  limits: {
    warningPercent: { value: 20, unit: '% of periods', why: 'one request in five meets a stop of up to a period' },
    criticalPercent: { value: 60, unit: '% of periods', why: 'it stands still more often than not' },
    heldBackMs: { value: 50, unit: 'ms a second', why: 'less than this is lost in any scheduling' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningPercent, criticalPercent, heldBackMs }, { box }) => {
    const limited = seen.cgroups.filter(({ cpuLimit }) => cpuLimit !== undefined)
    const findings = limited.flatMap((group): FindingDraft[] => {
      const throttled = group.throttledPeriodsPercent ?? 0
      const graded = grade(throttled, warningPercent, criticalPercent, 100)
      if (!graded || (group.throttledMsPerSecond ?? 0) < heldBackMs) return []
      const members = [...(seen['process-cgroup'] ?? [])].filter(([, { path }]) => path === group.path)
      const busiest = members
        .flatMap(([pid]) => seen['process-stat']?.byPid.get(pid) ?? [])
        .toSorted((a, b) => (b.cpuPercent ?? 0) - (a.cpuPercent ?? 0))[0]
      return [
        {
          ...graded,
          title: `${groupWords(group.path, members[0]?.[1])} may use ${(group.cpuLimit ?? 0).toFixed(2)} CPUs and was held back in ${percent(throttled)} of its periods`,
          why: `Its threads stood still for ${(group.throttledMsPerSecond ?? 0).toFixed(0)} ms of each second${busiest ? `; busiest in it is ${busiest.name} (${busiest.pid})` : ''}. The box itself may be idle.`,
          subject: groupSubject(group.path, members[0]?.[1]),
          measured: [
            {
              what: 'periods in which it was throttled',
              value: throttled,
              limit: 100,
              unit: '%',
              source: `/sys/fs/cgroup${group.path}/cpu.stat`,
            },
            {
              what: 'CPU limit',
              value: group.cpuLimit ?? NaN,
              unit: 'CPUs',
              source: `/sys/fs/cgroup${group.path}/cpu.max`,
            },
          ],
          next: [next(box, 'systemd-cgtop -b -n 2 --order=cpu', 'see which groups use the CPU')],
        },
      ]
    })
    if (limited.length > 0 && limited.every((group) => group.throttledPeriodsPercent === undefined))
      return unknown('there is no second sample')
    return verdict(
      findings,
      limited.length === 0
        ? 'no control group has a CPU limit'
        : `none of ${limited.length} control groups with a CPU limit was held back much`,
    )
  },
})

/** The unit or container that a control group stands for, if its members tell. */
export function groupSubject(
  path: string,
  member: { readonly unit: string | undefined; readonly container: string | undefined } | undefined,
): Subject {
  const unit = member?.unit ?? /([^/]+\.(?:service|scope|slice))$/.exec(path)?.[1]
  if (member?.container) return { kind: 'container', name: member.container, container: member.container }
  return unit ? { kind: 'unit', name: unit, unit } : { kind: 'container', name: path }
}

/**
 * A control group at the beginning of a title: the unit or the container whose own group it is, else its path, said to be one. A limit may be that of a
 * group above the unit of a member: then that unit is not the one that has it.
 */
export function groupWords(path: string, member: { readonly container: string | undefined } | undefined): string {
  const last = path.slice(path.lastIndexOf('/') + 1)
  if (member?.container !== undefined && last.includes(member.container)) return `Container ${member.container}`
  return /.\.(?:service|scope|slice)$/.test(last) ? last : `Control group ${path}`
}
