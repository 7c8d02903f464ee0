import { endOfCutKey } from './redaction/index.ts'

/** What is kept of an output that may be endless: its beginning and its end, whole lines, with the number of bytes left out between them. */
export interface KeptOutput {
  push(chunk: Uint8Array): void
  readonly printedBytes: () => number
  /** What is kept, and how many of the printed bytes that is. */
  readonly finish: () => { readonly bytes: Uint8Array; readonly keptBytes: number }
}

/** Megabytes of log show the beginning and the end of a story; more belongs in a file. Bytes, of each end. */
const END_BYTES = 2 * 1024 * 1024

/**
 * Memory stays bounded by the two ends, however small the pieces are in which it comes. The cuts are made at line ends, where no secret is cut into
 * an unrecognizable half; of a private key that ends in the last part, what would be left of it is left out as well. A single line that is longer than an
 * end is left out.
 */
export function keptOutput(endBytes: number = END_BYTES): KeptOutput {
  let head = Buffer.alloc(0)
  let headBytes = 0
  /** A ring: its oldest byte stands at `printed - headBytes` modulo its length. */
  let ring = Buffer.alloc(0)
  let printed = 0

  function push(chunk: Uint8Array): void {
    const toHead = chunk.subarray(0, endBytes - headBytes)
    if (headBytes + toHead.length > head.length) head = grown(head, headBytes + toHead.length, endBytes)
    head.set(toHead, headBytes)
    headBytes += toHead.length
    printed += toHead.length
    const rest = chunk.subarray(toHead.length)
    if (rest.length === 0) return
    if (ring.length === 0) ring = Buffer.alloc(endBytes)
    printed += rest.length
    const last = rest.subarray(-endBytes)
    const at = (printed - headBytes - last.length) % endBytes
    const untilWrap = last.subarray(0, endBytes - at)
    ring.set(untilWrap, at)
    ring.set(last.subarray(untilWrap.length), 0)
  }

  function finish(): { readonly bytes: Uint8Array; readonly keptBytes: number } {
    const beginning = head.subarray(0, headBytes)
    const inRing = printed - headBytes
    const wrap = inRing % endBytes
    const end =
      inRing <= ring.length ? ring.subarray(0, inRing) : Buffer.concat([ring.subarray(wrap), ring.subarray(0, wrap)])
    if (headBytes + end.length === printed) return { bytes: Buffer.concat([beginning, end]), keptBytes: printed }
    return bothEnds(beginning, end, printed)
  }

  return { push, printedBytes: () => printed, finish }
}

/**
 * A beginning and an end with something left out between them.
 *
 * @param printed undefined: nobody knows how much it was in all
 */
export function bothEnds(
  beginning: Buffer,
  end: Buffer,
  printed: number | undefined,
): { readonly bytes: Uint8Array; readonly keptBytes: number } {
  const begins = beginning.subarray(0, beginning.lastIndexOf(LINE_END) + 1)
  const ends = wholeLines(end)
  const keptBytes = begins.length + ends.length
  const left = printed === undefined ? 'an unknown number of' : String(printed - keptBytes)
  return {
    bytes: Buffer.concat([begins, Buffer.from(`[halligan: ${left} bytes are left out here]\n`), ends]),
    keptBytes,
  }
}

function grown(buffer: Buffer, atLeast: number, atMost: number): Buffer<ArrayBuffer> {
  const larger = Buffer.alloc(Math.min(atMost, Math.max(atLeast, buffer.length * 2)))
  larger.set(buffer)
  return larger
}

const LINE_END = 0x0a

function wholeLines(end: Buffer): Buffer {
  const lineEnd = end.indexOf(LINE_END)
  const lines = lineEnd < 0 ? Buffer.alloc(0) : end.subarray(lineEnd + 1)
  // Each byte as a character, so that places are the same.
  const cut = endOfCutKey(lines.toString('latin1'))
  return cut === 0 ? lines : lines.subarray(cut + 1)
}
