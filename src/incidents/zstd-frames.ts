import { fstatSync, readSync } from 'node:fs'

/** A part of a file that is unpacked on its own: from one byte up to another, which it does not have. */
export interface Frame {
  readonly start: number
  readonly end: number
}

const MAGIC = 0xfd2fb528
/** Skippable frames have 16 magic numbers from this one on. */
const SKIPPABLE = 0x184d2a50
/** Bytes of the content size and of the dictionary's number, by their flags. */
const CONTENT_SIZE = [0, 2, 4, 8] as const
const DICTIONARY = [0, 1, 2, 4] as const
/** A header has 14 bytes at most after the magic number. */
const HEADER_LIMIT = 18
/** Of all kinds together: pzstd makes two for some megabytes, and each costs whoever unpacks it a tenth of a millisecond at least. */
const FRAMES_LIMIT = 100_000

/**
 * The frames with content that a file consists of to its last byte (RFC 8878, 3.1), without the skippable ones between them; undefined where it does not, since it was cut off or has something else in it. Node
 * unpacks the first frame only, and takes one that is cut for whole.
 *
 * @param descriptor of a regular file
 * @throws when it cannot be read, or has absurdly many frames
 */
export function zstdFrames(descriptor: number): readonly Frame[] | undefined {
  const { size } = fstatSync(descriptor)
  const read = (at: number, count: number): Buffer => readAt(descriptor, at, count)
  const frames: Frame[] = []
  let count = 0
  for (let start = 0; start < size;) {
    const end = frameEnd(read, start)
    if (end === undefined || end > size) return undefined
    if ((count += 1) > FRAMES_LIMIT) throw new Error(`it has more than ${FRAMES_LIMIT} frames`)
    if (!isSkippable(read(start, 4))) frames.push({ start, end })
    start = end
  }
  return frames
}

/** Whether it begins with a frame of zstd, or with one to skip: else it was never packed with it. Throws when it cannot be read. */
export function beginsAsZstd(descriptor: number): boolean {
  const bytes = readAt(descriptor, 0, 4)
  if (bytes.length < 4) return false
  const magic = bytes.readUInt32LE()
  return magic === MAGIC || (magic >= SKIPPABLE && magic < SKIPPABLE + 16)
}

/** So many bytes from there, or what there is. */
export function readAt(descriptor: number, at: number, count: number): Buffer {
  const bytes = Buffer.alloc(count)
  return bytes.subarray(0, readSync(descriptor, bytes, 0, count, at))
}

function frameEnd(read: (at: number, count: number) => Buffer, start: number): number | undefined {
  const header = read(start, HEADER_LIMIT)
  if (header.length < 8) return undefined
  const magic = header.readUInt32LE()
  if (isSkippable(header)) return start + 8 + header.readUInt32LE(4)
  if (magic !== MAGIC) return undefined
  const flags = header[4] ?? 0
  const oneSegment = (flags & 0x20) !== 0
  const contentSize = oneSegment && flags >> 6 === 0 ? 1 : (CONTENT_SIZE[flags >> 6] ?? 0)
  const first = start + 5 + (oneSegment ? 0 : 1) + (DICTIONARY[flags & 3] ?? 0) + contentSize
  const last = blocksEnd(read, first)
  return last === undefined ? undefined : last + ((flags & 4) === 0 ? 0 : 4)
}

function isSkippable(header: Buffer): boolean {
  const magic = header.readUInt32LE()
  return magic >= SKIPPABLE && magic < SKIPPABLE + 16
}

/** A block says in three bytes whether it is the last one (bit 0), of which kind it is (bits 1 and 2), and how long. */
function blocksEnd(read: (at: number, count: number) => Buffer, first: number): number | undefined {
  for (let at = first; ;) {
    const header = read(at, 3)
    if (header.length < 3) return undefined
    const value = header.readUIntLE(0, 3)
    const kind = (value >> 1) & 3
    // One byte repeated; the size is how often.
    const size = kind === 1 ? 1 : value >> 3
    if (kind === 3) return undefined
    at += 3 + size
    if ((value & 1) === 1) return at
  }
}
