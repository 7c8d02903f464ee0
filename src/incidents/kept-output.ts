import { endOfCutKey } from './redaction/index.ts'

/** What is kept of an output that may be endless: its beginning and its end, whole lines where they are not very long, with the number of bytes left out between them. */
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
 * an unrecognizable half; of a private key that ends in the last part, what would be left of it is left out as well. A line that is too long for that is cut
 * within, between words and at a distance from where it was cut off that no secret reaches over.
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
  const begins = beginning.subarray(0, beginningEnd(beginning))
  const ends = withoutCutKey(end.subarray(endStart(end)))
  const keptBytes = begins.length + ends.length
  const left = printed === undefined ? 'an unknown number of' : String(printed - keptBytes)
  const note = `[halligan: ${left} bytes are left out here]\n`
  const isWithinLine = begins.length > 0 && begins.at(-1) !== LINE_END
  return { bytes: Buffer.concat([begins, Buffer.from(isWithinLine ? `\n${note}` : note), ends]), keptBytes }
}

/** A line of which more than this would be lost is cut within. Bytes. */
const LONG_LINE = 64 * 1024
/** From where a line was cut off to where it is cut: longer than secrets are, but private keys. Bytes. */
const CUT_DISTANCE = 4 * 1024
/** So far a blank or a sign between words is looked for. Bytes. */
const WORD_SEARCH = 1024

/** Behind the last whole line; within the last one where that is very long. */
function beginningEnd(beginning: Buffer): number {
  const lineEnd = beginning.lastIndexOf(LINE_END) + 1
  if (beginning.length - lineEnd <= LONG_LINE) return lineEnd
  const from = beginning.length - CUT_DISTANCE
  for (let at = from; at > from - WORD_SEARCH; at--) if (isBreak(beginning[at])) return at
  return characterStart(beginning, from)
}

/** Behind the first line end; within the first line where that is very long. */
function endStart(end: Buffer): number {
  const lineEnd = end.indexOf(LINE_END)
  if (lineEnd >= 0 && lineEnd < LONG_LINE) return lineEnd + 1
  if (end.length <= LONG_LINE) return end.length
  for (let at = CUT_DISTANCE; at < CUT_DISTANCE + WORD_SEARCH; at++) if (isBreak(end[at])) return at + 1
  return characterStart(end, CUT_DISTANCE)
}

/** Blank, tab, comma, semicolon. */
function isBreak(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x2c || byte === 0x3b
}

/** Not within a character of UTF-8 (RFC 3629, 3): bytes that go on are 10xxxxxx. */
function characterStart(bytes: Buffer, from: number): number {
  let at = from
  while (at > from - 3 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1
  return at
}

function grown(buffer: Buffer, atLeast: number, atMost: number): Buffer<ArrayBuffer> {
  const larger = Buffer.alloc(Math.min(atMost, Math.max(atLeast, buffer.length * 2)))
  larger.set(buffer)
  return larger
}

const LINE_END = 0x0a

/** The end of a private key whose beginning was left out tells what stands before it. */
const KEY_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|---- END [A-Z0-9 ]{0,40}PRIVATE KEY ----/

/** Without the rest of a private key at its beginning, to the end of the line; of a very long line what follows the key is kept. */
function withoutCutKey(lines: Buffer): Buffer {
  // Each byte as a character, so that places are the same.
  const text = lines.toString('latin1')
  const cut = endOfCutKey(text)
  if (cut === 0) return lines
  const lineStart = cut - 1 < 0 ? 0 : lines.lastIndexOf(LINE_END, cut - 1) + 1
  if (cut - lineStart <= LONG_LINE) return lines.subarray(cut + 1)
  const end = KEY_END.exec(text.slice(lineStart, cut))
  return lines.subarray(end ? lineStart + end.index + end[0].length : cut + 1)
}
