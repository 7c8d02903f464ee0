import { probe, Unreadable } from '../probe.ts'

/** A whole block device that did I/O since boot (/proc/diskstats, Documentation/admin-guide/iostats.rst), over the window. */
export interface Disk {
  readonly name: string
  readonly readsPerSecond: number
  readonly writesPerSecond: number
  readonly readBytesPerSecond: number
  readonly writeBytesPerSecond: number
  /** Share of the window in which it had at least one request: 100 is not "full" for a device that serves many at once. */
  readonly busyPercent: number
  /** Mean time of a finished request in milliseconds; undefined when none finished. */
  readonly awaitMs: number | undefined
  /** Mean number of requests in flight. */
  readonly queueLength: number
  readonly inFlight: number
}
export interface Disks {
  readonly disks: readonly Disk[]
  readonly windowSeconds: number | undefined
}

export const disks = probe({
  id: 'disks',
  title: 'Disks',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): Disks => {
    throw new Unreadable('UNWRITTEN')
  },
})
