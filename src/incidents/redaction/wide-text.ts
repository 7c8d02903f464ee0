import type { Change, FindSecrets } from '../change.ts'

/**
 * Secrets of text in UTF-16 of either order (what some programs of other systems write), read as single bytes or as UTF-8: each letter has a NUL behind or
 * before it. It may stand anywhere between other bytes. Takes linear time.
 */
export function inWideText(text: string, find: FindSecrets): readonly Change[] {
  if (!text.includes('\0')) return []
  const changes: Change[] = []
  for (const { 0: wide, index } of text.matchAll(WIDE))
    for (const { start, end, mark } of find(wide.replaceAll('\0', '')))
      changes.push({ start: index + 2 * start, end: index + 2 * end, mark })
  return changes
}

/** Eight letters in a row that are one byte each and NUL are no list of words between NUL, as proc(5) has them. */
// eslint-disable-next-line no-control-regex -- NUL is what it looks for
const WIDE = /(?:[^\0]\0){8,}|(?:\0[^\0]){8,}/g
