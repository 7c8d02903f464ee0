import { probe, Unreadable } from '../probe.ts'

export interface KernelLimits {
  /** /proc/sys/fs/file-nr */
  readonly openFiles: { readonly used: number; readonly limit: number } | undefined
  readonly pidMax: number | undefined
  readonly threadsMax: number | undefined
  readonly connectionTracking: { readonly used: number; readonly limit: number } | undefined
  /** net.core.somaxconn */
  readonly listenBacklogMax: number | undefined
}

export const kernelLimits = probe({
  id: 'kernel-limits',
  title: 'Kernel limits',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): KernelLimits => {
    throw new Unreadable('UNWRITTEN')
  },
})
