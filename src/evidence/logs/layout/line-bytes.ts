/** Lines as bytes. What looks at one line allocates nothing. */

/** A line as bytes `[start, end)`, without its newline. */
export type LineSpan = readonly [start: number, end: number]

export const NEWLINE = 0x0a
export const TAB = 0x09
export const SPACE = 0x20

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export function startsWith(bytes: Uint8Array, at: number, end: number, prefix: Uint8Array): boolean {
  if (at + prefix.length > end) return false
  for (let next = 0; next < prefix.length; next += 1) if (bytes[at + next] !== prefix[next]) return false
  return true
}

/** First place of the words within `[from, end)`; -1 when they are not there. */
export function indexWithin(bytes: Uint8Array, from: number, end: number, words: Uint8Array): number {
  const first = words[0]
  const last = end - words.length
  for (let at = from; at <= last; at += 1) if (bytes[at] === first && startsWith(bytes, at, end, words)) return at
  return -1
}

/** Beginning of the line before the one that begins at `start`; -1 when it is not among these bytes, or longer than is looked back. */
export function lineBefore(bytes: Uint8Array, start: number): number {
  if (start < 1) return -1
  const last = Math.max(0, start - FARTHEST_BACK)
  for (let at = start - 2; at >= last; at -= 1) if (bytes[at] === NEWLINE) return at + 1
  return last === 0 ? 0 : -1
}

/** A partial line of a container's log is 16 KiB. */
const FARTHEST_BACK = 20_000

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

export function isLetter(byte: number | undefined): boolean {
  const letter = (byte ?? 0) | 0x20
  return letter >= 0x61 && letter <= 0x7a
}

/** End of the line without a carriage return. */
export function withoutReturn(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === 0x0d ? end - 1 : end
}

/** The first lines that are not empty, at most so many. */
export function linesOf(bytes: Uint8Array, most: number): readonly LineSpan[] {
  const lines: LineSpan[] = []
  for (let start = 0; start < bytes.length && lines.length < most;) {
    const found = bytes.indexOf(NEWLINE, start)
    const end = found === -1 ? bytes.length : found
    if (end > start) lines.push([start, end])
    start = end + 1
  }
  return lines
}
