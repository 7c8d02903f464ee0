import { readByPattern } from '../time/clock-pattern.ts'
import type { BoxTime } from '../time/box-time.ts'
import { type Draft, newDraft } from './draft.ts'
import type { Put } from './put.ts'

/** A layout is constant text and variables in turn. */
export type Piece = string | Variable

export interface Variable {
  readonly name: string
  readonly put: Put
  /** How far its value goes; missing: up to the constant text that follows. */
  readonly extent?: Extent
  /** It is in quotes of its own, if it is text (HAProxy's `+Q`; numbers and times are not). */
  readonly mayBeQuoted?: boolean
}

/**
 * Values that could not be told from what follows otherwise. `list`: several joined by `, ` or ` : `. `address`: has colons of its own (IPv6). `braced`: in `{}`,
 * or nothing at all. `request`: has blanks without being quoted. A number: so many characters. A pattern: a time.
 */
export type Extent = 'list' | 'address' | 'braced' | 'request' | number | { readonly time: string }

/** How a program writes what cannot stand as it is: `\x22` (nginx, Apache), `\"` (JSON, Apache). */
export type Escape = 'none' | 'backslash' | 'json'

/** Layouts beyond are no layouts. */
export const MOST_PIECES = 400

/**
 * Reads a record that was written by these pieces. Linear: each character is searched a fixed number of times.
 *
 * @returns undefined when it does not fit
 */
export function readPieces(pieces: readonly Piece[], escape: Escape, line: string, time: BoxTime): Draft | undefined {
  const draft = newDraft()
  // What a transport added at the end is no part of it.
  const text = line.trimEnd()
  let at = 0
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index] as Piece
    if (typeof piece === 'string') {
      const end = endOfConstant(piece, text, at, index === pieces.length - 1)
      if (end < 0) return undefined
      at = end
      continue
    }
    if (piece.mayBeQuoted === true && text[at] === '"') {
      const quote = endOfQuoted(text, at + 1)
      const end = quote === -1 ? text.length : quote
      put(piece, draft, unescaped(text.slice(at + 1, end), escape), time)
      at = Math.min(text.length, end + 1)
      continue
    }
    const before = pieces[index - 1]
    const end = endOfValue(piece, typeof before === 'string' ? before : '', pieces[index + 1], text, at)
    if (end < 0) return undefined
    put(piece, draft, unescaped(text.slice(at, end), escape), time)
    at = end
  }
  return at >= text.length ? draft : undefined
}

function put(variable: Variable, draft: Draft, value: string, time: BoxTime): void {
  if (value !== '' && value !== '-') variable.put(draft, value, time)
}

/** HAProxy never writes two blanks in a row, also where a variable between them is empty; and a line may have been cut off within its last constant. */
function endOfConstant(constant: string, text: string, at: number, isLast: boolean): number {
  if (text.startsWith(constant, at)) return at + constant.length
  if (constant.startsWith(' ') && text[at - 1] === ' ' && text.startsWith(constant.slice(1), at))
    return at + constant.length - 1
  return isLast && text.length - at < constant.length && constant.startsWith(text.slice(at)) ? text.length : -1
}

function endOfValue({ extent }: Variable, before: string, next: Piece | undefined, text: string, at: number): number {
  if (typeof extent === 'number')
    return at + extent <= text.length ? at + extent : endBeforeNext(before, next, text, at)
  if (typeof extent === 'object') {
    const end = readByPattern(extent.time, text, at, {})
    return end < 0 ? endBeforeNext(before, next, text, at) : end
  }
  if (extent === 'braced') return text[at] === '{' ? text.indexOf('}', at) + 1 || -1 : at
  if (extent === 'request' && !before.endsWith('"')) return endOfRequest(next, text, at)
  if (extent === 'address') return endOfAddress(next, before, text, at)
  const end = endBeforeNext(before, next, text, at)
  return extent === 'list' && next !== undefined ? endOfList(next, text, end) : end
}

function endBeforeNext(before: string, next: Piece | undefined, text: string, at: number): number {
  if (next === undefined) return text.length
  if (typeof next !== 'string') return endBetween(next, text, at)
  if (!next.startsWith('"') || !before.endsWith('"')) return text.indexOf(next, at)
  const quote = endOfQuoted(text, at)
  // The last value of a line that was cut off has no closing quote (HAProxy over syslog).
  if (quote === -1) return next === '"' ? text.length : -1
  return text.startsWith(next, quote) ? quote : text.indexOf(next, quote)
}

/** Two variables with nothing between them: a target begins with `/`, a query with `?`; else the first one has it all. */
function endBetween(next: Variable, text: string, at: number): number {
  const stop = /query|args|^%q|HQ/.test(next.name) ? '?' : /uri|path|^%U|HP|HU/i.test(next.name) ? '/' : ' '
  for (let end = at; end < text.length; end++) {
    const character = text[end]
    if (character === stop || character === ' ' || character === '"') return end
  }
  return text.length
}

function endOfQuoted(text: string, at: number): number {
  for (let quote = text.indexOf('"', at); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0
    while (quote - slashes > at && text[quote - slashes - 1] === '\\') slashes++
    if (slashes % 2 === 0) return quote
  }
  return -1
}

/** `0.1, 0.2 : 0.3`: it goes on after a comma or a colon that stands alone. */
function endOfList(next: Piece, text: string, first: number): number {
  if (typeof next !== 'string') return first
  let end = first
  while (end !== -1 && (text[end - 1] === ',' || text.startsWith(' : ', end))) {
    const further = text.startsWith(' : ', end) ? end + 3 : end + 1
    const found = text.indexOf(next, further)
    if (found === -1) return end
    end = found
  }
  return end
}

/** The version that ends a request line has no blank. */
function endOfRequest(next: Piece | undefined, text: string, at: number): number {
  const version = text.indexOf(' HTTP/', at)
  const stop = typeof next === 'string' ? next : ' '
  if (version === -1) return next === undefined ? text.length : text.indexOf(stop, at)
  const end = text.indexOf(stop, version + 1)
  return end === -1 ? text.length : end
}

/** No address has a blank: what stands before one belongs to something else. */
function endOfAddress(next: Piece | undefined, before: string, text: string, at: number): number {
  if (typeof next !== 'string' || !next.startsWith(':')) {
    const end = endBeforeNext(before, next, text, at)
    const blank = text.indexOf(' ', at)
    return blank === -1 || blank >= end ? end : -1
  }
  let end = at
  while (end < text.length && !' ",]'.includes(text[end] ?? '')) end++
  const colon = text.lastIndexOf(':', end)
  return colon > at ? colon : -1
}

const ESCAPED = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(["\\/bfnrtv]))/g
const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** Control characters stay escaped: they were not part of what anybody meant. */
export function unescaped(value: string, escape: Escape): string {
  if (escape === 'none' || !value.includes('\\')) return value
  return value.replaceAll(ESCAPED, (whole, hex?: string, unicode?: string, short?: string) => {
    if (short !== undefined) return SHORT[short] === undefined ? short : whole
    const code = Number.parseInt(hex ?? unicode ?? '', 16)
    return code < 0x20 || code === 0x7f || (hex !== undefined && code > 0x7f) ? whole : String.fromCharCode(code)
  })
}
