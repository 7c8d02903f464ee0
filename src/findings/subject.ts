import type { Value } from '../evidence/evidence.ts'
import type { Subject } from './finding.ts'

/** What may be known of a process beside its number; each part may be unseen. */
export interface Known {
  readonly 'process-stat'?: Value<'process-stat'> | undefined
  readonly 'process-command'?: Value<'process-command'> | undefined
  readonly 'process-cgroup'?: Value<'process-cgroup'> | undefined
}

/** Longest command line that a finding carries. Characters. */
const COMMAND_LINE_KEPT = 300

/** The process as subject of a finding: number, name, unit, container and command line as far as they were seen. */
export function processSubject(pid: number, known: Known): Subject {
  const name = known['process-stat']?.byPid.get(pid)?.name ?? `process ${pid}`
  const commandLine = known['process-command']?.get(pid)?.slice(0, COMMAND_LINE_KEPT)
  const group = known['process-cgroup']?.get(pid)
  return {
    kind: 'process',
    name,
    pid,
    ...(group?.unit ? { unit: group.unit } : {}),
    ...(group?.container ? { container: group.container } : {}),
    ...(commandLine ? { commandLine } : {}),
  }
}

/** `orders-api (812, orders-api.service)`: a process in running text. */
export function processWords({ name, pid, unit, container }: Subject): string {
  const where = unit ?? (container ? `container ${container}` : undefined)
  return `${name} (${[pid, where].filter((part) => part !== undefined).join(', ')})`
}
