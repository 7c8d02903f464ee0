import type { OnLine } from '../layout/continuation.ts'
import { bytesOf, type LineSpan, SPACE, startsWith } from '../layout/line-bytes.ts'

/**
 * Lines of PostgreSQL that belong to the record before them although they bear a time of their own: DETAIL, HINT, STATEMENT and the like, which the same
 * process writes in one piece with its error. Of logs of other programs: undefined.
 */
export function postgresPartOf(sample: Uint8Array, lines: readonly LineSpan[]): OnLine<boolean> | undefined {
  return lines.some(([start, end]) => hasLevel(sample, start, end, HEADS)) ? isPart : undefined
}

/** PostgreSQL documentation, "Reporting Errors Within the Server": two blanks behind each. */
const HEADS = ['LOG', 'ERROR', 'FATAL', 'PANIC'].map(bytesOf)
const PARTS = ['DETAIL', 'HINT', 'QUERY', 'CONTEXT', 'STATEMENT', 'LOCATION', 'BACKTRACE'].map(bytesOf)

function isPart(bytes: Uint8Array, start: number, end: number): boolean {
  return hasLevel(bytes, start, end, PARTS)
}

/** Bytes of a line in which the level stands: log_line_prefix is some words long. */
const LONGEST_PREFIX = 256

/** The first colon with two blanks behind it is that of the level. */
function hasLevel(bytes: Uint8Array, start: number, end: number, words: readonly Uint8Array[]): boolean {
  const last = Math.min(end - 2, start + LONGEST_PREFIX)
  for (let at = start; at < last; at += 1) {
    if (bytes[at] !== COLON || bytes[at + 1] !== SPACE || bytes[at + 2] !== SPACE) continue
    for (const word of words) {
      if (at - word.length >= start && startsWith(bytes, at - word.length, at, word)) return true
    }
    return false
  }
  return false
}

const COLON = 0x3a
