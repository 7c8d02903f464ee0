import type { Reading } from '../reading.ts'
import type { InspectedThread } from './thread.ts'

/** What /proc says of one process at one time. All texts are as the box gave them. */
export interface InspectedProcess {
  /** In the PID namespace of the box. */
  readonly pid: number
  /** Field 22 of stat: ticks after boot. With the PID it names one process; another one that took the number has another. */
  readonly startTicks: number
  /** Milliseconds since the epoch, by the clock of the box; missing where /proc/stat gave no boot time. */
  readonly startedAtMs?: number
  /** comm: at most 15 bytes. */
  readonly name: string
  /** Letter of proc_pid_stat(5), field 3. */
  readonly state: string
  readonly ppid: number
  /** Real and effective user. They differ in a setuid program. */
  readonly uid: number
  readonly effectiveUid: number
  /** Empty for a kernel thread or a zombie. */
  readonly argv: readonly string[]
  readonly executable: Reading<Executable>
  readonly workingFolder: Reading<string>
  /** `/`, or where it was chrooted, as the box sees it. */
  readonly root: Reading<string>
  /** Its PID in each nested PID namespace, outermost first (NSpid); one number where there is none. */
  readonly namespacePids: readonly number[]
  /** Same mount namespace as whoever inspects; missing where it could not be read. A path of it then may mean another file. */
  readonly sameFiles?: boolean
  /** Path of its cgroup (v2), and what is read from it. */
  readonly cgroup?: string
  readonly unit?: string
  /** Id of the container, as its cgroup has it. */
  readonly container?: string
  /** Who traces it (a debugger, strace), if anybody does. */
  readonly tracer?: ProcessName
  /** Masks of signals (status: SigCgt, SigBlk, SigIgn), bit 0 is signal 1. */
  readonly signals: { readonly caught: bigint; readonly blocked: bigint; readonly ignored: bigint }
  /** Seccomp mode of status: 0 none, 1 strict, 2 filter. */
  readonly seccomp: number
  readonly threadCount: number
  /** Bounded: at most so many as were read (`threadCount` tells how many there are). */
  readonly threads: readonly InspectedThread[]
  readonly residentBytes: number
  readonly swapBytes: number
}

export interface Executable {
  /** Without ` (deleted)`. */
  readonly path: string
  /** Its file was removed or replaced since it started. */
  readonly deleted: boolean
}

export interface ProcessName {
  readonly pid: number
  readonly name: string
}
