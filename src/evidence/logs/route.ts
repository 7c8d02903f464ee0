/**
 * The route of a request target: its path with ids folded, so that `/orders/4711?page=2` and `/orders/12` are one: `/orders/{id}`. Query and fragment are
 * dropped, and so are scheme and host of an absolute target (RFC 9112 3.2.2). Linear in the length of the target, which is cut off at `LONGEST`.
 *
 * Folded are: numbers, UUIDs, dates, hex of 8 and more, e-mail addresses, whatever is percent-encoded, and long or mixed words of letters and digits.
 * Kept are words, versions (`v2`, `oauth2`, `mp4`) and the ending of a file name. Names without digits (`/users/alice`) look like words here: the route table
 * folds those when a place has very many of them.
 */
export function routeOf(target: string): string {
  const path = pathOf(target)
  if (path === undefined) return target === '*' ? '*' : NO_PATH
  let route = ''
  let start = 1
  for (let segments = 0; start <= path.length; segments++) {
    if (segments === DEEPEST) return `${route}/*`
    let end = path.indexOf('/', start)
    if (end === -1) end = path.length
    route += `/${foldedSegment(path.slice(start, end))}`
    start = end + 1
  }
  return route
}

export const FOLDED = '{id}'

/** Stands for what has no path: `CONNECT host:443`, bytes of TLS sent to a plain port, an empty request line. */
const NO_PATH = '(no path)'

/** Characters of a target that are looked at. Longer ones are attacks or carry data; servers refuse lines above 8 KiB anyway. */
const LONGEST = 1024

/** Segments of a route; what is deeper is one. No API is that deep, trees of files are. */
const DEEPEST = 12

/** From this length on, a segment with a digit is a slug or a token, not a word: the longest common words have less. */
const LONG_SEGMENT = 24

/** From this length on, hexadecimal digits are an id (a short commit has 7, which also are words: `defaced`). */
const LONG_HEX = 8

function pathOf(target: string): string | undefined {
  let from = 0
  if (target.charCodeAt(0) !== 0x2f) {
    const scheme = target.indexOf('://')
    if (scheme < 1 || scheme > 10) return undefined
    from = target.indexOf('/', scheme + 3)
    if (from === -1) return '/'
  }
  const whole =
    target.length - from > LONGEST ? target.slice(from, from + LONGEST) : from > 0 ? target.slice(from) : target
  for (let at = 0; at < whole.length; at++) {
    const code = whole.charCodeAt(at)
    // ? # ;
    if (code === 0x3f || code === 0x23 || code === 0x3b) return whole.slice(0, at)
  }
  return whole
}

/** A segment of letters, `-` and `_` alone is the usual case, and is left as it is after one look at each of its characters. */
function foldedSegment(segment: string): string {
  let digits = 0
  let upper = 0
  for (let at = 0; at < segment.length; at++) {
    const code = segment.charCodeAt(at)
    const kind = kindOf(code)
    if (kind === DIGIT) digits++
    else if (kind === UPPER) upper++
    // An e-mail address; `@scope` of a package begins with it.
    else if (kind === FREE || (code === 0x40 && at > 0)) return FOLDED
  }
  if (digits === 0) return upper > 0 && looksEncoded(segment, upper) ? FOLDED : segment
  return digits === segment.length ? FOLDED : foldedParts(segment)
}

const LOWER = 0
const UPPER = 1
const DIGIT = 2
const MARK = 3
const FREE = 4

/** FREE is what only a person's text or binary data brings into a path: percent-encoding, control characters, anything beyond ASCII. */
function kindOf(code: number): number {
  if (code >= 0x61 && code <= 0x7a) return LOWER
  if (code >= 0x30 && code <= 0x39) return DIGIT
  if (code >= 0x41 && code <= 0x5a) return UPPER
  return code === 0x25 || code <= 0x20 || code >= 0x7f || code === 0x5c ? FREE : MARK
}

/** Base64 without a digit: long, and a good part of it capitals, more than camel case has. */
function looksEncoded(segment: string, upper: number): boolean {
  return segment.length >= 20 && upper * 4 >= segment.length && upper * 4 <= segment.length * 3
}

/** Words stay, ids between marks go, neighbours that went are one: `INV-2026-0042.pdf` → `INV-{id}.pdf`. */
function foldedParts(segment: string): string {
  if (VERSION.test(segment)) return segment
  const ending = ENDING.exec(segment)?.[0] ?? ''
  const stem = segment.slice(0, segment.length - ending.length)
  if (stem.length >= LONG_SEGMENT || UUID.test(stem)) return FOLDED + ending
  let folded = ''
  let start = 0
  for (let at = 0; at <= stem.length; at++) {
    if (at < stem.length && kindOf(stem.charCodeAt(at)) !== MARK) continue
    const part = stem.slice(start, at)
    const isId = part !== '' && looksLikeId(part)
    if (isId && folded.endsWith(FOLDED, folded.length - 1)) folded = folded.slice(0, -1)
    else folded += isId ? FOLDED : part
    folded += stem.slice(at, at + 1)
    start = at + 1
  }
  return folded + ending
}

/** `v2`, `v1.1`, `2.0` is no version but a number with a mark; only those with a `v` stay. */
const VERSION = /^v\d{1,3}(?:\.\d{1,3}){0,2}(?:(?:alpha|beta)\d{0,2})?$/
const ENDING = /\.[a-z]{1,5}$|\.(?:mp[34]|7z|bz2|woff2|h264)$/
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const HEX = /^[0-9a-f]+$/i

/** A part of letters and digits. `utf8`, `s3`, `oauth2`, `h264` are words; `42`, `user123`, `a1b2c3`, `3f2a91bc` are ids. */
function looksLikeId(part: string): boolean {
  let digits = 0
  let changes = 0
  let before = -1
  for (let at = 0; at < part.length; at++) {
    const isDigit = kindOf(part.charCodeAt(at)) === DIGIT ? 1 : 0
    digits += isDigit
    if (before !== -1 && isDigit !== before) changes++
    before = isDigit
  }
  if (digits === 0) return false
  if (digits === part.length) return true
  if (part.length >= LONG_HEX && HEX.test(part)) return true
  return part.length >= 6 && (digits >= 3 || changes >= 3)
}
