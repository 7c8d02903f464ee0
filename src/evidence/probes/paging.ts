import { fileOf, probe, Unreadable, windowSeconds } from '../probe.ts'

/** /proc/vmstat: rates over the window (undefined without a second sample), totals since boot. */
export interface Paging {
  readonly swapInBytesPerSecond: number | undefined
  readonly swapOutBytesPerSecond: number | undefined
  readonly majorFaultsPerSecond: number | undefined
  /** Pages scanned by tasks that had to reclaim by themselves. */
  readonly directScansPerSecond: number | undefined
  /** Since boot; undefined on kernels before 4.13. */
  readonly oomKills: number | undefined
  readonly oomKillsInWindow: number | undefined
}

/** Pages are 4 KiB on x86 and most ARM systems; getconf would cost a process to say so. */
const PAGE_BYTES = 4096

/**
 * Does the box swap, fault pages in from disk, or reclaim by force?
 *
 *   pswpin 1203           <- pages swapped in since boot
 *   pswpout 5011
 *   pgmajfault 88011      <- faults that had to read from disk
 *   pgscan_direct 0       <- pages that tasks scanned themselves for lack of free ones
 *   oom_kill 0
 *
 * Swap that is used is no trouble; swapping in and out at once is. Source: Documentation/admin-guide/mm, mm/vmstat.c.
 * Costs nothing of its own.
 */
export const paging = probe({
  id: 'paging',
  title: 'Paging',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  files: ['vmstat'],
  parse: (samples): Paging => {
    const latest = samples.last ?? samples.first
    const after = readCounters(fileOf(latest, 'vmstat'))
    const seconds = windowSeconds(samples)
    const before = samples.first && seconds ? readCounters(fileOf(samples.first, 'vmstat')) : undefined
    const change = (name: string): number | undefined => {
      const now = after.get(name)
      const then = before?.get(name)
      return now === undefined || then === undefined ? undefined : Math.max(0, now - then)
    }
    const rate = (name: string, unit = 1): number | undefined => {
      const difference = change(name)
      return difference === undefined || !seconds ? undefined : (difference * unit) / seconds
    }
    if (!after.has('pgmajfault')) throw new Unreadable('/proc/vmstat has no pgmajfault')
    return {
      swapInBytesPerSecond: rate('pswpin', PAGE_BYTES),
      swapOutBytesPerSecond: rate('pswpout', PAGE_BYTES),
      majorFaultsPerSecond: rate('pgmajfault'),
      directScansPerSecond: rate('pgscan_direct'),
      oomKills: after.get('oom_kill'),
      oomKillsInWindow: change('oom_kill'),
    }
  },
})

function readCounters(text: string): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]))
}
