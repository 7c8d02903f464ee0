import { filesOf, probe, NotThere } from '../probe.ts'

export interface KernelLimits {
  readonly openFiles: Use | undefined
  readonly pidMax: number | undefined
  readonly threadsMax: number | undefined
  readonly connectionTracking: Use | undefined
  /** fs.inotify.max_user_instances: for all processes of one user together. */
  readonly inotifyInstancesMax: number | undefined
  /** net.core.somaxconn */
  readonly listenBacklogMax: number | undefined
}

export interface Use {
  readonly used: number
  readonly limit: number
}

/**
 * How near is the kernel to the limits that hold for the whole box?
 *
 *   sys/fs/file-nr:1216	0	9223372036854775807      <- open files, free handles (always 0), limit
 *   sys/kernel/pid_max:4194304
 *   sys/net/netfilter/nf_conntrack_count:12
 *
 * Sources: proc_sys_fs(5), proc_sys_kernel(5), Documentation/networking/nf_conntrack-sysctl.rst. Costs nothing of its own.
 */
export const kernelLimits = probe({
  id: 'kernel-limits',
  title: 'Kernel limits',
  set: 'fast',
  moments: ['first'],
  limitSeconds: 2,
  files: [
    'sys/fs/file-nr',
    'sys/kernel/pid_max',
    'sys/kernel/threads-max',
    'sys/net/core/somaxconn',
    'sys/fs/inotify/max_user_instances',
    'sys/net/netfilter/nf_conntrack_count',
    'sys/net/netfilter/nf_conntrack_max',
  ],
  parse: ({ first }): KernelLimits => {
    const values = filesOf(first)
    const number = (name: string): number | undefined => {
      const value = values.get(`sys/${name}`)
      return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined
    }
    const [, used, limit] = /^(\d+)\s+\d+\s+(\d+)$/.exec(values.get('sys/fs/file-nr') ?? '') ?? []
    const tracked = number('net/netfilter/nf_conntrack_count')
    const trackedMost = number('net/netfilter/nf_conntrack_max')
    if (![...values.keys()].some((name) => name.startsWith('sys/'))) throw new NotThere('no limit could be read')
    return {
      openFiles: used && limit ? { used: Number(used), limit: Number(limit) } : undefined,
      pidMax: number('kernel/pid_max'),
      threadsMax: number('kernel/threads-max'),
      connectionTracking:
        tracked !== undefined && trackedMost !== undefined ? { used: tracked, limit: trackedMost } : undefined,
      inotifyInstancesMax: number('fs/inotify/max_user_instances'),
      listenBacklogMax: number('net/core/somaxconn'),
    }
  },
})
