import { shellQuoted } from '../../../base/shell-quoted.ts'
import { identity } from '../../probes/identity.ts'
import { PAGE_BYTES, type Range } from './core-file.ts'

/** Enough for the table of segments of 4,600 mappings. Bytes. */
const HEAD_BYTES = 256 * 1024
/** What dd reads at once; it seeks, where `tail -c +N` of busybox would read all before. Bytes. */
const BLOCK_BYTES = 4096

const section = (boundary: string): string => `section() { printf '\\n${boundary} %s\\n' "$1"; }`

/** Shell text that says whether there is such a file, its size and date, and gives its head, in sections (sections.ts). It opens nothing but a file: no pipe, no device. */
export function coreHeadScript(file: string, boundary: string): string {
  return `
${section(boundary)}
section identity
( cd /proc && ${identity.script} )
f=${shellQuoted(file)}
section kind
if [ ! -e "$f" ]; then echo missing; elif [ ! -f "$f" ]; then echo other; elif [ ! -r "$f" ]; then echo unreadable; else echo file; fi
section tools; command -v gdb
[ -f "$f" ] && [ -r "$f" ] || { section end; exit 0; }
section size; stat -L -c '%s %Y' "$f"
section head; head -c ${HEAD_BYTES} <"$f"
section end
`
}

/** Shell text that gives parts of a core, and the first page of each of the files that there is: sections \`range-0\`, \`now-0\`; \`now-1\` is missing where there is no second file. */
export function coreRangesScript(
  file: string,
  ranges: readonly (Range | undefined)[],
  files: readonly string[],
  boundary: string,
): string {
  return `
${section(boundary)}
f=${shellQuoted(file)}
[ -f "$f" ] || exit 0
${ranges.flatMap((range, at) => (range ? [`section range-${at}; ${readBlocks(range)}`] : [])).join('\n')}
${files
  .map(
    (path, at) =>
      `p=${shellQuoted(path)}; [ ! -f "$p" ] || { section now-${at}; head -c ${PAGE_BYTES} <"$p"; } 2>/dev/null`,
  )
  .join('\n')}
section end
`
}

function readBlocks({ offset, bytes }: Range): string {
  const first = Math.floor(offset / BLOCK_BYTES)
  const count = Math.ceil((offset + bytes) / BLOCK_BYTES) - first
  return `dd if="$f" bs=${BLOCK_BYTES} skip=${first} count=${count} 2>/dev/null`
}

/** The range itself out of the blocks that came for it; shorter where the file ends. */
export function rangeIn(blocks: Uint8Array, { offset, bytes }: Range): Uint8Array {
  const from = offset % BLOCK_BYTES
  return blocks.subarray(Math.min(from, blocks.length), Math.min(from + bytes, blocks.length))
}

/** How a compressed core begins, and what unpacks it. */
const PACKED: readonly (readonly [string, string])[] = [
  ['28b52ffd', 'zstd -d'],
  ['04224d18', 'lz4 -d'],
  ['fd377a585a00', 'xz -d -k'],
  ['1f8b', 'gzip -d -k'],
]

/** What unpacks it, for a core that is compressed (systemd-coredump does that). */
export function unpackerOf(head: Uint8Array): string | undefined {
  const begin = Buffer.from(head.subarray(0, 8)).toString('hex')
  return PACKED.find(([magic]) => begin.startsWith(magic))?.[1]
}
