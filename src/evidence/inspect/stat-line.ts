/** What is used of a line of /proc/PID/stat or /proc/PID/task/TID/stat (proc_pid_stat(5)). */
export interface StatLine {
  readonly pid: number
  readonly name: string
  readonly state: string
  readonly ppid: number
  readonly kernelThread: boolean
  /** User and system time. Clock ticks. */
  readonly ticks: number
  readonly threads: number
  readonly startTicks: number
  /** Of the field exit_code: how a zombie ended, as wait(2) gives it. */
  readonly exitCode: number | undefined
}

/** PF_KTHREAD (include/linux/sched.h). */
const KERNEL_THREAD = 0x20_0000

/** One row, newlines of the name in it; undefined for what is none. The name ends at the last parenthesis: it may have some itself. */
export function statLine(text: string): StatLine | undefined {
  const [, pid, name = '', rest = ''] = /^(\d+) \(([^]*)\) ([^)]*)$/.exec(text.trimEnd()) ?? []
  const fields = rest.split(' ')
  const number = (field: number): number => Number(fields[field - 3])
  const ticks = number(14) + number(15)
  if (pid === undefined || !/^[A-Za-z]$/.test(fields[0] ?? '') || !Number.isFinite(number(22))) return undefined
  return {
    pid: Number(pid),
    name,
    state: fields[0] ?? '?',
    ppid: number(4),
    kernelThread: (number(9) & KERNEL_THREAD) !== 0,
    ticks: Number.isFinite(ticks) ? ticks : 0,
    threads: number(20),
    startTicks: number(22),
    exitCode: fields.length >= 50 && Number.isFinite(number(52)) ? number(52) : undefined,
  }
}

/**
 * Files as `grep -H ''` gives them, each line behind the name of its file: whatever a process calls itself, its lines stay behind its own name.
 *
 *   task/812/stat:812 (orders-api) S 1 …
 */
export function filesByName(text: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, rest = ''] = /^([\w/.]+):(.*)$/.exec(line) ?? []
    if (name === undefined) continue
    const before = files.get(name)
    files.set(name, before === undefined ? rest : `${before}\n${rest}`)
  }
  return files
}

/** All rows of stat among files, by PID. */
export function statsIn(text: string): ReadonlyMap<number, StatLine> {
  const rows = [...filesByName(text)].flatMap(([name, content]): [number, StatLine][] => {
    const row = name.endsWith('/stat') || name === 'stat' ? statLine(content) : undefined
    return row ? [[row.pid, row]] : []
  })
  return new Map(rows)
}
