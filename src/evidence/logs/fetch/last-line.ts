/** Hands bytes on, all but the last line, which is kept until it is known what it is. */
export interface LastLine {
  give(bytes: Uint8Array): Promise<void>
  /** With its end, where it has one. */
  line(): Uint8Array
}

/** Of a line that is longer the end alone is kept. Bytes. */
const KEPT_BYTES = 64 * 1024
const NEWLINE = 0x0a

export function lastLine(onward: (bytes: Uint8Array) => Promise<void>): LastLine {
  let kept: Uint8Array = new Uint8Array(0)
  return {
    give: async (bytes) => {
      if (bytes.length === 0) return
      // The end of the last line is no beginning of another one yet.
      const from = bytes.subarray(0, -1).lastIndexOf(NEWLINE) + 1
      const goesOn = from === 0 && (kept.length === 0 || kept.at(-1) !== NEWLINE)
      if (goesOn) {
        kept = Buffer.concat([kept, bytes])
        if (kept.length <= KEPT_BYTES) return
        const early = kept.subarray(0, -KEPT_BYTES)
        kept = kept.slice(-KEPT_BYTES)
        await onward(early)
        return
      }
      const before = kept
      kept = bytes.slice(from)
      if (before.length > 0) await onward(before)
      if (from > 0) await onward(bytes.subarray(0, from))
    },
    line: () => kept,
  }
}
