/**
 * Bytes that came as lines of `od -An -v -tx1` (` 6c 6f 67 0a`), which every box has and no byte of a log can break out of. A line that is none ends them.
 */
export function bytesOfDump(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map((line) => line.replaceAll(' ', '')).join(''), 'hex')
}

/** Whether a line is one of a dump. */
export function isDump(line: string): boolean {
  return DUMP.test(line)
}

const DUMP = /^(?: [0-9a-f]{2})+ *$/

/** Control characters that logs have: tab, line feed, form feed, carriage return, escape (colours). */
const USUAL = new Set([9, 10, 12, 13, 27])
/** One in so many bytes may be another control character, NUL above all, which a file that was truncated while it was written has. Share. */
const ODD_BYTES = 0.1

/** Whether bytes are of a text: what is none has a tenth of control characters or more. Holes of a log that was truncated while it is written do not count. */
export function isText(bytes: Uint8Array): boolean {
  let start = 0
  while (start < bytes.length && bytes[start] === 0) start += 1
  if (start === bytes.length) return true
  let odd = 0
  for (const byte of bytes.subarray(start)) if (byte < 32 && !USUAL.has(byte)) odd += 1
  return odd <= (bytes.length - start) * ODD_BYTES
}
