/** What the file of a program says of itself: its ELF header, the headers of its segments and, where they stand at its end, of its sections. */
export interface ProgramFile {
  /** It names no dynamic linker. */
  readonly static: boolean
  /** It has no table of symbols (`.symtab`); undefined where its sections could not be read. */
  readonly stripped: boolean | undefined
  /** It was made by the Go linker: a note of type 4 named Go (cmd/link, `.note.go.buildid`). */
  readonly go: boolean
  /** For which processor it is, as `uname -m` calls it; undefined for those that are not told apart here. */
  readonly architecture: 'x86_64' | 'aarch64' | undefined
}

/** e_machine of elf(5): EM_X86_64, EM_AARCH64. */
const ARCHITECTURES: Readonly<Record<number, ProgramFile['architecture']>> = { 62: 'x86_64', 183: 'aarch64' }

const PT_INTERP = 3
const PT_NOTE = 4
const SHT_SYMTAB = 2
const HEADERS = { most: 96, segmentBytes: 56, sectionBytes: 64 } as const

/**
 * Reads the first bytes of a program, and its last ones, with its size where it is known from elsewhere; undefined for what is no ELF of 64 bits in the byte
 * order of little-endian machines. Source: elf(5).
 */
export function programFile(head: Uint8Array, tail: Uint8Array): ProgramFile | undefined {
  const bytes = Buffer.from(head)
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) return undefined
  const segments = segmentsOf(bytes)
  return {
    static: !segments.some(({ type }) => type === PT_INTERP),
    stripped: isStripped(bytes, Buffer.from(tail)),
    architecture: ARCHITECTURES[bytes.readUInt16LE(18)],
    go: segments.some((segment) => segment.type === PT_NOTE && isGoNote(bytes, segment)),
  }
}

interface Segment {
  readonly type: number
  readonly offset: number
  readonly size: number
}

function segmentsOf(bytes: Buffer): readonly Segment[] {
  const at = Number(bytes.readBigUInt64LE(32))
  const count = Math.min(bytes.readUInt16LE(56), HEADERS.most)
  return Array.from({ length: count }, (_, index) => at + index * HEADERS.segmentBytes).flatMap((from) =>
    from < 0 || from + HEADERS.segmentBytes > bytes.length
      ? []
      : [
          {
            type: bytes.readUInt32LE(from),
            offset: Number(bytes.readBigUInt64LE(from + 8)),
            size: Number(bytes.readBigUInt64LE(from + 32)),
          },
        ],
  )
}

/** Length of name and content, type, name: `4 … 4 "Go\0\0"`. */
function isGoNote(bytes: Buffer, { offset, size }: Segment): boolean {
  if (offset + 16 > bytes.length || size < 16) return false
  return (
    bytes.readUInt32LE(offset) === 4 &&
    bytes.readUInt32LE(offset + 8) === 4 &&
    bytes.toString('latin1', offset + 12, offset + 14) === 'Go'
  )
}

/** The table of sections stands behind all else (GNU ld, lld, strip), or right behind the segments (Go). Without one it is stripped of that too. */
function isStripped(head: Buffer, tail: Buffer): boolean | undefined {
  const count = head.readUInt16LE(60)
  const at = Number(head.readBigUInt64LE(40))
  if (at === 0 || count === 0) return true
  const size = count * HEADERS.sectionBytes
  if (at + size <= head.length) return !hasSymbols(head.subarray(at, at + size))
  if (size > tail.length) return undefined
  const table = tail.subarray(tail.length - size)
  // The first section is null, whatever the file: else this is not the table.
  return table.subarray(0, HEADERS.sectionBytes).every((byte) => byte === 0) ? !hasSymbols(table) : undefined
}

function hasSymbols(table: Buffer): boolean {
  for (let at = 0; at + HEADERS.sectionBytes <= table.length; at += HEADERS.sectionBytes)
    if (table.readUInt32LE(at + 4) === SHT_SYMTAB) return true
  return false
}
