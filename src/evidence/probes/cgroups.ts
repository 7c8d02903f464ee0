import { probe, Unreadable } from '../probe.ts'

/** A cgroup that has a limit (v1 or v2). Documentation/admin-guide/cgroup-v2.rst. */
export interface Cgroup {
  readonly path: string
  /** CPUs it may use (cpu.max quota / period); undefined without a limit. */
  readonly cpuLimit: number | undefined
  /** Share of the periods of the window in which it was throttled, percent. */
  readonly throttledPeriodsPercent: number | undefined
  /** Milliseconds a second in which it was held back. */
  readonly throttledMsPerSecond: number | undefined
  readonly memoryBytes: number | undefined
  readonly memoryLimitBytes: number | undefined
  /** memory.events oom_kill since the cgroup was made. */
  readonly oomKills: number | undefined
  /** pids.current and pids.max. */
  readonly pids: number | undefined
  readonly pidsLimit: number | undefined
}

export const cgroups = probe({
  id: 'cgroups',
  title: 'Control groups',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): readonly Cgroup[] => {
    throw new Unreadable('UNWRITTEN')
  },
})
