/**
 * Cuts bytes into lines, whatever the chunks: `onLine` gets each without its line feed, and without a carriage return before it. The line before stands
 * before it in the same bytes (its last `LONGEST_BEFORE` at least), since a layout may look back. What of a line is beyond `LONGEST_LINE` is left out, so
 * that memory stays bounded. `bytes` of a call are only good during the call.
 *
 * @param takeLine is asked first of a line that begins in the bytes that were fed: whether it takes the line and tells where its line feed is. -1: `onLine`
 * shall have it. It finds the end while it reads the line; searching for it takes a tenth of mining.
 */
export function createLineCutter(onLine: OnLine, takeLine: TakeLine = () => -1): LineCutter {
  const border = createBorder()
  let cutBytes = 0

  const give = (bytes: Uint8Array, start: number, end: number): void => {
    const last = Math.min(end, start + LONGEST_LINE)
    cutBytes += end - last
    onLine(bytes, start, last > start && bytes[last - 1] === CARRIAGE_RETURN ? last - 1 : last)
  }
  const giveBorder = (): void => {
    cutBytes += border.cutBytes()
    give(border.bytes(), border.start(), border.end())
    border.next()
  }
  /** A line that began in earlier bytes, and one whose line before did: the beginning of what is left. */
  const giveFirst = (bytes: Uint8Array, searched: Buffer): number => {
    let start = 0
    for (let began = border.isOpen(); ; began = false) {
      const end = searched.indexOf(LINE_FEED, start)
      if (end < 0) return start
      border.add(bytes, start, end)
      giveBorder()
      start = end + 1
      if (!began) return start
    }
  }
  /** All lines from `first` on that end in these bytes; gives the beginning of what is left. A function of its own, since it is compiled as a whole then. */
  const giveWhole = (bytes: Uint8Array, searched: Buffer, first: number): number => {
    let start = first
    const last = bytes.length
    while (start < last) {
      let end = takeLine(bytes, start, last)
      if (end < 0) {
        end = searched.indexOf(LINE_FEED, start)
        if (end < 0) return start
        give(bytes, start, end)
      }
      start = end + 1
    }
    return start
  }

  return {
    feed: (bytes) => {
      // A Buffer is searched several times as fast as a plain array of bytes.
      const searched = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      const first = giveFirst(bytes, searched)
      const start = giveWhole(bytes, searched, first)
      if (start > first) border.replace(bytes, searched.lastIndexOf(LINE_FEED, start - 2) + 1, start - 1)
      border.add(bytes, start, bytes.length)
    },
    finish: () => {
      if (border.isOpen()) giveBorder()
    },
    cutBytes: () => cutBytes,
  }
}

type OnLine = (bytes: Uint8Array, start: number, end: number) => void

/** @param last end of the bytes */
type TakeLine = (bytes: Uint8Array, start: number, last: number) => number

export interface LineCutter {
  readonly feed: (bytes: Uint8Array) => void
  /** Gives the last line, where no line feed ends it. */
  readonly finish: () => void
  /** Bytes that were left out so far. */
  readonly cutBytes: () => number
}

/** Bytes. No program writes longer ones on purpose; a JSON record with a stack trace has some thousand. */
export const LONGEST_LINE = 65_536

/** Bytes. A layout looks back over 20,000 (a part of a line in a container's log has 16 KiB). */
const LONGEST_BEFORE = 20_480

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** A line that lies in several chunks, and the line before it. */
function createBorder() {
  let bytes = new Uint8Array(1_024)
  /** Of the line: the line before and its line feed stand before it, and a line feed after it, as they do where a line is not copied. */
  let start = 0
  let end = 0
  let cut = 0

  const add = (from: Uint8Array, first: number, last: number): void => {
    const length = Math.min(last - first, start + LONGEST_LINE - end)
    if (end + length >= bytes.length) {
      const larger = new Uint8Array(Math.max(2 * bytes.length, end + length + 1))
      larger.set(bytes.subarray(0, end))
      bytes = larger
    }
    bytes.set(from.subarray(first, first + length), end)
    end += length
    bytes[end] = LINE_FEED
    cut += last - first - length
  }
  /** What was added is the line before from now on. */
  const next = (): void => {
    const from = Math.max(start, end - LONGEST_BEFORE)
    bytes.copyWithin(0, from, end)
    end -= from
    bytes[end] = LINE_FEED
    start = ++end
    cut = 0
  }

  return {
    add,
    next,
    replace: (from: Uint8Array, first: number, last: number): void => {
      start = 0
      end = 0
      add(from, Math.max(first, last - LONGEST_BEFORE), last)
      next()
    },
    bytes: () => bytes,
    start: () => start,
    end: () => end,
    cutBytes: () => cut,
    isOpen: () => end > start || cut > 0,
  }
}
