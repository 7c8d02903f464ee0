import { probe } from '../probe.ts'

export interface KernelLogLine {
  /** Seconds since boot. */
  readonly atSeconds: number
  readonly text: string
}

export interface KernelLog {
  /** Those that speak of trouble, oldest first, at most the last 300. Lines without a time (printk.time=0) are dated at boot. */
  readonly lines: readonly KernelLogLine[]
  /** Seconds since boot when it was read. */
  readonly readAtSeconds: number
}

const LINES_KEPT = 300
/** LOG_LINE_MAX of kernel/printk is 1,024 - 32; longer ones are not the kernel's. Characters. */
const LINE_KEPT = 1_100

/** Words of trouble in kernel messages; the rest (a boot alone writes hundreds of lines) stays on the box. Extended regular expression. */
const TROUBLE =
  'error|fail|oom|out of memory|killed|hung|blocked for|lockup|stall|bug|oops|panic|call trace|read-only|i/o|ext[234]-fs|xfs|btrfs|nvme|ata[0-9]|' +
  'timed? ?out|reset|throttl|temperature|segfault|general protection|overflow|flood|table full|dropp|corrupt|machine check|mce:|hardware|watchdog|' +
  'link is|carrier|offline|not responding|warn|taint|split lock|soft|nfs:'

/**
 * What did the kernel complain about lately?
 *
 *   [84213.774511] Out of memory: Killed process 812 (orders-api) total-vm:2061716kB, anon-rss:1893364kB, …
 *   [84301.002331] blk_update_request: I/O error, dev sdb, sector 123456
 *
 * Needs root where kernel.dmesg_restrict is set. The ring buffer is shared by all containers of the machine. Source: dmesg(1).
 * Costs two processes.
 */
export const kernelLog = probe({
  id: 'kernel-log',
  title: 'Kernel log',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: `
have dmesg || blind 'there is no dmesg on the box'
log=$(dmesg 2>&1) || { printf '%s\\n' "$log"; exit 1; }
printf '%s\\n' "$log" | grep -iE '${TROUBLE}' | tail -n ${LINES_KEPT}; :`,
  hint: 'run with --sudo',
  parse: ({ during }): KernelLog => {
    const lines = (during?.text ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .slice(-LINES_KEPT)
      .map((line) => line.slice(0, LINE_KEPT))
    return {
      readAtSeconds: during?.atSeconds ?? 0,
      lines: lines.map((line) => {
        const [, seconds, text] = /^(?:<\d+>)?\[\s*(\d+\.\d+)\](?:\[\s*[TC]\d+\])?\s?(.*)$/s.exec(line) ?? []
        return seconds === undefined ? { atSeconds: 0, text: line } : { atSeconds: Number(seconds), text: text ?? '' }
      }),
    }
  },
})
