import { bytes, count, duration } from '../../base/format.ts'
import type { KernelLog, KernelLogLine } from '../../evidence/probes/kernel-log.ts'
import { check, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'

export const oomKills = check({
  id: 'oom-kills',
  title: 'The kernel killed processes for lack of memory',
  resource: 'memory',
  about:
    'When memory cannot be reclaimed the kernel kills the process that frees most, with SIGKILL: no log line of its own, no clean-up. Its supervisor starts it again and it looks like a crash. ' +
    '"Memory cgroup out of memory" means that a limit of a container or unit was hit, not the memory of the box.',
  needs: ['paging', 'clock'],
  wants: ['kernel-log'],
  limits: {
    recentSeconds: { value: 3_600, unit: 's', why: 'within the hour it belongs to the fire' },
    oldSeconds: { value: 86_400, unit: 's', why: 'within the day it is worth a line; older ones are history' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { recentSeconds, oldSeconds }, { box }) => {
    const { oomKills: total, oomKillsInWindow } = seen.paging
    const log = seen['kernel-log']
    const groups = readGroups(log?.lines ?? [])
    const kills = (log?.lines ?? [])
      .flatMap((line) => readKill(line, groups))
      .map((kill) => ({ ...kill, agoSeconds: (log?.readAtSeconds ?? 0) - kill.atSeconds }))
    const recent = kills.filter(({ agoSeconds }) => agoSeconds <= oldSeconds)
    const last = recent.at(-1)
    const look = next(
      box,
      "dmesg | grep -iE 'out of memory|oom-kill|killed process' | tail -n 20",
      'see each kill with its memory figures',
    )
    if (last) {
      const same = recent.filter(({ name }) => name === last.name)
      const unit = /([^/]+\.service)(?:\/|$)/.exec(last.group?.task ?? '')?.[1]
      const burning = last.agoSeconds <= recentSeconds
      const finding: FindingDraft = {
        state: burning ? 'critical' : 'warning',
        // What is over ranks below what burns at this moment, the more so the longer it is over.
        severity:
          (last.agoSeconds <= PRESENT_SECONDS ? 1 : 0.4) *
          Math.max(0, 1 - last.agoSeconds / (burning ? recentSeconds : oldSeconds)),
        title: `The kernel killed ${last.name} (${last.pid}${unit ? `, ${unit}` : ''}) ${last.cgroup ? `at ${limitWords(last.group)}` : 'for lack of memory'} ${duration(last.agoSeconds)} ago${same.length > 1 ? `, ${count(same.length, 'time')} within a day` : ''}`,
        why: last.cgroup
          ? `The limit of a control group${last.group ? ` (${last.group.limited})` : ' (container or unit)'} was hit, not the end of the memory of the box${last.group && last.group.task !== last.group.limited ? `; the process is in ${last.group.task}, below it` : ''}. Who is in that group shares the limit, and the kernel kills the largest of them.`
          : 'The box had no memory left that could be reclaimed.',
        subject: { kind: 'process', name: last.name, pid: last.pid, ...(unit ? { unit } : {}) },
        measured: [{ what: 'kills within a day', value: recent.length, unit: 'count', source: 'dmesg' }],
        sinceMs:
          seen.clock.boxMs -
          seen.clock.skewMs -
          Math.round(((log?.readAtSeconds ?? 0) - (same[0]?.atSeconds ?? last.atSeconds)) * 1000),
        next: [look],
      }
      return verdict([finding], '')
    }
    if (total !== undefined && total > 0 && !log) {
      return verdict(
        [
          {
            state: oomKillsInWindow ? 'critical' : 'warning',
            severity: 0.5,
            title: `The kernel has killed ${count(total, 'process', 'processes')} for lack of memory since it booted`,
            why: 'When, and which, is in the kernel log, which this user may not read.',
            subject: { kind: 'box', name: box },
            measured: [{ what: 'OOM kills since boot', value: total, unit: 'count', source: '/proc/vmstat' }],
            next: [next(box, "dmesg | grep -i 'killed process'", 'see which ones')],
          },
        ],
        '',
      )
    }
    return verdict(
      [],
      total === undefined
        ? 'the kernel log tells of no kill for lack of memory'
        : `${count(total, 'kill')} for lack of memory since boot, none within a day${total > 0 ? reachWords(log, oldSeconds) : ''}`,
    )
  },
})

/** What is left of a log that has turned over, or was cleared, clears nothing further back. */
function reachWords(log: KernelLog | undefined, wantedSeconds: number): string {
  const [first] = log?.lines ?? []
  const reach = (log?.readAtSeconds ?? 0) - (first?.atSeconds ?? log?.readAtSeconds ?? 0)
  return reach >= wantedSeconds ? '' : ` as far as the kernel log tells, whose first line is ${duration(reach)} old`
}

/** A kill that is younger belongs to what is seen now. Seconds. */
const PRESENT_SECONDS = 60

interface Kill {
  readonly atSeconds: number
  readonly pid: number
  readonly name: string
  readonly cgroup: boolean
  /** That group, where the line before the kill names it. */
  readonly group: Group | undefined
}

interface Group {
  /** Path of the one whose limit was hit. */
  readonly limited: string
  /** Path of the one that the process was in: the same, or below it. */
  readonly task: string
  readonly limitBytes: number | undefined
}

/** `the memory limit of orders.service (512 MiB)`. */
function limitWords(group: Group | undefined): string {
  if (!group) return 'the memory limit of its control group'
  const { limited, limitBytes } = group
  const unit = /([^/]+\.(?:service|scope|slice))\/?$/.exec(limited)?.[1]
  const container = /([0-9a-f]{12})[0-9a-f]{52}(?:\.scope)?$/.exec(limited)?.[1]
  const who = container ? `container ${container}` : (unit ?? limited)
  return `the memory limit of ${who}${limitBytes === undefined ? '' : ` (${bytes(limitBytes)})`}`
}

/** `Out of memory: Killed process 812 (orders-api) total-vm:…`, `Memory cgroup out of memory: …`; mm/oom_kill.c, __oom_kill_process. */
function readKill(
  { atSeconds, text }: { readonly atSeconds: number; readonly text: string },
  groups: ReadonlyMap<number, Group>,
): readonly Kill[] {
  const [, cgroup, pid, name] =
    /(Memory cgroup )?[Oo]ut of memory[^:]*: Kill(?:ed)? process (\d+) \((.*?)\)(?=[, ]|$)/s.exec(text) ?? []
  return pid && name !== undefined
    ? [{ atSeconds, pid: Number(pid), name, cgroup: cgroup !== undefined, group: groups.get(Number(pid)) }]
    : []
}

/**
 * By process: `memory: usage 524288kB, limit 524288kB, failcnt 42`, then
 * `oom-kill:constraint=CONSTRAINT_MEMCG,…,oom_memcg=/system.slice,task_memcg=/system.slice/orders.service,task=orders-api,pid=812,uid=0`;
 * mem_cgroup_print_oom_meminfo() of mm/memcontrol.c, dump_oom_summary() of mm/oom_kill.c.
 */
function readGroups(lines: readonly KernelLogLine[]): ReadonlyMap<number, Group> {
  const groups = new Map<number, Group>()
  let limit: { readonly bytes: number; readonly atSeconds: number } | undefined
  for (const { atSeconds, text } of lines) {
    const [, kilobytes] = /^memory: usage \d+kB, limit (\d{1,15})kB,/.exec(text) ?? []
    if (kilobytes) limit = { bytes: Number(kilobytes) * 1024, atSeconds }
    const [, limited, task, pid] =
      /^oom-kill:constraint=CONSTRAINT_MEMCG,.*,oom_memcg=(\/[^,]*),task_memcg=(\/[^,]*),.*,pid=(\d+),/.exec(text) ?? []
    if (!limited || !task || !pid) continue
    const fresh = limit && atSeconds - limit.atSeconds <= REPORT_SECONDS ? limit.bytes : undefined
    groups.set(Number(pid), { limited, task, limitBytes: fresh })
    limit = undefined
  }
  return groups
}

/** All lines of one report are written at once; listing the tasks of a large group takes a moment. Seconds. */
const REPORT_SECONDS = 2
