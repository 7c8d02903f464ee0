import type { LineLayout } from '../../../evidence/logs/layout/line-layout.ts'

/** Some bytes of a log in a buffer of their own. */
export interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The next block begins with a record. False: none begins within so many bytes, the next block goes on with this one. */
  readonly ends: boolean
}

/**
 * Puts bytes together to blocks of about `size`, each of which ends where a record ends, so that each can be mined by itself.
 *
 * @param onBlock may keep the bytes
 */
export function createRecordBlocks(layout: LineLayout, size: number, onBlock: (block: Block) => void): RecordBlocks {
  let block = new Uint8Array(size)
  let length = 0

  const give = (end: number, ends: boolean): void => {
    const rest = block.slice(end, length)
    onBlock({ bytes: block.subarray(0, end), ends })
    block = new Uint8Array(size)
    block.set(rest)
    length = rest.length
  }

  return {
    feed: (bytes) => {
      for (let at = 0; at < bytes.length;) {
        const part = bytes.subarray(at, at + size - length)
        block.set(part, length)
        length += part.length
        at += part.length
        if (length < size) continue
        const border = lastRecord(layout, block)
        give(border > 0 ? border : size, border > 0)
      }
    },
    finish: () => {
      if (length > 0) give(length, true)
    },
  }
}

export interface RecordBlocks {
  /** The bytes are copied. */
  readonly feed: (bytes: Uint8Array) => void
  readonly finish: () => void
}

const LINE_FEED = 0x0a

/** Where the last record begins that has its first line in these bytes as a whole; -1 where none does. */
function lastRecord(layout: LineLayout, bytes: Uint8Array): number {
  let end = bytes.lastIndexOf(LINE_FEED)
  while (end > 0) {
    const start = bytes.lastIndexOf(LINE_FEED, end - 1) + 1
    if (start === 0) return -1
    if (end > start && !layout.continues(bytes, start, end)) return start
    end = start - 1
  }
  return -1
}
