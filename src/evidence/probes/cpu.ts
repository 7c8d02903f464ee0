import { probe, Unreadable } from '../probe.ts'

/** Shares of the window in percent of the CPU's time; they add up to 100. Undefined fields of old kernels count 0. */
export interface CpuShares {
  readonly user: number
  readonly nice: number
  readonly system: number
  readonly idle: number
  readonly iowait: number
  readonly irq: number
  readonly softirq: number
  readonly steal: number
}
export interface Cpu {
  readonly cpus: number
  /** Over the window; undefined without a second sample. */
  readonly total: CpuShares | undefined
  readonly perCpu: readonly { readonly cpu: number; readonly shares: CpuShares }[]
  readonly contextSwitchesPerSecond: number | undefined
  readonly forksPerSecond: number | undefined
  readonly interruptsPerSecond: number | undefined
  /** procs_running and procs_blocked of the last sample. */
  readonly running: number
  readonly blocked: number
  /** Boot time, seconds since the epoch by the box's clock. */
  readonly bootSeconds: number
}

export const cpu = probe({
  id: 'cpu',
  title: 'CPU time',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): Cpu => {
    throw new Unreadable('UNWRITTEN')
  },
})
