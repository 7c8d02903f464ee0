/**
 * Cuts bytes into lines, whatever the chunks: `onLine` gets each without its line feed, and without a carriage return before it. What of a line is beyond
 * `LONGEST_LINE` is left out, so that memory stays bounded. `bytes` of a call are only good during the call.
 */
export function createLineCutter(onLine: (bytes: Uint8Array, start: number, end: number) => void): LineCutter {
  let held = new Uint8Array(0)
  let heldLength = 0
  let heldCut = 0
  let cutBytes = 0

  const give = (bytes: Uint8Array, start: number, end: number): void => {
    const last = Math.min(end, start + LONGEST_LINE)
    cutBytes += end - last
    onLine(bytes, start, last > start && bytes[last - 1] === 0x0d ? last - 1 : last)
  }
  const hold = (bytes: Uint8Array, start: number, end: number): void => {
    const room = Math.min(end - start, LONGEST_LINE - heldLength)
    if (heldLength + room > held.length) {
      const larger = new Uint8Array(Math.min(LONGEST_LINE, Math.max(2 * held.length, heldLength + room, 1_024)))
      larger.set(held.subarray(0, heldLength))
      held = larger
    }
    held.set(bytes.subarray(start, start + room), heldLength)
    heldLength += room
    heldCut += end - start - room
  }
  const giveHeld = (): void => {
    const length = heldLength
    cutBytes += heldCut
    heldLength = 0
    heldCut = 0
    give(held, 0, length)
  }

  return {
    feed: (bytes) => {
      let start = 0
      if (heldLength > 0) {
        const end = bytes.indexOf(LINE_FEED)
        hold(bytes, 0, end < 0 ? bytes.length : end)
        if (end < 0) return
        giveHeld()
        start = end + 1
      }
      for (;;) {
        const end = bytes.indexOf(LINE_FEED, start)
        if (end < 0) break
        give(bytes, start, end)
        start = end + 1
      }
      if (start < bytes.length) hold(bytes, start, bytes.length)
    },
    finish: () => {
      if (heldLength > 0) giveHeld()
    },
    cutBytes: () => cutBytes,
  }
}

export interface LineCutter {
  readonly feed: (bytes: Uint8Array) => void
  /** Gives the last line, where no line feed ends it. */
  readonly finish: () => void
  /** Bytes that were left out so far. */
  readonly cutBytes: () => number
}

/** Bytes. No program writes longer ones on purpose; a JSON record with a stack trace has some thousand. */
export const LONGEST_LINE = 65_536

const LINE_FEED = 0x0a
