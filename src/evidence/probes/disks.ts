import { growth } from '../counter.ts'
import { fileOf, probe, windowSeconds } from '../probe.ts'

/** A whole block device, over the window. */
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
  /** Those that did any I/O since boot; empty without a second sample, since all figures are rates. */
  readonly disks: readonly Disk[]
  readonly windowSeconds: number | undefined
}

/**
 * Which disk is busy, and how long do requests take?
 *
 *   254  0 vda 70335 12410 6068946 218538 6940 38774 3687528 15602 0 27864 235733
 *              reads merged sectors ms    writes merged sectors ms in-flight busy-ms weighted-ms
 *
 * Sectors have 512 bytes whatever the device says. Partitions, and devices without any I/O, are left
 * out. Source: Documentation/admin-guide/iostats.rst. Costs nothing of its own.
 */
export const disks = probe({
  id: 'disks',
  title: 'Disks',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  files: ['diskstats'],
  parse: (samples): Disks => {
    const seconds = windowSeconds(samples)
    const latest = readDiskstats(fileOf(samples.last ?? samples.first, 'diskstats'))
    if (!samples.first || !samples.last || seconds === undefined) return { disks: [], windowSeconds: undefined }
    const before = readDiskstats(fileOf(samples.first, 'diskstats'))
    const disks = [...latest].flatMap(([name, after]) => {
      const then = before.get(name)
      return then && after.some((value) => value > 0) ? [overWindow(name, then, after, seconds)] : []
    })
    return { disks, windowSeconds: seconds }
  },
})

const SECTOR_BYTES = 512

function overWindow(name: string, before: Row, after: Row, seconds: number): Disk {
  const change = (field: number): number => growth(before[field] ?? 0, after[field] ?? 0)
  const [reads, , readSectors, readMs, writes, , writeSectors, writeMs, , busyMs, weightedMs] = Array.from(
    { length: 11 },
    (_, field) => change(field),
  )
  const finished = (reads ?? 0) + (writes ?? 0)
  return {
    name,
    readsPerSecond: (reads ?? 0) / seconds,
    writesPerSecond: (writes ?? 0) / seconds,
    readBytesPerSecond: ((readSectors ?? 0) * SECTOR_BYTES) / seconds,
    writeBytesPerSecond: ((writeSectors ?? 0) * SECTOR_BYTES) / seconds,
    busyPercent: Math.min(100, (busyMs ?? 0) / seconds / 10),
    awaitMs: finished > 0 ? ((readMs ?? 0) + (writeMs ?? 0)) / finished : undefined,
    queueLength: (weightedMs ?? 0) / seconds / 1000,
    inFlight: after[8] ?? 0,
  }
}

type Row = readonly number[]

function readDiskstats(text: string): ReadonlyMap<string, Row> {
  const rows = text.split('\n').flatMap((line): [string, Row][] => {
    const [, , name = '', ...fields] = line.trim().split(/\s+/)
    const numbers = fields.map(Number)
    return numbers.length >= 11 && numbers.every(Number.isFinite) ? [[name, numbers]] : []
  })
  const names = new Set(rows.map(([name]) => name))
  return new Map(rows.filter(([name]) => !isPartition(name, names)))
}

/** sda1 of sda; nvme0n1p2 of nvme0n1 (a device whose name ends in a digit puts a p between): block/genhd.c, disk_name. */
function isPartition(name: string, names: ReadonlySet<string>): boolean {
  const disk = /^(.*\dp|.*\D)\d+$/.exec(name)?.[1] ?? ''
  return names.has(/\dp$/.test(disk) ? disk.slice(0, -1) : disk)
}
