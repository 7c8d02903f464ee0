import { readSearches, readSearchSeconds, STAT_BLOCK_BYTES, WALK, type FilesystemSearch } from '../disk-walk.ts'
import { probe, Unreadable, type Sample } from '../probe.ts'

export interface Filesystem {
  readonly mount: string
  readonly device: string
  readonly type: string
  readonly readOnly: boolean
  /** It says itself that an error stopped it: emergency_ro (reads go on) or shutdown. */
  readonly stoppedByError: boolean
  /** fstab(5) has it mounted at boot, and not read-only. */
  readonly meantWritable: boolean
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
  /** Growth of what is used over the window; negative where space comes back; undefined without a second sample. */
  readonly usedBytesPerSecond: number | undefined
  /** Largest files that processes hold open on it, largest first, at most five; empty where nine tenths are not used. */
  readonly openFiles: readonly OpenFile[]
  /** What a short search on it found; undefined where none was made, which is so on all that have room. */
  readonly search?: FilesystemSearch | undefined
}

export interface OpenFile {
  readonly pid: number
  readonly path: string
  /** Space that it takes. */
  readonly bytes: number
}

export interface Filesystems {
  /** Local ones that can be written to by design; one mount for each device. */
  readonly filesystems: readonly Filesystem[]
  /** Mounts that were left out because asking them can hang (nfs, cifs, fuse…): `mount type`. */
  readonly notAsked: readonly string[]
  /**
   * Local ones that gave no answer, likewise: in a closed folder (without root), or on something that hangs. Overlays are none of them: they lie on
   * another one, and those of containers are closed to ordinary users.
   */
  readonly unanswered: readonly string[]
  /**
   * Share of the window in which the look itself searched, percent: it reads the disk and uses CPU meanwhile. Undefined where it made no search, and
   * without a window.
   */
  readonly searchPercent?: number | undefined
  /** Those of fstab(5) that are to be mounted at boot, and are not; undefined where the answer does not tell. */
  readonly missing: readonly MissingMount[] | undefined
  /** fstab(5) says something else of / than there is, as in the image of a container: nothing of it is judged. */
  readonly foreignFstab?: true
}

export interface MissingMount {
  readonly mount: string
  /** fstab says nofail: it may be missing. Told of only where its mount point, which then is empty by design, holds more than hidden files. */
  readonly optional?: boolean | undefined
  /** As fstab has it: `UUID=…`, `/dev/sdb1`, `filer:/export`. */
  readonly device: string
  readonly type: string
}

/** A large one with more room than this is not called full (disk-full has the reason): nobody would read what a walk finds. Bytes. */
const ROOM_BYTES = 10 * 1024 ** 3
/**
 * How full is each local file system, in bytes and in inodes, and can it be written to?
 *
 *   mount /dev/vda / ext4 rw,relatime,errors=remount-ro
 *   size 66053021 60072816 20617523 4096 16777216 16351814 /
 *        blocks   free for users  free  block  inodes  free, mount point
 *   fstab /data                              <- mounted at boot, and not read-only: fstab(5)
 *   missing UUID=3e6be9de-8139-4a11-9106-a43f08d823a6 /srv/data ext4  <- mounted at boot, and not mounted
 *   optional UUID=77-88 /srv/media ext4           <- not mounted, nofail, and its mount point holds more than hidden files
 *   fstab-end
 *   open 122880 812 /var/log/orders.log      <- where nine tenths are used: blocks of 512, holder, path
 *   searched cut /                           <- and there a walk of 0.3 s (whole: over all of it), what follows is of this mount
 *   big 6501171 1767323043 /var/log/debug.log  <- blocks of 512, last written
 *   heavy 3355443 1204 /var/lib/docker       <- KiB and files in and below it
 *   crowd 20480 812345 /var/spool/mail/new   <- likewise, the most files
 *   walked 6335.20 6335.51                   <- when it began and ended, seconds since boot
 *
 * Since Linux 6.12 ext4 no longer shows ro after an error, but rw,…,emergency_ro (https://lkml.iu.edu/hypermail/linux/kernel/2501.2/06382.html).
 *
 * Network and user-space file systems are named but not asked: statfs(2) on a dead server hangs. Images that are full by
 * design (squashfs, iso9660, erofs) are left out. The kernel writes \040 for a space; printf %b (POSIX) wants \0040, and takes a digit behind \040
 * for a part of it. Sources: proc_mounts(5), statfs(2), stat(1) -f. Costs one process at each
 * end of the window; five more where a file system is nearly full, and up to 0.3 s of a walk over what is full (docs/decisions/0009-a-short-walk-where-a-disk-is-full.md).
 */
export const filesystems = probe({
  id: 'filesystems',
  title: 'File systems',
  set: 'fast',
  moments: ['during', 'last'],
  limitSeconds: 3,
  prepare: `mounts= newline='
'; [ ! -r self/mounts ] || while IFS= read -r line; do mounts=$mounts$line$newline; done <self/mounts`,
  script: `
[ -n "$mounts" ] || blind 'the box gave no /proc/self/mounts'
moment=$1 away=$newline; set -f; IFS=$newline; set -- $mounts; unset IFS; set +f
# Each line gives way to the place that it names, at the end of the list.
for line; do
  shift
  device=\${line%% *}; options=\${line#* }; mount=\${options%% *}; options=\${options#* }; type=\${options%% *}; options=\${options#* }; options=\${options%% *}
  case $mount in *\\\\*) place=$(printf %b "$(printf '%s\\n' "$mount" | sed 's/\\\\\\([0-7]\\)/\\\\0\\1/g')");; *) place=$mount;; esac
  case $type in
    ext[234]|xfs|btrfs|zfs|f2fs|vfat|exfat|ntfs3|overlay|tmpfs|jfs|reiserfs|bcachefs|ubifs|nilfs2|ocfs2|gfs2) ;;
    fuseblk|beegfs|gpfs|orangefs|coda|vboxsf) away=$away$place$newline; continue;;
    nfs*|cifs|smb*|fuse|fuse.*|9p|ceph|glusterfs|afs|lustre|virtiofs) printf 'skipped %s %s\\n' "$mount" "$type"
      away=$away$place$newline
      # It may lie over one that was to be asked.
      for each; do shift; [ "$each" = "$place" ] || set -- "$@" "$each"; done
      continue;;
    *) continue;;
  esac
  [ "$moment" = last ] || printf 'mount %s %s %s %s\\n' "$device" "$mount" "$type" "$options"
  set -- "$@" "$place"
done
if [ "$moment" != last ] && [ -r /etc/fstab ]; then
  foreign=
  lies_away() { set -f; IFS=$newline; for each in $away; do case $1 in "$each"/*) unset IFS; set +f; return 0;; esac; done; unset IFS; set +f; return 1; }
  while read -r device mount type options _; do
    case $device,$options, in '#'*|,*|*,noauto,*) continue;; *,ro,*) ;; *) printf 'fstab %s\\n' "$mount";; esac
    case ,$options, in *,x-systemd.automount,*|*,comment=systemd.automount,*) continue;; *,nofail,*) kind=optional;; *) kind=missing;; esac
    mount=/\${mount#/}; [ "$mount" = / ] || mount=\${mount%/}
    case $mount:$type in
      /none:*|/swap:*|*:swap|*:autofs|*:ignore|*:proc|*:sysfs|*:devpts|*:debugfs|*:cgroup*|*:usbfs|*:securityfs|*:hugetlbfs|*:mqueue) continue;;
      # One that says something else of / than there is was copied from another machine, into the image of a container above all.
      /:auto|/:*,*) continue;;
      /:*) case $mounts in *" / $type "*) ;; *) foreign=fstab-foreign;; esac; continue;;
    esac
    case $mounts in *" $mount "*) continue;; esac
    [ $kind = missing ] || ! lies_away "$mount" || continue
    # The kernel has the place itself, where fstab has a way to it over a symbolic link.
    place=$(cd -P "$mount" 2>/dev/null && pwd -P)
    case $mounts in *" \${place:-$mount} "*) continue;; esac
    # What may be missing is told of where somebody has written into its mount point.
    [ $kind = missing ] || [ -n "$(ls -f "\${place:-/dev/null/none}" 2>/dev/null | sed -n '/^[^.]/{/^lost+found$/!{p;q;};}')" ] || continue
    printf '%s %s %s %s\\n' $kind "$device" "$mount" "$type"
  done </etc/fstab
  echo \${foreign:-fstab-end}
elif [ "$moment" != last ] && [ ! -e /etc/fstab ]; then echo fstab-end
fi
[ $# -gt 0 ] || exit 0
[ "$moment" != last ] || exec stat -f -c 'size %b %a %f %S %c %d %n' "$@" 2>/dev/null
sizes=$(stat -f -c 'size %b %a %f %S %c %d %n' "$@" 2>/dev/null); printf '%s\\n' "$sizes"
have awk || exit 0
shorten() { case $1 in ?????*) short=\${1%????};; *) short=0;; esac; }
set -f; near= walks=
IFS='
'
for line in $sizes; do
  unset IFS; set -- $line
  case $2:$3:$4:$5 in *[!0-9:]*|:*|*::*|*:) continue;; esac
  full=; all=$2 available=$3 free=$4 room=$((${ROOM_BYTES / 512} / ($5 < 512 ? 1 : $5 / 512)))
  # mksh counts with 32 bits: of large figures the last four digits are left out.
  case $all in ????????*) shorten $3; available=$short; shorten $4; free=$short; all=\${all%????} room=$((room / 10000));; esac
  used=$((all - free))
  [ $((used * 10)) -lt $(((used + available) * 9)) ] || { near=1; [ $available -ge $room ] || full=1; }
  all=$6 free=$7; case $all in ????????*) shorten $7; free=$short; all=\${all%????};; esac
  [ $all -eq 0 ] || [ $(((all - free) * 10)) -lt $((all * 9)) ] || full=1
  [ -z "$full" ] || walks="$walks$2 $4 $5 \${line#size * * * * * * }$newline"
done
unset IFS
[ -z "$walks" ] || ! have du || case $stat1 in *') D '*) ;; *)
${WALK};;
esac
[ -n "$near" ] || exit 0
full=$(printf '%s\\n' "$sizes" | awk '
  { used = $2 - $4; mount = $0; for (at = 0; at < 7; at++) sub(/^[^ ]* /, "", mount)
    print (used + $3 > 0 && used * 10 >= (used + $3) * 9 ? "full" : "room"), mount }')
case $full in *full\\ *) ;; *) exit 0;; esac; set +f
set -- $({ printf '%s\\n=\\n' "$full"; QUOTING_STYLE=escape ls -ln [0-9]*/fd 2>/dev/null; } | awk '
  !listing { if ($0 == "=") listing = 1; else { mount = substr($0, 6); full[mount] = $1 == "full"; known[mount] = mount == "/" ? "/" : mount "/" }; next }
  /^[0-9]+\\/fd:$/ { pid = $0; sub(/\\/.*/, "", pid); next }
  /^l/ {
    arrow = index($0, " -> "); target = substr($0, arrow + 4)
    if (target !~ /^\\// || target ~ / \\(deleted\\)$/ || target ~ /^\\/(dev|proc|sys)\\//) next
    best = ""; for (mount in known) if (index(target, known[mount]) == 1 && length(mount) > length(best)) best = mount
    if (!full[best]) next
    number = substr($0, 1, arrow - 1); sub(/.* /, "", number); print pid "/fd/" number }' | head -n 2000)
[ $# -gt 0 ] || exit 0
stat -L -c '%b %n' "$@" 2>/dev/null | sort -rn | head -n 20 | while read -r blocks name; do
  printf 'open %s %s %s\\n' "$blocks" "\${name%%/*}" "$(readlink -n "$name" | tr '\\n' '?')"
done
:`,
  parse: ({ during, last }): Filesystems => {
    if (!during) throw new Unreadable('the first sample, which names the mounts, is missing')
    const lines = during.text.split('\n')
    const mounts = lines.flatMap((line): readonly Mount[] => {
      const [, device, mount, type, options] =
        /^mount ([^ ]{1,4096}) (\/[^ ]{0,4095}) ([^ ]{1,64}) ([^ ]+)$/.exec(line) ?? []
      return device && mount && type && options
        ? [{ device: unescaped(device), mount: unescaped(mount), type, options: options.split(',') }]
        : []
    })
    const skipped = lines.flatMap((line) => {
      const [, mount, type] = /^skipped ([^ ]+) ([^ ]+)$/.exec(line) ?? []
      return mount && type ? [{ mount: unescaped(mount), type }] : []
    })
    const before = sizesOf(during)
    const now = last ? sizesOf(last) : before
    if (mounts.length > 0 && now.size === 0 && before.size === 0) throw new Unreadable('stat -f gave no size')
    const seconds = last ? last.atSeconds - during.atSeconds : 0
    const open = lines.flatMap(readOpen)
    const searches = readSearches(lines)
    const table = new Set(lines.flatMap((line) => (line.startsWith('fstab ') ? [unescaped(line.slice(6))] : [])))
    const visible = mounts.filter(isOnTop)
    const all = visible.flatMap((mount) => {
      const size = now.get(mount.mount) ?? before.get(mount.mount)
      const then = before.get(mount.mount)
      const rate = size && then && seconds > 0 ? ((then.free - size.free) * size.blockBytes) / seconds : undefined
      return size && size.blocks > 0
        ? [
            {
              ...describe(mount, size, rate, filesOn(mount.mount, open, mounts), table.has(mount.mount)),
              ...(searches.has(mount.mount) ? { search: searches.get(mount.mount) } : {}),
            },
          ]
        : []
    })
    const searchSeconds = readSearchSeconds(lines, searches.size)
    return {
      ...(searchSeconds > 0 && seconds > 0 ? { searchPercent: Math.min(100, (100 * searchSeconds) / seconds) } : {}),
      filesystems: oneForEachDevice(all).slice(0, MOUNTS_KEPT),
      notAsked: skipped.map(({ mount, type }) => `${mount} ${type}`),
      unanswered: visible
        .filter(({ mount, type }) => type !== 'overlay' && !now.has(mount) && !before.has(mount))
        .filter(({ mount }) => !skipped.some((each) => each.mount === mount))
        .map(({ mount, type }) => `${mount} ${type}`),
      missing: lines.includes('fstab-end')
        ? lines.flatMap(readMissing)
        : lines.includes('fstab-foreign')
          ? []
          : undefined,
      ...(lines.includes('fstab-foreign') ? { foreignFstab: true as const } : {}),
    }
  },
})

function readMissing(line: string): readonly MissingMount[] {
  const [, kind, device, mount, type] =
    /^(missing|optional) ([^ ]{1,4096}) (\/[^ ]{1,4095}) ([^ ]{1,64})$/.exec(line) ?? []
  if (!device || !mount || !type) return []
  const optional = kind === 'optional' ? { optional: true } : {}
  return [{ device: unescaped(device), mount: unescaped(mount), type, ...optional }]
}

/** A node full of containers has some hundred. */
const MOUNTS_KEPT = 5_000

interface Mount {
  readonly device: string
  readonly mount: string
  readonly type: string
  readonly options: readonly string[]
}

/** Of several mounts on one place the last lies over the others, which nobody can reach. */
function isOnTop({ mount }: Mount, index: number, mounts: readonly Mount[]): boolean {
  return mounts.findLastIndex((each) => each.mount === mount) === index
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

function sizesOf(sample: Sample | undefined): ReadonlyMap<string, Size> {
  return new Map((sample?.text ?? '').split('\n').flatMap((line): [string, Size][] => readSize(line)))
}

function readOpen(line: string): readonly OpenFile[] {
  const [, blocks, pid, path] = /^open (\d+) (\d+) (.+)$/.exec(line) ?? []
  return path ? [{ pid: Number(pid), path, bytes: Number(blocks) * STAT_BLOCK_BYTES }] : []
}

/** Unit of %b in stat(1). */
const OPEN_KEPT = 5

/** Each once, whoever else was forked with it, on the file system whose mount point is nearest above it. */
function filesOn(mount: string, open: readonly OpenFile[], mounts: readonly Mount[]): readonly OpenFile[] {
  const below = (path: string, above: string): boolean => path.startsWith(above === '/' ? '/' : `${above}/`)
  const here = open.filter(
    ({ path }) =>
      below(path, mount) && !mounts.some((other) => other.mount.length > mount.length && below(path, other.mount)),
  )
  return [...new Map(here.toReversed().map((file) => [file.path, file])).values()]
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, OPEN_KEPT)
}

function describe(
  { device, mount, type, options }: Mount,
  size: Size,
  usedBytesPerSecond: number | undefined,
  openFiles: readonly OpenFile[],
  meantWritable: boolean,
): Filesystem {
  const used = size.blocks - size.free
  const usable = used + size.available
  const stoppedByError = options.includes('emergency_ro') || options.includes('shutdown')
  return {
    mount,
    device,
    type,
    readOnly: options.includes('ro') || stoppedByError,
    stoppedByError,
    remountsOnError: options.includes('errors=remount-ro'),
    totalBytes: size.blocks * size.blockBytes,
    usedBytes: used * size.blockBytes,
    availableBytes: size.available * size.blockBytes,
    usedPercent: usable > 0 ? Math.ceil((100 * used) / usable) : 0,
    inodes: size.inodes,
    inodesFree: size.inodesFree,
    inodesUsedPercent: size.inodes > 0 ? Math.ceil((100 * (size.inodes - size.inodesFree)) / size.inodes) : 0,
    usedBytesPerSecond,
    meantWritable,
    openFiles,
  }
}

/**
 * Bind mounts show one device many times; the shortest mount point stands for it, and it is read-only when all of them are. tmpfs and overlay have
 * no device: all stay.
 */
function oneForEachDevice(all: readonly Filesystem[]): readonly Filesystem[] {
  const chosen = new Map<string, Filesystem>()
  for (const each of all) {
    const key = each.device.startsWith('/') ? each.device : `${each.type}:${each.mount}`
    const known = chosen.get(key)
    const shorter = !known || each.mount.length < known.mount.length ? each : known
    chosen.set(key, { ...shorter, readOnly: each.readOnly && (known?.readOnly ?? true) })
  }
  return [...chosen.values()]
}

/** proc_mounts(5): space, tab, newline and backslash are written as octal. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)))
}
