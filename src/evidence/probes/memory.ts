import { fileOf, probe, Unreadable, windowSeconds } from '../probe.ts'

/** /proc/meminfo in bytes; what is undefined is not said by every kernel (gVisor, LXC). */
export interface Memory {
  readonly totalBytes: number
  readonly freeBytes: number
  /** MemAvailable; estimated as free + buffers + cached + reclaimable slab - shared on kernels before 3.14. */
  readonly availableBytes: number
  readonly buffersBytes: number
  readonly cachedBytes: number
  readonly sharedBytes: number
  readonly slabBytes: number | undefined
  readonly reclaimableSlabBytes: number | undefined
  readonly dirtyBytes: number | undefined
  readonly writebackBytes: number | undefined
  readonly swapTotalBytes: number
  readonly swapFreeBytes: number
  readonly committedBytes: number | undefined
  readonly commitLimitBytes: number | undefined
  /** Change of availableBytes over the window; undefined without a second sample. */
  readonly availableBytesPerSecond: number | undefined
}

/**
 * How much memory is there, how much could still be given out without swapping?
 *
 *   MemTotal:        4015456 kB
 *   MemFree:          201224 kB      <- says little: free memory is wasted memory
 *   MemAvailable:    3012345 kB      <- what counts: free, plus what can be taken back from caches
 *   SwapTotal:       2097148 kB
 *   SwapFree:        2097148 kB
 *
 * Source: proc_meminfo(5). Costs nothing of its own.
 */
export const memory = probe({
  id: 'memory',
  title: 'Memory and swap',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  files: ['meminfo'],
  parse: (samples): Memory => {
    const latest = samples.last ?? samples.first
    const fields = readMeminfo(fileOf(latest, 'meminfo'))
    const availableBytes = availableOf(fields)
    const seconds = windowSeconds(samples)
    const before = samples.first && seconds ? availableOf(readMeminfo(fileOf(samples.first, 'meminfo'))) : undefined
    return {
      totalBytes: need(fields, 'MemTotal'),
      freeBytes: need(fields, 'MemFree'),
      availableBytes,
      buffersBytes: need(fields, 'Buffers'),
      cachedBytes: need(fields, 'Cached'),
      sharedBytes: fields.get('Shmem') ?? 0,
      slabBytes: fields.get('Slab'),
      reclaimableSlabBytes: fields.get('SReclaimable'),
      dirtyBytes: fields.get('Dirty'),
      writebackBytes: fields.get('Writeback'),
      swapTotalBytes: need(fields, 'SwapTotal'),
      swapFreeBytes: need(fields, 'SwapFree'),
      committedBytes: fields.get('Committed_AS'),
      commitLimitBytes: fields.get('CommitLimit'),
      availableBytesPerSecond: before === undefined || !seconds ? undefined : (availableBytes - before) / seconds,
    }
  },
})

function readMeminfo(text: string): ReadonlyMap<string, number> {
  return new Map(
    [...text.matchAll(/^(\S+):\s+(\d+) kB$/gm)].map(([, name = '', kilobytes]) => [name, Number(kilobytes) * 1024]),
  )
}

function need(fields: ReadonlyMap<string, number>, name: string): number {
  const value = fields.get(name)
  if (value === undefined) throw new Unreadable(`/proc/meminfo has no ${name}`)
  return value
}

function availableOf(fields: ReadonlyMap<string, number>): number {
  const said = fields.get('MemAvailable')
  return (
    said ??
    Math.max(
      0,
      need(fields, 'MemFree') +
        need(fields, 'Buffers') +
        need(fields, 'Cached') +
        (fields.get('SReclaimable') ?? 0) -
        (fields.get('Shmem') ?? 0),
    )
  )
}
