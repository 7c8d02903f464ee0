/** A part of an ELF file of 64 bits, little-endian: what Linux writes on x86-64, aarch64, riscv64 and ppc64le. Source: elf(5). */
export interface Elf {
  /** `ET_CORE` is 4, a program or a library 2 or 3. */
  readonly type: number
  /** `e_machine`: 62 x86-64, 183 aarch64. */
  readonly machine: number
  readonly segments: readonly Segment[]
  /** How many bytes from the beginning of the file hold all of the table of segments; more than were given where it is cut. */
  readonly tableEnd: number
  /** The number of segments that the table has. */
  readonly segmentCount: number
}

export interface Segment {
  /** `PT_LOAD` is 1, `PT_NOTE` 4. */
  readonly type: number
  readonly offset: number
  readonly fileBytes: number
  readonly address: bigint
}

export const TYPE_CORE = 4
export const LOAD = 1
export const NOTE = 4
const HEADER_BYTES = 64
const SEGMENT_BYTES = 56

/** What is in the head of a file; undefined for what is no such ELF file. Segments beyond the given bytes, or with numbers beyond 2^53, are left out. */
export function elfOf(bytes: Uint8Array): Elf | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isElf64 = view.getUint32(0, false) === 0x7f454c46 && bytes[4] === 2 && bytes[5] === 1
  if (!isElf64) return undefined
  const from = view.getBigUint64(32, true)
  const [size, count] = [view.getUint16(54, true), view.getUint16(56, true)]
  if (from > BigInt(Number.MAX_SAFE_INTEGER) || (count > 0 && size < SEGMENT_BYTES)) return undefined
  const segments: Segment[] = []
  for (let at = 0; at < count; at += 1) {
    const begin = Number(from) + at * size
    if (begin + SEGMENT_BYTES > bytes.length) break
    const [offset, fileBytes] = [view.getBigUint64(begin + 8, true), view.getBigUint64(begin + 32, true)]
    if (offset + fileBytes > BigInt(Number.MAX_SAFE_INTEGER)) continue
    segments.push({
      type: view.getUint32(begin, true),
      offset: Number(offset),
      fileBytes: Number(fileBytes),
      address: view.getBigUint64(begin + 16, true),
    })
  }
  return {
    type: view.getUint16(16, true),
    machine: view.getUint16(18, true),
    segments,
    tableEnd: Number(from) + count * size,
    segmentCount: count,
  }
}

export interface Note {
  /** `CORE`, `LINUX`, `GNU`. */
  readonly owner: string
  readonly type: number
  readonly data: Uint8Array
}

/** The notes of a segment, up to the first that goes beyond it. */
export function notesIn(bytes: Uint8Array): readonly Note[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const notes: Note[] = []
  let at = 0
  while (at + 12 <= bytes.length) {
    const [nameBytes, dataBytes] = [view.getUint32(at, true), view.getUint32(at + 4, true)]
    const dataAt = at + 12 + padded(nameBytes)
    if (dataAt + dataBytes > bytes.length) break
    notes.push({
      owner: textUpToZero(bytes.subarray(at + 12, Math.min(at + 12 + nameBytes, at + 12 + LONGEST_OWNER))),
      type: view.getUint32(at + 8, true),
      data: bytes.subarray(dataAt, dataAt + dataBytes),
    })
    at = dataAt + padded(dataBytes)
  }
  return notes
}

const LONGEST_OWNER = 16

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4
}

const BUILD_ID = 3
/** Linkers make 8 (fast), 16 or 20 bytes; more is none. */
const BUILD_ID_BYTES = { least: 4, most: 64 } as const

/** The build-id that the first page of a program or library has, in hex: each build has another. Undefined where it has none there. */
export function buildIdIn(page: Uint8Array): string | undefined {
  const elf = elfOf(page)
  for (const { type, offset, fileBytes } of elf?.segments ?? []) {
    if (type !== NOTE || offset + fileBytes > page.length) continue
    const note = notesIn(page.subarray(offset, offset + fileBytes)).find(
      (each) => each.owner === 'GNU' && each.type === BUILD_ID,
    )
    if (note && note.data.length >= BUILD_ID_BYTES.least && note.data.length <= BUILD_ID_BYTES.most)
      return Buffer.from(note.data).toString('hex')
  }
  return undefined
}

export function textUpToZero(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8')
}
