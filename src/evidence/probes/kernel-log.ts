import { probe, Unreadable } from '../probe.ts'

export interface KernelLogLine {
  /** Seconds since boot. */
  readonly atSeconds: number
  readonly text: string
}
export interface KernelLog {
  /** Oldest first; at most the last 400 lines. */
  readonly lines: readonly KernelLogLine[]
  /** Seconds since boot when it was read. */
  readonly readAtSeconds: number
}

export const kernelLog = probe({
  id: 'kernel-log',
  title: 'Kernel log',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): KernelLog => {
    throw new Unreadable('UNWRITTEN')
  },
})
