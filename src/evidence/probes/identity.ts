import { probe, Unreadable } from '../probe.ts'

export interface Identity {
  readonly hostname: string
  /** machine-id(5), 32 hex digits; empty where the box has none (a minimal container). */
  readonly machineId: string
  /** /proc/sys/kernel/random/boot_id. */
  readonly bootId: string
  readonly os: string
  readonly kernel: string
  readonly arch: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly user: string
  readonly uid: number
}


export const identity = probe({
  id: 'identity',
  title: 'Identity',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): Identity => {
    throw new Unreadable('UNWRITTEN')
  },
})
