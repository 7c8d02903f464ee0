/**
 * Where a line of a stack trace names the type of what was thrown: `[from, to]` as `from * 2^16 + length`, -1 where it names none. No allocation.
 *
 *   java.lang.IllegalStateException: pool is closed            <- up to the colon
 *   Caused by: java.net.ConnectException: refused              <- after "Caused by: "
 *    ---> System.TimeoutException: 30 s                        <- after "---> " (.NET)
 *   ValueError: bad                                            <- the last line of Python's
 *       at orders.Pool.take(Pool.java:88)                      <- a frame: none
 *   Traceback (most recent call last):                         <- none: types have no blanks
 */
export function exceptionTypeIn(bytes: Uint8Array, start: number, end: number): number {
  let from = start
  if (startsWith(bytes, start, end, CAUSED_BY)) from += CAUSED_BY.length
  else {
    let inner = start
    while (inner < end && bytes[inner] === BLANK) inner++
    if (startsWith(bytes, inner, end, INNER)) from = inner + INNER.length
  }
  const last = Math.min(end, from + LONGEST_TYPE)
  let to = from
  while (to < last && isTypeByte(bytes[to] as number)) to++
  if (to === from || !isLetter(bytes[from] as number)) return -1
  const colon = bytes[to] === COLON && (to + 1 >= end || bytes[to + 1] === BLANK)
  if (to < end && !colon) return -1
  return to < end || endsLikeType(bytes, from, to) ? from * TYPE_SHIFT + (to - from) : -1
}

/** Of what `exceptionTypeIn` gives. */
export const TYPE_SHIFT = 2 ** 16

/** Bytes. The longest class names of generated code have some hundred. */
const LONGEST_TYPE = 512
const BLANK = 0x20
const COLON = 0x3a
const CAUSED_BY = ascii('Caused by: ')
const INNER = ascii('---> ')
const ENDINGS = ['Error', 'Exception', 'Fault', 'Interrupt', 'Exit', 'Warning'].map(ascii)

function endsLikeType(bytes: Uint8Array, from: number, to: number): boolean {
  return ENDINGS.some((ending) => to - from >= ending.length && startsWith(bytes, to - ending.length, to, ending))
}

function startsWith(bytes: Uint8Array, start: number, end: number, words: Uint8Array): boolean {
  if (end - start < words.length) return false
  for (let at = 0; at < words.length; at++) if (bytes[start + at] !== words[at]) return false
  return true
}

/** Letters, digits, `.`, `_`, `$`, and `:` within `Net::ReadTimeout` is left out: what is before it tells enough. */
function isTypeByte(byte: number): boolean {
  return isLetter(byte) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x5f || byte === 0x24
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}

function ascii(words: string): Uint8Array {
  return Uint8Array.from(words, (letter) => letter.charCodeAt(0))
}
