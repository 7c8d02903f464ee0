import { bytesOf, isDigit, isLetter, SPACE, startsWith } from '../layout/line-bytes.ts'
import { newWallTime } from './wall-time.ts'
import type { TimestampForm } from './timestamp.ts'

/** Where on a line its time begins, for one form. `find` gives the byte, or -1; it allocates nothing. */
export interface TimePlace {
  /** Form and place: two places with the same id are the same. */
  readonly id: string
  readonly form: TimestampForm
  /** Cheaper and surer ones are smaller; of two that find as many times the smaller is taken. */
  readonly rank: number
  readonly find: (bytes: Uint8Array, start: number, end: number) => number
  /** What tells one line from others stands behind the time; else before it too (a key within JSON). */
  readonly leads: boolean
  /** Bytes from the beginning of each line, where it is always as many. */
  readonly offset?: number
}

/** So many bytes from the beginning of the line. */
export function atOffset(form: TimestampForm, offset: number): TimePlace {
  return { ...place(form, `offset ${offset}`, offset < 2 ? 0 : 3, (_bytes, start) => start + offset), offset }
}

/** Behind `<34>` or `<34>1 ` of syslog. */
export function afterPriority(form: TimestampForm): TimePlace {
  return place(form, 'priority', 1, (bytes, start, end) => {
    if (bytes[start] !== 0x3c) return -1
    let at = start + 1
    while (at < end && at < start + 5 && isDigit(bytes[at])) at += 1
    if (bytes[at] !== 0x3e) return -1
    at += 1
    return isDigit(bytes[at]) && bytes[at + 1] === SPACE ? at + 2 : at
  })
}

/** Behind so many words and spaces, and so many bytes of punctuation. */
export function afterWords(form: TimestampForm, words: number, skipped: number): TimePlace {
  return place(form, `words ${words} ${skipped}`, 4, (bytes, start, end) => {
    const last = Math.min(end, start + NEAR)
    let at = start
    for (let word = 0; word < words; word += 1) {
      while (at < last && bytes[at] !== SPACE) at += 1
      while (at < last && bytes[at] === SPACE) at += 1
    }
    return at < last ? at + skipped : -1
  })
}

/** Behind the first `[` that such a time follows: access logs, whose user may hold spaces. */
export function inBrackets(form: TimestampForm): TimePlace {
  const wall = newWallTime()
  return place(form, 'brackets', 5, (bytes, start, end) => {
    const last = Math.min(end, start + FAR)
    for (let at = start; at < last; at += 1) {
      if (bytes[at] === 0x5b && form.read(bytes, at + 1, end, wall) > 0) return at + 1
    }
    return -1
  })
}

/** Wherever it stands first near the beginning. */
export function anywhere(form: TimestampForm): TimePlace {
  const wall = newWallTime()
  return place(form, 'anywhere', 6, (bytes, start, end) => {
    const last = Math.min(end, start + NEAR)
    for (let at = start; at < last; at += 1) {
      if (isBoundary(bytes, start, at) && form.read(bytes, at, end, wall) > 0) return at
    }
    return -1
  })
}

/** A time begins a word: what is before it is no letter, digit or part of a number. */
export function isBoundary(bytes: Uint8Array, start: number, at: number): boolean {
  if (at === start) return true
  const before = bytes[at - 1] ?? 0
  return (
    !isDigit(before) && !isLetter(before) && before !== 0x2e && before !== 0x2f && before !== 0x2d && before !== 0x3a
  )
}

/** The value of a key of JSON: `"time":`. Within a string the quotes would be escaped, so a text cannot pretend to be a key. */
export function ofKey(form: TimestampForm, key: string, rank: number): TimePlace {
  const quoted = bytesOf(`"${key}"`)
  return {
    ...place(form, `key ${key}`, 2 + rank / 100, (bytes, start, end) => valueOfKey(bytes, start, end, quoted)),
    leads: false,
  }
}

/** First byte of the key's value, behind an opening quote; -1 when there is no such key. */
function valueOfKey(bytes: Uint8Array, start: number, end: number, quoted: Uint8Array): number {
  const last = end - quoted.length
  for (let at = start; at < last; at += 1) {
    if (bytes[at] !== 0x22 || bytes[at + 1] !== quoted[1] || !startsWith(bytes, at, end, quoted)) continue
    if (bytes[at - 1] === 0x5c && at > start) continue
    let next = at + quoted.length
    while (next < end && bytes[next] === SPACE) next += 1
    if (bytes[next] !== 0x3a) continue
    next += 1
    while (next < end && bytes[next] === SPACE) next += 1
    return bytes[next] === 0x22 ? next + 1 : next
  }
  return -1
}

/** The value of a key of logfmt: `ts=`. */
export function ofWord(form: TimestampForm, key: string, rank: number): TimePlace {
  const words = bytesOf(`${key}=`)
  return place(form, `word ${key}`, 2 + rank / 100, (bytes, start, end) => {
    const last = Math.min(end, start + FAR) - words.length
    for (let at = start; at < last; at += 1) {
      if (bytes[at] !== words[0] || !startsWith(bytes, at, end, words)) continue
      if (at > start && bytes[at - 1] !== SPACE) continue
      const next = at + words.length
      return bytes[next] === 0x22 ? next + 1 : next
    }
    return -1
  })
}

/** Behind fixed bytes: `audit(`. */
export function after(form: TimestampForm, text: string): TimePlace {
  const words = bytesOf(text)
  return place(form, `after ${text}`, 2, (bytes, start, end) => {
    const last = Math.min(end, start + NEAR) - words.length
    for (let at = start; at < last; at += 1) {
      if (bytes[at] === words[0] && startsWith(bytes, at, end, words)) return at + words.length
    }
    return -1
  })
}

/** A time further back is part of what is said. */
const NEAR = 256
/** Names of users, and keys with long values before the one that is sought. */
const FAR = 2048

function place(form: TimestampForm, where: string, rank: number, find: TimePlace['find']): TimePlace {
  return { id: `${form.id} ${where}`, form, rank, find, leads: true }
}
