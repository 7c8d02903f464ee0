import { probe, Unreadable } from '../probe.ts'

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

export const paging = probe({
  id: 'paging',
  title: 'Paging',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): Paging => {
    throw new Unreadable('UNWRITTEN')
  },
})
