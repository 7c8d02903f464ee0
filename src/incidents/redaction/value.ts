import { HIDDEN } from './rule.ts'

/** A value that begins somewhere in a line: what of it is secret, and how it was written. */
export interface Value {
  readonly start: number
  readonly end: number
  readonly isQuoted: boolean
}

/**
 * What stands around a pair: it says where an unquoted value ends. A `form` field ends at `&`, a `connection` string's at `;`, that of
 * a printed `structure` at `,`; else it goes on to the next blank, since passwords have all of these in them.
 */
export type Surroundings = 'form' | 'connection' | 'structure' | 'none'

/** Blank, line end, NUL (environ and cmdline of proc(5)), quotes, the escape of a colour, a mark. */
const ENDS = new Set([' ', '\t', '\r', '\n', '\v', '\f', '\0', '"', "'", '`', '\u001b', '\u00a0', HIDDEN])
const END_OF: Readonly<Record<Surroundings, RegExp | undefined>> = {
  form: /[&#]/,
  connection: /;/,
  structure: /,(?=\s|[\w.$"'-]{1,40}\\?["']?\s?[=:]|$)/,
  none: undefined,
}
const OPENER: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '>': '<' }
const CLOSERS: ReadonlySet<string> = new Set([...Object.keys(OPENER), ',', ';'])

/** The value that begins at an index of a line; undefined where there is none. Takes time linear in its length. */
export function valueAt(line: string, at: number, around: Surroundings = 'none'): Value | undefined {
  const escapes = countOf(line, at, '\\')
  const quote = line[at + escapes]
  if (quote === '"' || quote === "'" || (quote === '`' && escapes === 0)) {
    const start = at + escapes + 1
    const end = closingOf(line, start, quote, escapes)
    return end > start && line[start] !== HIDDEN ? { start, end, isQuoted: true } : undefined
  }
  ENTITY.lastIndex = at
  const entity = escapes === 0 ? ENTITY.exec(line)?.[0] : undefined
  if (entity !== undefined) {
    const start = at + entity.length
    const closing = line.indexOf(entity, start)
    const end = closing < 0 ? unquotedEnd(line, start, around) : closing
    return end > start && line[start] !== HIDDEN ? { start, end, isQuoted: true } : undefined
  }
  const end = unquotedEnd(line, at, around)
  return end > at ? { start: at, end, isQuoted: false } : undefined
}

/** A quote as HTML writes it. */
const ENTITY = /&(?:quot|#34|#39|apos);/y

function countOf(line: string, at: number, character: string): number {
  let count = 0
  while (line[at + count] === character) count++
  return count
}

/**
 * Where a quoted text ends: at the same quote behind as many backslashes as stood before the first (JSON within JSON), or with the
 * line, which may have been cut off there. Within plain double quotes a backslash takes the next character with it.
 */
function closingOf(line: string, from: number, quote: string, escapes: number): number {
  let backslashes = 0
  for (let index = from; index < line.length; index++) {
    const character = line[index]
    if (character === HIDDEN) return index
    if (character === '\\') backslashes++
    else {
      const closes = escapes === 0 ? quote === "'" || backslashes % 2 === 0 : backslashes === escapes
      if (character === quote && closes) return escapes === 0 ? index : index - escapes
      backslashes = 0
    }
  }
  return line.length
}

function unquotedEnd(line: string, at: number, around: Surroundings): number {
  let end = at
  while (end < line.length && !ENDS.has(line[end] ?? '')) end++
  if (line[end] === '"' || line[end] === "'") end = beforeEscapes(line, at, end)
  const stop = END_OF[around]?.exec(line.slice(at, end))
  if (stop && stop.index > 0) end = at + stop.index
  return withoutClosers(line, at, end)
}

/** The backslash belongs to the quote that it escapes, and `\\n` before the quote of a log is its line end. */
function beforeEscapes(line: string, at: number, end: number): number {
  let last = end
  while (last > at && line[last - 1] === '\\') last--
  while (last - 2 > at && /^\\[nrt]$/.test(line.slice(last - 2, last))) last -= 2
  return last
}

/** Without the comma, and without the bracket that closes what was opened before the value: `User{name=amy, password=x}`. */
function withoutClosers(line: string, at: number, end: number): number {
  if (!CLOSERS.has(line[end - 1] ?? '')) return end
  const value = line.slice(at, end)
  const opened = new Set(Object.values(OPENER).filter((opener) => value.includes(opener)))
  let last = end
  while (last > at + 1) {
    const character = line[last - 1] ?? ''
    const opener = OPENER[character]
    if (!CLOSERS.has(character) || (opener !== undefined && opened.has(opener))) break
    last--
  }
  return last
}
