import { systemCallName } from './system-call-names.ts'

/** The system call in which a thread is, from /proc/PID/task/TID/syscall (proc_pid_syscall(5)). */
export interface SystemCall {
  readonly number: number
  /** By the table of the box's architecture; missing for a number that it does not have. */
  readonly name?: string
  /** Six registers as they were at the entry: arguments by position. */
  readonly args: readonly bigint[]
  /** Stack pointer and program counter in the process. */
  readonly stackPointer: bigint
  readonly programCounter: bigint
}

/**
 * Reads one line: a call with its registers; `running` for a thread on a processor; `-1 SP PC` for one that waits outside of a call (a page fault, a stop).
 *
 *   202 0x7f3a5c001b30 0x80 0x2 0x0 0x0 0x0 0x7f3a5bffed20 0x7f3a5c8e1a06
 */
export function systemCall(line: string, architecture: string): SystemCall | 'running' | 'none' | undefined {
  if (line.trim() === 'running') return 'running'
  const words = line.trim().split(' ')
  if (!/^-?\d{1,9}$/.test(words[0] ?? '') || words.slice(1).some((word) => !/^0x[0-9a-f]{1,16}$/.test(word)))
    return undefined
  const number = Number(words[0])
  if (number < 0) return words.length === 3 ? 'none' : undefined
  if (words.length !== 9) return undefined
  const name = systemCallName(architecture, number)
  const registers = words.slice(1).map((word) => BigInt(word))
  const [stackPointer = 0n, programCounter = 0n] = registers.slice(6)
  return { number, ...(name === undefined ? {} : { name }), args: registers.slice(0, 6), stackPointer, programCounter }
}
