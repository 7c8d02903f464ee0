import { probe, Unreadable, type Sample } from '../probe.ts'
import { wholeRows, wholeRowsAwk } from '../stat-rows.ts'

/** One line of /proc/PID/stat, with rates over the window where both samples have it. */
export interface ProcessStat {
  readonly pid: number
  readonly ppid: number
  readonly processGroup: number
  /** comm: at most 15 bytes (more for kernel workers), any characters. */
  readonly name: string
  /** R S D Z T t X I (proc_pid_stat(5)). */
  readonly state: string
  /** State in the first sample; undefined when it was seen only once. A state that lasts is not a coincidence. */
  readonly stateBefore: string | undefined
  readonly kernelThread: boolean
  /** It has a controlling terminal: somebody's shell, not a service. */
  readonly terminal: boolean
  readonly threads: number
  /** More of them than in the first sample, a second; undefined when it was seen only once. */
  readonly threadsPerSecond: number | undefined
  readonly nice: number
  /** It goes before all ordinary work (sched(7)); undefined for what is scheduled as usual, and where the line does not say. */
  readonly realTimePolicy: string | undefined
  /** The CPU on which its main thread ran last; undefined when that was another one in the first sample, or is not known. */
  readonly cpu: number | undefined
  /** Percent of one CPU (200: two CPUs busy); undefined when it was seen only once. */
  readonly cpuPercent: number | undefined
  readonly systemPercent: number | undefined
  readonly rssBytes: number
  readonly rssBytesPerSecond: number | undefined
  readonly majorFaultsPerSecond: number | undefined
  /** Minor faults of children that ended and were waited for (each child costs at least some dozens): churn, by parent. */
  readonly childFaultsPerSecond: number | undefined
  /** The same faults since it started: whether it has lost children like this all along. */
  readonly childFaults: number
  /** CPU time of such children, percent of one CPU: what dies at once has not worked. */
  readonly childCpuPercent: number | undefined
  /** Minor faults of its own since it started: what its parent will be charged for it at least. */
  readonly ownFaults: number
  /** How a zombie ended, as wait(2) gives it: 0 is a good end. Undefined for all others; the kernel tells only root, and the user of the parent, the truth. */
  readonly waitStatus: number | undefined
  readonly startedSecondsAfterBoot: number
  readonly ageSeconds: number
  /** CPU seconds since it started. */
  readonly cpuSeconds: number
}

export interface ProcessStats {
  /** The last sample (the first where there is no last), without the collection's own processes. */
  readonly processes: readonly ProcessStat[]
  readonly byPid: ReadonlyMap<number, ProcessStat>
  /** Seen in the last sample only: started within the window. */
  readonly appeared: readonly ProcessStat[]
  /** Seen in the first sample only. */
  readonly vanished: readonly ProcessStat[]
  readonly windowSeconds: number | undefined
}

/**
 * Which processes are there, what are they doing, what do they use?
 *
 *   self 11206 4071.33 4        <- our own shell (it and what it started are left out), seconds since boot, size of a page in KiB
 *   812 (orders-api) S 1 812 812 0 -1 4194560 9213 0 12 0 3021 911 0 0 20 0 9 0 84213 …
 *   end
 *   pid (name) state ppid group session tty … minor-faults · major-faults · user system … nice threads · start · rss
 *
 * In the last sample `= 913` stands for a line that has not changed, as most have not: it is what keeps the answer small.
 * Ticks are 1/100 s (USER_HZ), rss is in pages (4, 16 or 64 KiB). The kernel writes a name as it is, newlines too. The first sample
 * is taken before all else, so that other probes can compare with it too (stat1). Source: proc_pid_stat(5). Costs one process and
 * 15 ms a sample with 500 processes.
 */
export const processStat = probe({
  id: 'process-stat',
  title: 'Processes',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 4,
  together: true,
  prepare: `stats() { grep -sha '' [0-9]*/stat; }
read -r stat1_at _ <uptime; stat1=$(grep -sha '' [0-9]*/stat)
while read -r word page _; do [ "$word" != KernelPageSize: ] || break; done <self/smaps`,
  script: `
case $1 in
  first) printf 'self %s %s %s\\n' $$ "$stat1_at" "$page"; put "$stat1"; echo end;;
  *) read -r at _ <uptime; printf 'self %s %s %s\\n' $$ "$at" "$page"
     have awk || { stats; echo end; return; }
     { put "$stat1"; printf '%s\\n' = [0-9]*; } | awk '${wholeRowsAwk}
       !second { if ($0 == "=") second = 1; else seen[$0] = 1; next }
       { file = $1 "/stat"; row = ""
         while ((getline line < file) > 0) row = (row == "" ? "" : row "\\n") line
         close(file)
         if (row in seen) print "=", $1; else if (row != "") print row }
       END { print "end" }';;
esac`,
  parse: ({ first, last }): ProcessStats => {
    const before = first ? readTable(first) : undefined
    const after = last ? readTable(last, before) : undefined
    const latest = after ?? before
    if (!latest) throw new Unreadable('no sample')
    const seconds =
      before && after && after.atSeconds > before.atSeconds ? after.atSeconds - before.atSeconds : undefined
    const then = (row: Row): Row | undefined => {
      const known = before?.rows.get(row.pid)
      return known && known.startTicks === row.startTicks ? known : undefined
    }
    const processes = others(latest).map((row) => describe(row, latest, seconds ? then(row) : undefined, seconds))
    const byPid = new Map(processes.map((each) => [each.pid, each]))
    return {
      processes,
      byPid,
      appeared:
        before && after ? processes.filter(({ pid }) => !isSame(before.rows.get(pid), after.rows.get(pid))) : [],
      vanished:
        before && after
          ? others(before)
              .filter((row) => !isSame(row, after.rows.get(row.pid)))
              .map((row) => describe(row, before, undefined, undefined))
          : [],
      windowSeconds: seconds,
    }
  },
})

/** USER_HZ: 100 on every architecture but alpha and ia64 (time(7)). */
const TICKS_PER_SECOND = 100
/** Where the kernel does not say (CONFIG_PROC_PAGE_MONITOR): x86 and most ARM systems. */
const USUAL_PAGE_KILOBYTES = 4
/** PF_KTHREAD of include/linux/sched.h. */
const KERNEL_THREAD_FLAG = 0x0020_0000

/** Policies of include/uapi/linux/sched.h that go before all others; 0 is the usual one, 3 and 5 give way. */
const REAL_TIME_POLICIES: Readonly<Record<number, string>> = { 1: 'SCHED_FIFO', 2: 'SCHED_RR', 6: 'SCHED_DEADLINE' }

/** Field 41 of a line of /proc/PID/stat in words; undefined for what is scheduled as usual. */
export function realTimePolicy(policy: number): string | undefined {
  return REAL_TIME_POLICIES[policy]
}

/** Names of kernel workers have up to 64 bytes, four times that when every one is escaped; a name of a megabyte is no name. */
const NAME_KEPT = 256

interface Row {
  readonly pid: number
  readonly name: string
  readonly state: string
  readonly ppid: number
  readonly processGroup: number
  readonly terminalDevice: number
  readonly flags: number
  readonly ownFaults: number
  readonly childFaults: number
  readonly majorFaults: number
  readonly userTicks: number
  readonly systemTicks: number
  readonly childTicks: number
  readonly nice: number
  readonly threads: number
  readonly startTicks: number
  readonly rssPages: number
  /** Fields that a short line may lack. Policy and exit code are 0 then, which is what most have. */
  readonly cpu: number | undefined
  readonly policy: number
  readonly exitCode: number
}

interface Table {
  readonly self: number
  readonly atSeconds: number
  readonly pageBytes: number
  readonly rows: ReadonlyMap<number, Row>
}

function readTable({ text }: Sample, before?: Table): Table {
  const lines = text.split('\n')
  const [, self, at, page] = /^self (\d+) (\d+\.?\d*) ?(\d*)$/.exec(lines[0] ?? '') ?? []
  if (!self || !at) throw new Unreadable('the first line does not say whose sample it is')
  if (lines.at(-1) !== 'end') throw new Unreadable('the table of processes did not come to its end')
  const rows = wholeRows(lines.slice(1)).flatMap((line): readonly [number, Row][] => {
    const row = readRow(line) ?? unchanged(line, before)
    return row ? [[row.pid, row]] : []
  })
  if (rows.length === 0) throw new Unreadable('no line of /proc/PID/stat')
  const pageBytes = (Number(page) || USUAL_PAGE_KILOBYTES) * 1024
  return { self: Number(self), atSeconds: Number(at), pageBytes, rows: new Map(rows) }
}

/** `= 812`: the line of this process is what it was in the first sample. Without that sample the table cannot be made whole. */
function unchanged(line: string, before: Table | undefined): Row | undefined {
  const [, pid] = /^= (\d+)$/.exec(line) ?? []
  if (pid !== undefined && !before) throw new Unreadable('the first sample, to which the last one refers, is missing')
  return before?.rows.get(Number(pid))
}

function readRow(line: string): Row | undefined {
  const open = line.indexOf(' (')
  const close = line.lastIndexOf(') ')
  const pid = Number(line.slice(0, open))
  if (open <= 0 || close < open || !Number.isInteger(pid)) return undefined
  const [state = '', ...rest] = line.slice(close + 2).split(' ')
  const field = (number: number): number => Number(rest[number - 4])
  const optional = (number: number): number | undefined => (Number.isFinite(field(number)) ? field(number) : undefined)
  const row = {
    pid,
    name: line.slice(open + 2, Math.min(close, open + 2 + NAME_KEPT)),
    state,
    ppid: field(4),
    processGroup: field(5),
    terminalDevice: field(7),
    flags: field(9),
    ownFaults: field(10),
    childFaults: field(11),
    majorFaults: field(12),
    userTicks: field(14),
    systemTicks: field(15),
    childTicks: field(16) + field(17),
    nice: field(19),
    threads: field(20),
    startTicks: field(22),
    rssPages: field(24),
    cpu: optional(39),
    policy: field(41) || 0,
    exitCode: field(52) || 0,
  }
  const whole =
    /^[A-Za-z]$/.test(state) && Object.values(row).every((value) => typeof value !== 'number' || Number.isFinite(value))
  return whole ? row : undefined
}

/** Without our own shell and all below it. Each process is asked once, however deep the tree is. */
function others({ self, rows }: Table): readonly Row[] {
  const ours = new Map<number, boolean>([[self, true]])
  for (const row of rows.values()) {
    const way: number[] = []
    let at: Row | undefined = row
    while (at && !ours.has(at.pid)) {
      // Not ours until an ancestor says so: parents that name each other come to an end too.
      ours.set(at.pid, false)
      way.push(at.pid)
      at = rows.get(at.ppid)
    }
    if (at && ours.get(at.pid)) for (const pid of way) ours.set(pid, true)
  }
  return [...rows.values()].filter(({ pid }) => !ours.get(pid))
}

function isSame(one: Row | undefined, other: Row | undefined): boolean {
  return one !== undefined && other !== undefined && one.startTicks === other.startTicks
}

function describe(
  row: Row,
  { atSeconds, pageBytes }: Table,
  before: Row | undefined,
  seconds: number | undefined,
): ProcessStat {
  const perSecond = (now: number, then: number): number | undefined => (seconds ? (now - then) / seconds : undefined)
  const share = (now: number, then: number): number | undefined => {
    const ticks = perSecond(now, then)
    return ticks === undefined ? undefined : Math.max(0, (100 * ticks) / TICKS_PER_SECOND)
  }
  const startedSecondsAfterBoot = row.startTicks / TICKS_PER_SECOND
  return {
    pid: row.pid,
    ppid: row.ppid,
    processGroup: row.processGroup,
    name: row.name,
    state: row.state,
    stateBefore: before?.state,
    terminal: row.terminalDevice !== 0,
    kernelThread: (row.flags & KERNEL_THREAD_FLAG) !== 0,
    threads: row.threads,
    threadsPerSecond: before ? perSecond(row.threads, before.threads) : undefined,
    nice: row.nice,
    realTimePolicy: realTimePolicy(row.policy),
    cpu: before?.cpu === row.cpu ? row.cpu : undefined,
    cpuPercent: before ? share(row.userTicks + row.systemTicks, before.userTicks + before.systemTicks) : undefined,
    systemPercent: before ? share(row.systemTicks, before.systemTicks) : undefined,
    rssBytes: row.rssPages * pageBytes,
    rssBytesPerSecond: before ? perSecond(row.rssPages * pageBytes, before.rssPages * pageBytes) : undefined,
    majorFaultsPerSecond: before ? perSecond(row.majorFaults, before.majorFaults) : undefined,
    childFaultsPerSecond: before ? perSecond(row.childFaults, before.childFaults) : undefined,
    childFaults: row.childFaults,
    childCpuPercent: before ? share(row.childTicks, before.childTicks) : undefined,
    ownFaults: row.ownFaults,
    waitStatus: row.state === 'Z' ? row.exitCode : undefined,
    startedSecondsAfterBoot,
    ageSeconds: Math.max(0, atSeconds - startedSecondsAfterBoot),
    cpuSeconds: (row.userTicks + row.systemTicks) / TICKS_PER_SECOND,
  }
}
