import { bytes } from '../../../base/format.ts'
import { shellQuoted } from '../../../base/shell-quoted.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import type { InspectedProcess } from '../process.ts'
import { lostTarget, lostWords, proveTarget } from '../prove-target.ts'
import type { CoreEstimate, CoreOrder } from './taken-core.ts'

/** Walking the sums of more holds the lock of its memory map for long: then what is mapped is told from the map alone. KiB. */
const SUMMED_KIB = 8 * 1024 * 1024
/** Where cores go when nobody says where: on disks, not in memory. */
const FOLDERS = ['/var/tmp', '/var/crash', '/home', '/root'] as const

/**
 * Shell text that says what a core of the process would take: `kib MAPPED RESIDENT` of what coredump_filter lets through, the filter, and the disk. Nothing is attached.
 *
 * What gdb writes: mappings that may be read at all, are not marked MADV_DONTDUMP, and whose kind the filter has. A private mapping of a file
 * counts where the process has written to it (bit 0), all of it. Sources: core(5), proc_pid_smaps(5); gdb, "Core File Generation".
 */
export function coreEstimateScript(
  process: Pick<InspectedProcess, 'pid' | 'startTicks'>,
  { folder }: CoreOrder,
): string {
  const folders = folder === undefined ? FOLDERS.join(' ') : shellQuoted(folder)
  const { pid } = process
  return `${proveTarget(process)}
cd /proc/${pid} || exit 0
filter=; { read -r filter <coredump_filter; } 2>/dev/null
echo "filter \${filter:-33}"
resident=$(sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\) kB$/\\1/p' status)
swapped=$(sed -n 's/^VmSwap:[^0-9]*\\([0-9]*\\) kB$/\\1/p' status)
if [ "\${resident:-0}" -le ${SUMMED_KIB} ]; then sums=smaps; else sums=maps; fi
awk -v sums=$sums -v all="\${resident:-0}" -v swapped="\${swapped:-0}" -v filter="\${filter:-33}" '
function bit(n) { return int(value / 2 ^ n) % 2 }
function finish() {
  if (!open || !readable || kept) return
  taken = shared ? (file ? bit(3) : bit(1)) : (!file || dirty > 0) ? bit(0) : bit(2)
  if (huge) taken = shared ? bit(6) : bit(5)
  if (taken) { mapped += size; own += dirty + swap } else if (bit(4)) mapped += 4
}
BEGIN { digits = "0123456789abcdef"; for (i = 1; i <= length(filter); i++) value = value * 16 + index(digits, substr(filter, i, 1)) - 1 }
/^[0-9a-f]+-[0-9a-f]+ / {
  finish(); open = 1; kept = huge = dirty = swap = size = 0
  readable = substr($2, 1, 3) != "---" && $6 !~ /^\\[(vvar|vsyscall)/; shared = substr($2, 4, 1) == "s"; file = $5 != 0
  if (sums == "maps") { split($1, ends, "-"); size = (hex(ends[2]) - hex(ends[1])) / 1024; if (file && substr($2, 2, 1) == "w") dirty = 1 }
  next
}
function hex(text,  i, sum) { for (i = 1; i <= length(text); i++) sum = sum * 16 + index(digits, substr(text, i, 1)) - 1; return sum }
$1 == "Size:" { size = $2 }
$1 == "Private_Dirty:" { dirty += $2 }
$1 == "Anonymous:" && !dirty { dirty = $2 }
$1 == "Swap:" { swap = $2 }
$1 == "VmFlags:" { for (i = 2; i <= NF; i++) { if ($i == "dd") kept = 1; if ($i == "ht") huge = 1 } }
END { finish(); printf "kib %.0f %.0f\\n", mapped, sums == "maps" ? all + swapped : own }
' $sums 2>&1
for folder in ${folders}; do
  [ -d "$folder" ] && [ -w "$folder" ] || continue
  df -kP "$folder" 2>/dev/null | awk 'NR == 2 { for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+$/) { print "disk", $i, $(i + 2); exit } }'
  printf 'folder %s\\n' "$folder"
  break
done
`
}

/** One to three milliseconds for each MiB that is read and written: 91 ms for 50 MiB, 360 ms for 500, 6.5 s for 2 GiB; what is mapped and not used costs less. Milliseconds. */
const PAUSE = { least: 150, perMib: 3, perUnusedMib: 1 } as const
const MIB = 1024 * 1024

/** @param random of the folder that is made for the core */
export function coreEstimate(
  output: Uint8Array,
  { pid, name }: Pick<InspectedProcess, 'pid' | 'name'>,
  random: string,
): Reading<CoreEstimate> {
  const text = Buffer.from(output).toString('utf8')
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const [, mapped, own] = /^kib (\d{1,15}) (\d{1,15})$/m.exec(text) ?? []
  if (mapped === undefined || Number(mapped) === 0)
    return blind(
      /denied|not permitted/i.test(text) ? 'its memory map may not be read' : 'its memory map could not be read',
      'run with --sudo',
    )
  const [, disk, free] = /^disk (\d{1,15}) (\d{1,15})$/m.exec(text) ?? []
  const folder = /^folder (\/.{0,1000})$/m.exec(text)?.[1]
  if (disk === undefined || folder === undefined)
    return blind('there is no folder on the box for it that may be written to', '--core FOLDER with one that there is')
  const [mostBytes, residentBytes] = [Number(mapped) * 1024, Number(own) * 1024]
  const unused = Math.max(0, mostBytes - residentBytes)
  return seen({
    folder,
    file: `${folder.replace(/\/+$/, '')}/halligan-core.${pid}.${random}/${fileName(name)}.core`,
    mostBytes,
    residentBytes,
    filter: /^filter ([0-9a-f]{1,16})$/m.exec(text)?.[1] ?? '33',
    freeBytes: Number(free) * 1024,
    diskBytes: Number(disk) * 1024,
    pauseMs: Math.round(PAUSE.least + (PAUSE.perMib * residentBytes + PAUSE.perUnusedMib * unused) / MIB),
  })
}

/** So much stays free: a box whose disk is full has one more trouble. Share of the disk, and bytes at least. */
const KEPT_FREE = { share: 0.05, bytes: 256 * 1024 * 1024 } as const

/** Why there is no room for it, in a sentence; undefined where there is. */
export function tooFull({ mostBytes, freeBytes, diskBytes, folder }: CoreEstimate): string | undefined {
  // A small disk cannot keep more than a tenth of it.
  const kept = Math.max(KEPT_FREE.share * diskBytes, Math.min(KEPT_FREE.bytes, diskBytes / 10))
  if (freeBytes - mostBytes >= kept) return undefined
  return `it may take ${bytes(mostBytes)}, and ${folder} has ${bytes(freeBytes)} free, of which ${bytes(kept)} should stay`
}

/** A process may call itself anything. */
function fileName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^[.-]+/, '') || 'process'
}
