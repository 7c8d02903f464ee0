import { readFrames } from './answer.ts'
import { probe, type Probe } from './probe.ts'

/** One thing that is kept of a box or a process before it is restarted: raw text, for people to read later. */
export interface KeepItem {
  readonly id: string
  /** A noun phrase: `memory map of 812`. */
  readonly what: string
  /** Time limit on the box, in whole seconds. */
  readonly limitSeconds: number
  /** As of a probe (`probe.ts`): runs in /proc, writes nothing, exit 0 or the last line says why not. */
  readonly script: string
  /** It asks a program of the box, or reads file systems, and may hang: it is asked last, so that it takes no time of what does not. */
  readonly mayHang?: boolean
}

export interface Kept {
  readonly what: string
  /** Undefined: it could not be seen. */
  readonly text: string | undefined
  /** Why it could not. */
  readonly blind: string | undefined
}

/** A process with ten thousand mappings has a map of 1 MB; the end of what is longer tells less than its beginning. Bytes. */
const ITEM_BYTES = 4 * 1024 * 1024
const JOURNAL_LINES = 300
const KERNEL_LINES = 500

/** What is shared by all processes and gone or different after a restart, what hangs most often last. Each is `free`: it only reads. */
export const boxItems: readonly KeepItem[] = [
  {
    id: 'keep-processes',
    what: 'processes',
    limitSeconds: 2,
    mayHang: true,
    script: `ps -eo pid,ppid,user,stat,nlwp,wchan:24,pcpu,pmem,rss,vsz,lstart,args 2>/dev/null || ps`,
  },
  { id: 'keep-mounts', what: 'mounts', limitSeconds: 1, script: 'cat self/mountinfo' },
  {
    id: 'keep-memory',
    what: 'memory of the kernel and the box',
    limitSeconds: 1,
    script: 'head -n 9999 meminfo vmstat buddyinfo zoneinfo slabinfo swaps pressure/* 2>/dev/null; :',
  },
  {
    id: 'keep-interrupts',
    what: 'interrupts, load, disks',
    limitSeconds: 1,
    script: 'head -n 9999 loadavg stat interrupts softirqs diskstats locks sys/fs/file-nr 2>/dev/null; :',
  },
  {
    id: 'keep-network',
    what: 'addresses, routes, neighbours, counters',
    limitSeconds: 1,
    mayHang: true,
    script: `{ ip addr; ip route show table all; ip neigh; } 2>/dev/null; head -n 999 net/dev net/snmp net/netstat net/sockstat 2>/dev/null; :`,
  },
  {
    id: 'keep-cores',
    what: 'core dumps and who is logged in',
    limitSeconds: 1,
    mayHang: true,
    script: `cat sys/kernel/core_pattern; ls -la /var/lib/systemd/coredump /var/crash 2>/dev/null; who 2>/dev/null; :`,
  },
  {
    id: 'keep-kernel-log',
    what: 'kernel log',
    limitSeconds: 2,
    mayHang: true,
    script: `have dmesg || blind 'there is no dmesg on the box'\nlog=$(dmesg 2>&1) || { printf '%s\\n' "$log"; exit 1; }\nprintf '%s\\n' "$log" | tail -n ${KERNEL_LINES}`,
  },
  {
    id: 'keep-disks',
    what: 'file systems, space and inodes',
    limitSeconds: 1,
    mayHang: true,
    // Network file systems may hang; what is asked is cut off by the limit, what came before is lost with it.
    script: 'df -kPl 2>&1 || df -kP; df -Pil 2>/dev/null; :',
  },
  {
    id: 'keep-sockets',
    what: 'sockets with their processes',
    limitSeconds: 2,
    mayHang: true,
    script: `have ss || { head -n 99999 net/tcp net/tcp6 net/udp net/udp6; exit 0; }\nss -tuanpeoH 2>/dev/null || ss -tuan`,
  },
  {
    id: 'keep-units',
    what: 'units of systemd that are not as they should be',
    limitSeconds: 2,
    mayHang: true,
    script: `have systemctl || blind 'there is no systemd on the box'\nsystemctl --no-pager --no-legend --plain list-units --all --state=failed,activating,deactivating,reloading,auto-restart 2>&1`,
  },
  {
    id: 'keep-journal',
    what: 'journal, warnings and worse',
    limitSeconds: 2,
    mayHang: true,
    script: `have journalctl || blind 'there is no journalctl on the box'\njournalctl --no-pager -q -o short-iso -p warning -n ${JOURNAL_LINES} 2>&1`,
  },
]

/** What a process takes with it when it ends. Costs some milliseconds, and reading its program file once for the hash. */
export function processItems(pid: number): readonly KeepItem[] {
  const item = (id: string, what: string, limitSeconds: number, script: string): KeepItem => ({
    id: `keep-${pid}-${id}`,
    what: `${what} of ${pid}`,
    limitSeconds,
    mayHang: MAY_HANG.has(id),
    script: `[ -d ${pid} ] || blind 'there is no process ${pid} (any more)'\n${script}`,
  })
  return [
    item(
      'status',
      'status, counters, scheduling',
      1,
      `head -n 9999 ${files(pid, 'status stat io sched schedstat oom_score oom_score_adj loginuid sessionid coredump_filter timerslack_ns')} 2>&1; :`,
    ),
    item('command', 'command line', 1, `tr '\\000' ' ' <${pid}/cmdline`),
    item('limits', 'limits', 1, `cat ${pid}/limits`),
    item('environment', 'environment', 1, `tr '\\000' '\\n' <${pid}/environ`),
    item('program', 'program, folder, root', 2, programScript(pid)),
    item(
      'descriptors',
      'open files',
      2,
      `ls -l ${pid}/fd && head -n 99 ${pid}/fdinfo/[0-9]* 2>/dev/null | head -c ${ITEM_BYTES}`,
    ),
    item(
      'sockets',
      'sockets',
      2,
      `have ss || { cat ${pid}/net/tcp; exit 0; }\nss -tuanpeoiO 2>/dev/null | grep -E 'pid=${pid},|^Netid'; ss -xanp 2>/dev/null | grep 'pid=${pid},' | head -n 999; :`,
    ),
    item('map', 'memory map', 2, `head -c ${ITEM_BYTES} ${pid}/maps`),
    item('memory', 'sums of its memory', 2, `cat ${pid}/smaps_rollup`),
    item('threads', 'threads: name, state, what they wait for, kernel stack', 2, threadsScript(pid)),
    item('children', 'children', 1, childrenScript(pid)),
    item('cgroup', 'control group', 1, cgroupScript(pid)),
    item('mounts', 'mounts as it sees them', 1, `cat ${pid}/mountinfo`),
    item('journal', 'journal of its unit', 2, journalScript(pid)),
  ]
}

/** The hash of the program reads a file system, the others ask ss and journalctl. */
const MAY_HANG: ReadonlySet<string> = new Set(['program', 'sockets', 'journal'])

function files(pid: number, names: string): string {
  return names
    .split(' ')
    .map((name) => `${pid}/${name}`)
    .join(' ')
}

function programScript(pid: number): string {
  return `ls -ld ${pid}/exe ${pid}/cwd ${pid}/root && ls -lL ${pid}/exe
have sha256sum && sha256sum ${pid}/exe 2>&1; :`
}

function threadsScript(pid: number): string {
  return `for name in comm stat wchan syscall stack; do set -- "$@" ${pid}/task/[0-9]*/$name; done; shift
head -n 99 "$@" 2>&1 | head -c ${ITEM_BYTES}`
}

function childrenScript(pid: number): string {
  return `for child in $(cat ${pid}/task/[0-9]*/children 2>/dev/null); do printf '%s ' $child; tr '\\000' ' ' <$child/cmdline; printf '\\n'; done 2>/dev/null; :`
}

/** Version 2 has one line `0::/path`; the files of its controllers are all short. */
function cgroupScript(pid: number): string {
  return `cat ${pid}/cgroup
while IFS=: read -r number controllers path; do
  [ -z "$controllers" ] || continue
  for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do
    [ ! -r "$root$path/cgroup.procs" ] || head -n 999 "$root$path"/cgroup.events "$root$path"/memory.* "$root$path"/cpu.* "$root$path"/io.* "$root$path"/pids.* 2>/dev/null
  done
done <${pid}/cgroup; :`
}

function journalScript(pid: number): string {
  return `have journalctl || blind 'there is no journalctl on the box'
unit=; while IFS= read -r line; do case $line in *.service|*.service/*) unit=\${line%%.service*}.service; unit=\${unit##*/};; esac; done <${pid}/cgroup
[ -n "$unit" ] || blind 'it belongs to no unit of systemd'
journalctl --no-pager -q -o short-iso -u "$unit" -n ${JOURNAL_LINES} 2>&1`
}

/** As the collector asks them. */
export function probesOfItems(items: readonly KeepItem[]): readonly Probe<string>[] {
  return items.map(({ id, what, limitSeconds, script }) =>
    probe({
      id,
      title: what,
      set: 'deep',
      moments: ['during'],
      limitSeconds,
      script,
      hint: 'run with --sudo',
      parse: ({ during }) => during?.text ?? '',
    }),
  )
}

/** Those that cannot hang, and those that may. */
export function byHaste(items: readonly KeepItem[]): {
  readonly quick: readonly KeepItem[]
  readonly slow: readonly KeepItem[]
} {
  return { quick: items.filter(({ mayHang }) => !mayHang), slow: items.filter(({ mayHang }) => mayHang) }
}

/** What came of each, in the order asked. Total: what is missing from the answer is blind. */
export function keptOf(answer: Uint8Array, boundary: string, items: readonly KeepItem[]): readonly Kept[] {
  const frames = new Map(readFrames(answer, boundary).map((frame) => [frame.probe, frame]))
  return items.map(({ id, what }) => {
    const blind = (why: string): Kept => ({ what, text: undefined, blind: why })
    const frame = frames.get(id)
    if (!frame) return blind('the answer was cut off before it')
    if (frame.ended.how === 'timed-out') return blind(`it did not come within ${frame.ended.limitSeconds} s`)
    if (frame.ended.how === 'cut-off') return blind('the answer was cut off in the middle of it')
    if (frame.ended.code === 0) return { what, text: frame.text, blind: undefined }
    return blind((frame.text.trim().split('\n').at(-1) || `exit ${frame.ended.code}`).slice(0, 300))
  })
}
