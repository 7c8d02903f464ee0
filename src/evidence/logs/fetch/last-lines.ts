const NEWLINE = 0x0a

/**
 * The last lines of the end of a log; a last one without an end counts.
 *
 * @param isAll the bytes are the whole log, so that the first line is whole
 */
export function lastLines(bytes: Uint8Array, count: number, isAll: boolean): Uint8Array {
  if (count <= 0) return bytes.subarray(bytes.length)
  // From before the end of the last line.
  let at = bytes.length - 1
  for (let found = 0; found < count; found += 1) {
    at = at <= 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1)
    if (at < 0) return isAll ? bytes : bytes.subarray(bytes.indexOf(NEWLINE) + 1)
  }
  return bytes.subarray(at + 1)
}
