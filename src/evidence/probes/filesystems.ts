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

/**
 * How full is each local file system, in bytes and in inodes, and can it be written to?
 *
 *   mount /dev/vda / ext4 rw,relatime,errors=remount-ro
 *   size 66053021 60072816 20617523 4096 16777216 16351814 /
 *        blocks   free for users  free  block  inodes  free, mount point
 *
 * Network and user-space file systems are named but not asked: statfs(2) on a dead server hangs. Images that are full by
 * design (squashfs, iso9660, erofs) are left out. Sources: proc_mounts(5), statfs(2), stat(1) -f. Costs one process.
 */
export const filesystems = probe({
  id: 'filesystems',
  title: 'File systems',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 3,
  script: `
[ -r self/mounts ] || blind 'the box gave no /proc/self/mounts'
set --
while read -r device mount type options _; do
  case $type in
    ext[234]|xfs|btrfs|zfs|f2fs|vfat|exfat|ntfs3|overlay|tmpfs|jfs|reiserfs|bcachefs|ubifs|nilfs2|ocfs2|gfs2) ;;
    nfs*|cifs|smb*|fuse.*|9p|ceph|glusterfs|afs|lustre|virtiofs) printf 'skipped %s %s\\n' "$mount" "$type"; continue;;
    *) continue;;
  esac
  printf 'mount %s %s %s %s\\n' "$device" "$mount" "$type" "$options"
  set -- "$@" "$(printf %b "$mount")"
done <self/mounts
[ $# -eq 0 ] || stat -f -c 'size %b %a %f %S %c %d %n' "$@" 2>/dev/null
:`,
  parse: ({ during }): Filesystems => {
    const lines = (during?.text ?? '').split('\n')
    const mounts = lines.flatMap((line): readonly Mount[] => {
      const [, device, mount, type, options] = /^mount (\S{1,4096}) (\/\S{0,4095}) (\S{1,64}) (\S+)$/.exec(line) ?? []
      return device && mount && type && options
        ? [{ device: unescaped(device), mount: unescaped(mount), type, options: options.split(',') }]
        : []
    })
    const sizes = new Map(lines.flatMap((line): [string, Size][] => readSize(line)))
    if (mounts.length > 0 && sizes.size === 0) throw new Unreadable('stat -f gave no size')
    const all = mounts.flatMap((mount) => {
      const size = sizes.get(mount.mount)
      return size && size.blocks > 0 ? [describe(mount, size)] : []
    })
    return {
      filesystems: oneForEachDevice(all).slice(0, MOUNTS_KEPT),
      notAsked: lines.flatMap((line) =>
        line.startsWith('skipped ') ? [unescaped(line.slice('skipped '.length))] : [],
      ),
    }
  },
})

/** A node full of containers has some hundred. */
const MOUNTS_KEPT = 5_000

interface Mount {
  readonly device: string
  readonly mount: string
  readonly type: string
  readonly options: readonly string[]
}

interface Size {
  readonly blocks: number
  readonly available: number
  readonly free: number
  readonly blockBytes: number
  readonly inodes: number
  readonly inodesFree: number
}

function readSize(line: string): [string, Size][] {
  const [, numbers, mount] = /^size ((?:\d+ ){6})(.+)$/s.exec(line) ?? []
  if (!numbers || !mount) return []
  const [blocks = 0, available = 0, free = 0, blockBytes = 0, inodes = 0, inodesFree = 0] = numbers
    .trim()
    .split(' ')
    .map(Number)
  return [[mount, { blocks, available, free, blockBytes, inodes, inodesFree }]]
}

function describe({ device, mount, type, options }: Mount, size: Size): Filesystem {
  const used = size.blocks - size.free
  const usable = used + size.available
  return {
    mount,
    device,
    type,
    readOnly: options.includes('ro'),
    remountsOnError: options.includes('errors=remount-ro'),
    totalBytes: size.blocks * size.blockBytes,
    usedBytes: used * size.blockBytes,
    availableBytes: size.available * size.blockBytes,
    usedPercent: usable > 0 ? Math.ceil((100 * used) / usable) : 0,
    inodes: size.inodes,
    inodesFree: size.inodesFree,
    inodesUsedPercent: size.inodes > 0 ? Math.ceil((100 * (size.inodes - size.inodesFree)) / size.inodes) : 0,
  }
}

/** Bind mounts show one device many times; the shortest mount point stands for it. tmpfs and overlay have no device: all stay. */
function oneForEachDevice(all: readonly Filesystem[]): readonly Filesystem[] {
  const chosen = new Map<string, Filesystem>()
  for (const each of all) {
    const key = each.device.startsWith('/') ? each.device : `${each.type}:${each.mount}`
    const known = chosen.get(key)
    if (!known || each.mount.length < known.mount.length) chosen.set(key, each)
  }
  return [...chosen.values()]
}

/** proc_mounts(5): space, tab, newline and backslash are written as octal. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)))
}
