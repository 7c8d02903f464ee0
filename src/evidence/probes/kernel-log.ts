import { probe, Unreadable } from '../probe.ts'

export interface KernelLogLine {
  /** Seconds since boot by the clock of the kernel log, which stands still while the machine is suspended. */
  readonly atSeconds: number
  readonly text: string
}

export interface KernelLog {
  /** Those that speak of trouble, oldest first, at most the last 300. A line without a time is dated as the one before it; all at boot without any (printk.time=0). */
  readonly lines: readonly KernelLogLine[]
  /** When it was read, by the same clock. */
  readonly readAtSeconds: number
}

const LINES_KEPT = 300
/** An answer of no more than this is sent as it is, which saves a process: it has no more than some 300 lines. */
const FEW_CHARACTERS = 16_000
/** LOG_LINE_MAX of kernel/printk is 1,024 - 32; longer ones are not the kernel's. Characters. */
const LINE_KEPT = 1_100

/** Words of trouble in kernel messages; the rest (a boot alone writes hundreds of lines) stays on the box. Extended regular expression. */
const TROUBLE =
  'error|fail|oom|out of memory|killed|hung|blocked for|lockup|stall|bug|oops|panic|call trace|read-only|i/o|ext[234]-fs|xfs|btrfs|nvme|ata[0-9]|' +
  'timed? ?out|reset|file-max|throttl|temperature|segfault|general protection|overflow|flood|table full|dropp|corrupt|machine check|mce:|hardware|watchdog|' +
  'link is|carrier|offline|not responding|warn|taint|split lock|soft|nfs:'

/**
 * What did the kernel complain about lately?
 *
 *   now 84350002331112           <- nanoseconds by the clock of the log (/proc/timer_list, root only, else unknown): time since boot has suspended time in it
 *   [84213.774511] Out of memory: Killed process 812 (orders-api) total-vm:2061716kB, anon-rss:1893364kB, …
 *   [84301.002331] blk_update_request: I/O error, dev sdb, sector 123456
 *
 * Needs root where kernel.dmesg_restrict is set. The ring buffer is shared by all containers of the machine. As the kernel hands it out (`<6>` is
 * facility and level), which takes dmesg half the CPU of its own form; one that does not know the options (busybox, older ones of util-linux) gives
 * that. Sources: dmesg(1), syslog(2). Costs two processes.
 */
export const kernelLog = probe({
  id: 'kernel-log',
  title: 'Kernel log',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  together: true,
  script: `
have dmesg || { echo 'there is no dmesg on the box'; return 3; }
now=; [ ! -r timer_list ] || while read -r word at ns _; do [ "$word $at" != 'now at' ] || { now=$ns; break; }; done <timer_list
printf 'now %s\\n' "\${now:-unknown}"
found=$({ dmesg -S -r --noescape 2>/dev/null || dmesg 2>&1; echo "exit $?"; } | grep -aiE '^dmesg: |^exit [0-9]+$|${TROUBLE}')
status=\${found##*exit }
if [ \${#found} -lt ${FEW_CHARACTERS} ]; then put "\${found%exit *}"
else put "\${found%exit *}" | tail -n ${LINES_KEPT}; fi
[ "$status" = 0 ]`,
  hint: 'run with --sudo',
  parse: ({ during }): KernelLog => {
    const [first = '', ...rest] = (during?.text ?? '').split('\n')
    const [, now] = /^now (\d+|unknown)$/.exec(first) ?? []
    if (during === undefined || now === undefined) throw new Unreadable('the answer does not begin with its time')
    const lines = datedLines(
      rest
        .filter((line) => line !== '')
        .slice(-LINES_KEPT)
        .map((line) => line.slice(0, LINE_KEPT)),
    )
    // In a time namespace, or when the clock could not be read, the box may think that it is younger than its newest line.
    const newest = lines.at(-1)?.atSeconds ?? 0
    return { readAtSeconds: Math.max(now === 'unknown' ? during.atSeconds : Number(now) / 1e9, newest), lines }
  },
})

function datedLines(lines: readonly string[]): readonly KernelLogLine[] {
  let atSeconds = 0
  return lines.map((raw) => {
    const line = raw.replace(/^<\d{1,4}>/, '')
    const [, seconds, text = line] = /^\[\s*(\d+\.\d+)\](?:\[\s*[TC]\d+\])?\s?(.*)$/s.exec(line) ?? []
    if (seconds !== undefined) atSeconds = Number(seconds)
    return { atSeconds, text }
  })
}
