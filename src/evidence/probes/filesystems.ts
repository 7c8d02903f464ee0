import { probe, Unreadable } from '../probe.ts'

export interface Filesystem {
  readonly mount: string
  readonly device: string
  readonly type: string
  readonly readOnly: boolean
  /** True where the options say that an error makes it read-only (errors=remount-ro). */
  readonly remountsOnError: boolean
  readonly totalBytes: number
  readonly usedBytes: number
  /** For ordinary users (without the reserve for root). */
  readonly availableBytes: number
  /** As df shows it: used / (used + available), rounded up. */
  readonly usedPercent: number
  readonly inodes: number
  readonly inodesFree: number
  readonly inodesUsedPercent: number
}
export interface Filesystems {
  /** Local ones that can be written to by design; one mount for each device. */
  readonly filesystems: readonly Filesystem[]
  /** Mounts that were left out because asking them can hang (nfs, cifs, fuse…): `mount type`. */
  readonly notAsked: readonly string[]
}

export const filesystems = probe({
  id: 'filesystems',
  title: 'File systems',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): Filesystems => {
    throw new Unreadable('UNWRITTEN')
  },
})
