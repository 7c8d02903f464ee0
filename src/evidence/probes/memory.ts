import { probe, Unreadable } from '../probe.ts'

/** /proc/meminfo in bytes (proc_meminfo(5)). */
export interface Memory {
  readonly totalBytes: number
  readonly freeBytes: number
  /** MemAvailable; estimated from free + cached on kernels before 3.14. */
  readonly availableBytes: number
  readonly buffersBytes: number
  readonly cachedBytes: number
  readonly sharedBytes: number
  readonly slabBytes: number
  readonly reclaimableSlabBytes: number
  readonly dirtyBytes: number
  readonly writebackBytes: number
  readonly swapTotalBytes: number
  readonly swapFreeBytes: number
  readonly committedBytes: number
  readonly commitLimitBytes: number
  /** Change of availableBytes over the window; undefined without a second sample. */
  readonly availableBytesPerSecond: number | undefined
}

export const memory = probe({
  id: 'memory',
  title: 'Memory and swap',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): Memory => {
    throw new Unreadable('UNWRITTEN')
  },
})
