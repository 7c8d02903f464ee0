import { bytesOf, isDigit, lineBefore, type LineSpan, startsWith } from '../layout/line-bytes.ts'
import type { LineLayout } from '../layout/line-layout.ts'
import type { BoxTime } from '../time/box-time.ts'
import { timestampForms } from '../time/timestamp.ts'
import { clockOf, newWallTime } from '../time/wall-time.ts'

/**
 * How records of a slow query log are cut; undefined: these lines are of another log. A record begins with `# Time:` or, where that would say the same
 * again (MariaDB), with `# User@Host:`. Its time is that line's, or stands some lines below in `SET timestamp=`, and its statement, which alone tells it
 * from others, below that. What the server writes when it opens the log is a record of its own.
 */
export function mysqlSlowLayout(sample: Uint8Array, lines: readonly LineSpan[], time: BoxTime): LineLayout | undefined {
  const has = (words: Uint8Array): boolean => lines.some(([start, end]) => startsWith(sample, start, end, words))
  if (!has(USER) || !has(QUERY_TIME)) return undefined
  const clock = clockOf(time)
  const wall = newWallTime()
  return {
    timeOf: (bytes, start, end) => {
      if (startsWith(bytes, start, end, TIME)) {
        const at = start + TIME.length
        for (const form of timestampForms) if (!form.bare && form.read(bytes, at, end, wall) > 0) return clock(wall)
      }
      return setTimestamp(bytes, end)
    },
    continues: (bytes, start, end) => !begins(bytes, start, end),
    // Of its first line nothing tells it from others.
    bodyOf: (bytes, start, end) => (bytes[start] === HASH ? end : start),
    tellsFrom: (bytes, start, end) =>
      bytes[start] === HASH || startsWith(bytes, start, end, SET) || startsWith(bytes, start, end, USE) ? -1 : start,
  }
}

const [TIME, USER, QUERY_TIME, SET, USE] = [
  '# Time: ',
  '# User@Host: ',
  '# Query_time: ',
  'SET timestamp=',
  'use ',
].map(bytesOf) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]
const OPENED = bytesOf('started with:')
const HASH = 0x23
const NEWLINE = 0x0a

function begins(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== HASH) return startsWith(bytes, Math.max(start, end - OPENED.length), end, OPENED)
  if (startsWith(bytes, start, end, TIME)) return true
  if (!startsWith(bytes, start, end, USER)) return false
  const before = lineBefore(bytes, start)
  return before === -1 || !startsWith(bytes, before, start, TIME)
}

/** Lines between the first one of a record and `SET timestamp=`: figures, the plan, `use`. */
const MOST_LINES = 64

/** Of the record whose first line ends at `end`; NaN where it has none, or these bytes end before it. Milliseconds since the epoch. */
function setTimestamp(bytes: Uint8Array, end: number): number {
  let line = end + 1
  for (let count = 0; count < MOST_LINES && line < bytes.length; count += 1) {
    const found = bytes.indexOf(NEWLINE, line)
    const lineEnd = found === -1 ? bytes.length : found
    if (startsWith(bytes, line, lineEnd, SET)) return secondsAt(bytes, line + SET.length, lineEnd) * 1000
    if (begins(bytes, line, lineEnd)) return NaN
    line = lineEnd + 1
  }
  return NaN
}

function secondsAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  let at = start
  for (; at < end && isDigit(bytes[at]); at += 1) value = value * 10 + (bytes[at] ?? 0) - 0x30
  return at === start || at === end ? NaN : value
}
