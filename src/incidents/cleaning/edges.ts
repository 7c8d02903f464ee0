/**
 * What a name may stand right behind though it ends in letters or digits: an escape of JSON and of shells (`\nweb-1`), of URLs (`%2Fweb-1`), and a colour
 * of a terminal.
 */
const ESCAPE = String.raw`\\(?:[abefnrtv0]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})|%[0-9A-Fa-f]{2}|\u001b\[[0-9;?]{0,20}[A-Za-z]`
const ESCAPE_BEFORE = new RegExp(`(?:${ESCAPE})$`)
export const ESCAPES = new RegExp(ESCAPE, 'g')
/** Of an escape. Characters. */
const LONGEST = 24
const WORD = /[A-Za-z0-9]/

/** A part of a text: from one character up to another, which it does not have. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A word begins there: not within letters and digits. `_` and `-` are none, since names are put together with them. */
export function isWordStart(text: string, at: number): boolean {
  return at === 0 || !WORD.test(text[at - 1] ?? '') || isBehindEscape(text, at)
}

export function isBehindEscape(text: string, at: number): boolean {
  return ESCAPE_BEFORE.test(text.slice(Math.max(0, at - LONGEST), at))
}

/** As far back as such characters go, but not into an escape. */
export function startOfRun(text: string, at: number, characters: RegExp, limit: number): number {
  let start = at
  while (start > 0 && at - start < limit && characters.test(text[start - 1] ?? '')) start -= 1
  const from = Math.max(0, start - LONGEST)
  for (const { 0: escape, index } of text.slice(from, at).matchAll(ESCAPES))
    start = Math.max(start, from + index + escape.length)
  return start
}

/** Where a pattern (with the flag g) fits; where the place is not right, it is looked for again from the next character on. */
export function* spansOf(pattern: RegExp, text: string, isPlace: (span: Span) => boolean = () => true): Iterable<Span> {
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const span = { start: match.index, end: match.index + match[0].length }
    const isRight = isPlace(span)
    pattern.lastIndex = isRight ? span.end : span.start + 1
    if (isRight) yield span
  }
}
