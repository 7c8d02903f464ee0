import type { Frame } from './frame.ts'
import type { SystemCall } from './system-call.ts'

/** What a thread does now, as /proc/PID/task/TID says. */
export interface InspectedThread {
  readonly tid: number
  /** At most 15 bytes of anything: a thread names itself. */
  readonly name: string
  /** Letter of proc_pid_stat(5), field 3: R S D T t Z X I. */
  readonly state: string
  /** CPU time in the window between the two samples; missing for a thread that came or went meanwhile. Milliseconds. */
  readonly cpuMs?: number
  /** Time in the window in which it could have run and waited for a CPU. Milliseconds. */
  readonly waitedMs?: number
  /** CPU that it used since it began. Milliseconds. */
  readonly totalCpuMs: number
  /** Function of the kernel in which it waits; missing for one that runs, and where it could not be read. */
  readonly waitChannel?: string
  /** The system call that it is in; missing for one that runs, and where it could not be read. */
  readonly systemCall?: SystemCall
  /** How often it was switched away in the window; 0 with CPU 0 means that it did not move at all. */
  readonly switches?: number
  /** Innermost first; empty unless an inspector of stacks was asked. */
  readonly frames: readonly Frame[]
}
