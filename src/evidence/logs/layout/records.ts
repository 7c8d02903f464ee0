import { NEWLINE } from './line-bytes.ts'
import type { LineLayout } from './line-layout.ts'

export interface LogRecord {
  /** Its first line, and after `\n` each those that go on with it. What is no UTF-8 is U+FFFD. */
  readonly text: string
  /** NaN when it names no time. */
  readonly atMs: number
}

/**
 * Cuts a log into its records. A record is at most `RECORD_BYTES` long; what is beyond is left out, and its next line begins a new record only where the
 * log says so.
 */
export function recordsOf(log: Uint8Array | string, layout: LineLayout): readonly LogRecord[] {
  const bytes = typeof log === 'string' ? new TextEncoder().encode(log) : log
  const records: LogRecord[] = []
  const decoder = new TextDecoder()
  let first = -1
  let last = -1
  const close = () => {
    if (first === -1) return
    const text = decoder.decode(bytes.subarray(first, Math.min(last, first + RECORD_BYTES))).replaceAll('\r\n', '\n')
    const firstEnd = bytes.indexOf(NEWLINE, first)
    const atMs = layout.timeOf(bytes, first, firstEnd === -1 ? bytes.length : firstEnd)
    if (text.trim() !== '') records.push({ text: text.trimEnd(), atMs })
  }
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(NEWLINE, start)
    const end = found === -1 ? bytes.length : found
    if (first === -1 || !layout.continues(bytes, start, end)) {
      close()
      first = start
    }
    last = end
    start = end + 1
  }
  close()
  return records
}

/** Longest record that is kept whole, and by so much a longer one is decided on by filters: a deep stack trace is some kilobytes. Bytes. */
export const RECORD_BYTES = 65_536
