import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Where probes of the kernel are set. */
export const TRACING = '/sys/kernel/tracing'

/** Why probes of the kernel cannot be set on this machine. Empty: they can. To see it nothing is mounted that anybody else sees. */
export function noUprobes(): string {
  const has = `mountpoint -q ${TRACING} || mount -t tracefs tracefs ${TRACING}; test -e ${TRACING}/uprobe_events`
  const { status } = spawnSync('unshare', ['--mount', 'sh', '-c', has], { stdio: 'ignore' })
  return status === 0 || existsSync(`${TRACING}/uprobe_events`) ? '' : 'no uprobes'
}

/** Mounts tracefs where nobody has yet. Gives what unmounts it, once no other test file that asked for it needs it: they run beside each other. It stays where something else uses it by then, as perf does. */
export function mountTracefs(): () => void {
  const users = path.join(tmpdir(), 'halligan-test-tracefs')
  locked(`mountpoint -q ${TRACING} || { mount -t tracefs tracefs ${TRACING} && : >${users}; }
    [ ! -e ${users} ] || echo ${process.pid} >>${users}`)
  return () =>
    locked(`[ -e ${users} ] || exit 0
    others=$(while read -r pid; do [ $pid = ${process.pid} ] || [ ! -d /proc/$pid ] || echo $pid; done <${users})
    if [ -n "$others" ]; then echo "$others" >${users}; else umount ${TRACING} 2>/dev/null && rm ${users} || :; fi`)
}

function locked(script: string): void {
  const lock = path.join(tmpdir(), 'halligan-test-tracefs.lock')
  const { status, stderr } = spawnSync('flock', [lock, 'sh', '-c', script], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`tracefs: ${stderr}`)
}
