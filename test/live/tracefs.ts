import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Where probes of the kernel are set. */
export const TRACING = '/sys/kernel/tracing'

/** Why probes of the kernel cannot be set on this machine; mounts tracefs where nobody has yet, which only root can. Empty: they can. */
export function noUprobes(): string {
  const has = (): boolean => existsSync(`${TRACING}/uprobe_events`)
  if (!has()) spawnSync('mount', ['-t', 'tracefs', 'tracefs', TRACING])
  return has() ? '' : 'no uprobes'
}
