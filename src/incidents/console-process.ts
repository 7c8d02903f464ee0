import { readFileSync } from 'node:fs'

/** A process of a console. Its number alone says little: the next one that gets it, after a reboot at the latest, is another one. */
export interface ConsoleProcess {
  readonly host: string
  readonly pid: number
  /** The boot it lives in and when in that it began, as one word of letters, digits and a dot; undefined where the system does not say. */
  readonly born?: string | undefined
}

export function thisConsole(host: string): ConsoleProcess {
  return { host, pid: process.pid, born: bornOf(process.pid) }
}

/** Of this machine. Where nothing is known of its birth, or the system tells no more of it, a process of that number is taken for it. */
export function isAlive({ pid, born }: ConsoleProcess): boolean {
  if (!isThere(pid)) return false
  if (born === undefined) return true
  const boot = bootId()
  if (boot !== undefined && !born.startsWith(`${boot}.`)) return false
  const now = bornOf(pid)
  return now === undefined || now === born
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function bornOf(pid: number): string | undefined {
  const boot = bootId()
  const startTime = startTimeOf(pid)
  return boot === undefined || startTime === undefined ? undefined : `${boot}.${startTime}`
}

/** Linux: random(4). */
function bootId(): string | undefined {
  const id = textOf('/proc/sys/kernel/random/boot_id')?.trim().replaceAll('-', '')
  return id !== undefined && /^[0-9a-f]{32}$/.test(id) ? id : undefined
}

/** Ticks since the boot: field 22 of proc_pid_stat(5). The name before it may hold anything. */
const FIELDS_BEHIND_NAME = 22 - 3

function startTimeOf(pid: number): string | undefined {
  const stat = textOf(`/proc/${pid}/stat`)
  const field = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[FIELDS_BEHIND_NAME]
  return field !== undefined && /^\d+$/.test(field) ? field : undefined
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
