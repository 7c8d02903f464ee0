import { probe, Unreadable } from '../probe.ts'

/** One line of /proc/PID/stat (proc_pid_stat(5)), with rates over the window where both samples have it. */
export interface ProcessStat {
  readonly pid: number
  readonly ppid: number
  readonly processGroup: number
  /** comm: at most 15 bytes, any characters. */
  readonly name: string
  /** R S D Z T t X I (proc_pid_stat(5)). */
  readonly state: string
  readonly kernelThread: boolean
  readonly threads: number
  /** Percent of one CPU (200: two CPUs busy); undefined when it was seen only once. */
  readonly cpuPercent: number | undefined
  readonly systemPercent: number | undefined
  readonly rssBytes: number
  readonly rssBytesPerSecond: number | undefined
  readonly majorFaultsPerSecond: number | undefined
  readonly startedSecondsAfterBoot: number
  readonly ageSeconds: number
  /** CPU seconds since it started. */
  readonly cpuSeconds: number
}
export interface ProcessStats {
  /** The last sample (the first where there is no last). */
  readonly processes: readonly ProcessStat[]
  readonly byPid: ReadonlyMap<number, ProcessStat>
  /** Seen in the last sample only, started within the window. */
  readonly appeared: readonly ProcessStat[]
  /** Seen in the first sample only. */
  readonly vanished: readonly ProcessStat[]
  readonly windowSeconds: number | undefined
}

export const processStat = probe({
  id: 'process-stat',
  title: 'Processes',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): ProcessStats => {
    throw new Unreadable('UNWRITTEN')
  },
})
