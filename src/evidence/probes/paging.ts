import { growth } from '../counter.ts'
import { fileOf, filesOf, probe, Unreadable, windowSeconds } from '../probe.ts'

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

/** Of x86 and most ARM systems; others have 16 or 64 KiB. */
const USUAL_PAGE_BYTES = 4096

/**
 * Does the box swap, fault pages in from disk, or reclaim by force?
 *
 *   pswpin 1203           <- pages swapped in since boot
 *   pswpout 5011
 *   pgmajfault 88011      <- faults that had to read from disk
 *   pgscan_direct 0       <- pages that tasks scanned themselves for lack of free ones
 *   oom_kill 0
 *
 * The size of a page comes from /proc/meminfo, which says in kB what nr_free_pages says in pages. Swap that is used is no trouble; swapping in and out at once is. Source: Documentation/admin-guide/mm, mm/vmstat.c.
 * Costs nothing of its own.
 */
export const paging = probe({
  id: 'paging',
  title: 'Paging',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  files: ['vmstat', 'meminfo'],
  parse: (samples): Paging => {
    const latest = samples.last ?? samples.first
    const after = readCounters(fileOf(latest, 'vmstat'))
    const seconds = windowSeconds(samples)
    const before = samples.first && seconds ? readCounters(fileOf(samples.first, 'vmstat')) : undefined
    const change = (name: string): number | undefined => {
      const now = after.get(name)
      const then = before?.get(name)
      return now === undefined || then === undefined ? undefined : growth(then, now)
    }
    const rate = (name: string, unit = 1): number | undefined => {
      const difference = change(name)
      return difference === undefined || !seconds ? undefined : (difference * unit) / seconds
    }
    const pageBytes = pageBytesOf(after.get('nr_free_pages'), filesOf(latest).get('meminfo'))
    if (!after.has('pgmajfault')) throw new Unreadable('/proc/vmstat has no pgmajfault')
    return {
      swapInBytesPerSecond: rate('pswpin', pageBytes),
      swapOutBytesPerSecond: rate('pswpout', pageBytes),
      majorFaultsPerSecond: rate('pgmajfault'),
      directScansPerSecond: rate('pgscan_direct'),
      oomKills: after.get('oom_kill'),
      oomKillsInWindow: change('oom_kill'),
    }
  },
})

/** The same memory in pages and in kB, read at the same moment: their quotient, made a power of two. getconf would cost a process to say so. */
function pageBytesOf(freePages: number | undefined, meminfo: string | undefined): number {
  const [, freeKilobytes] = /^MemFree:\s+(\d+) kB$/m.exec(meminfo ?? '') ?? []
  if (!freePages || !Number(freeKilobytes)) return USUAL_PAGE_BYTES
  const exponent = Math.round(Math.log2((Number(freeKilobytes) * 1024) / freePages))
  return exponent >= 12 && exponent <= 16 ? 2 ** exponent : USUAL_PAGE_BYTES
}

function readCounters(text: string): ReadonlyMap<string, number> {
  return new Map([...text.matchAll(/^(\w+) (\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]))
}
