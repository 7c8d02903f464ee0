import { createWordSet } from './word-set.ts'

/**
 * Mixes the words of `bytes[start, stop)` into a signature of 64 bits, up to a line feed: the end of a line need not be known. A token with a digit counts as
 * "some token with a digit", so that all records which differ in numbers alone have one signature. No allocation; linear.
 *
 * Tokens end at white space and at the punctuation of JSON, of `key=value`, of calls, of URLs and of paths, so that a digit masks the value and not the
 * whole of `{"level":"info","id":12}` or `/orders/12/items`. Dots, hyphens and underscores stay within a token: `10.0.0.7`, `3.14`, `web-12` and
 * UUIDs are one. Values that only punctuation parts (`10.0.0.7:80`, `[1,2,3]`) count as one. Colours of a terminal (ECMA-48, CSI … m) count as nothing.
 *
 * Two kinds of numbers are not masked, since records that differ in them differ in what they say: the value of `level`, `status` and the like, and the
 * class of what may be the status of a failed request (three digits, the first one 4 or 5), of which a record has two at most.
 *
 * @returns where it ended: at a line feed, or at `stop`
 */
export function mixSignature(bytes: Uint8Array, start: number, stop: number, signature: Int32Array): number {
  // Whole numbers of 32 bits all along (`| 0`): what the compiler has to check and to convert costs more than the work itself.
  const codes = CODES
  let end = stop | 0
  let at = start | 0
  if (at >= end) return end
  let high = (signature[HIGH] as number) | 0
  let low = (signature[LOW] as number) | 0
  let words = (signature[WORDS] as number) | 0
  let before = 0
  let statuses = 0
  let masked = 0
  let code = codes[bytes[at] as number] as number
  while (at < end) {
    while ((code & BETWEEN) !== 0) {
      if ((code & SPACED) !== 0) {
        masked = 0
        const byte = bytes[at] as number
        if (byte === LINE_FEED) {
          end = at
          break
        }
        if (byte === ESCAPE) at = (afterEscape(bytes, at, end) - 1) | 0
      }
      at = (at + 1) | 0
      if (at >= end) break
      code = codes[bytes[at] as number] as number
    }
    if (at >= end) break
    const from = at
    let word = code
    let seen = code
    at = (at + 1) | 0
    while (at < end) {
      code = codes[bytes[at] as number] as number
      if ((code & BETWEEN) !== 0) break
      word = ((word << 5) | (word >>> 27)) ^ code
      seen |= code
      at = (at + 1) | 0
    }
    if ((seen & DIGIT) === 0) {
      masked = 0
      before = word
    } else {
      if (masked !== 0) continue
      word = MASK
      if (((at - from) | 0) <= LONGEST_TELLING) word = numberWord(bytes, from, at, before, statuses)
      if (word === MASK) masked = 1
      else statuses = (statuses + 1) | 0
    }
    high = (Math.imul(high ^ word, 0x85ebca6b) + 0x27d4eb2f) | 0
    high ^= high >>> 15
    low = Math.imul((low + word) | 0, 0xc2b2ae35) ^ (low >>> 13)
    if (words < LAST_WORD) {
      words = (words + 1) | 0
      signature[words] = word
    }
  }
  signature[HIGH] = high
  signature[LOW] = low
  signature[WORDS] = words
  return end
}

/** What each begins with: any two numbers. */
export function beginSignature(signature: Int32Array): void {
  signature[HIGH] = 0x6a09e667
  signature[LOW] = 0x3c6ef372
  signature[WORDS] = WORDS
}

/** Its two halves, place of the last of its words, and the words; those beyond the last place are left out. */
export function newSignature(): Int32Array<ArrayBuffer> {
  return new Int32Array(LAST_WORD + 1)
}

export const HIGH = 0
export const LOW = 1
/** The first word is in the place behind it. */
export const WORDS = 2
const LAST_WORD = WORDS + 256

/**
 * What a byte of a token adds to its word, with what it is in the two lowest bits. A word is the sum without carry of its bytes' codes, each turned by its
 * place (hashing by cyclic polynomial, Cohen 1997): half the work of a multiplication for each byte.
 */
const DIGIT = 1
const BETWEEN = 2
/** Of what is between tokens: white space, and an escape. */
const SPACED = 1
const ESCAPE = 0x1b
const LINE_FEED = 0x0a
const CODES = codesOfBytes()

/** Stands for every token with a digit: any number that no word has by its form. */
const MASK = 0x2a2a2a2a

/** Digits. Levels of pino are 10 to 60, of Python up to 50, of syslog 0 to 7; statuses have three. */
const LONGEST_TELLING = 3
/** Of the client's and of the upstream's side; more would multiply the rows of lines that are full of numbers. */
const STATUSES = 2

/** After these a short number says what kind of record it is. */
const TELLING = createWordSet(
  ['level', 'lvl', 'severity', 'priority', 'status', 'code', 'status_code', 'statusCode', 'http_status', 'exit_code']
    .flatMap((word) => [word, word.toUpperCase()])
    .map(wordHash),
)

/** By what a short token with a digit is told from others. */
function numberWord(bytes: Uint8Array, from: number, to: number, before: number, statuses: number): number {
  let value = 0
  for (let at = from; at < to; at = (at + 1) | 0) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) return MASK
    value = (Math.imul(10, value) + digit) | 0
  }
  if (TELLING.has(before)) return value
  if (statuses === STATUSES || to - from !== 3 || value < 400 || value >= 600) return MASK
  return value < 500 ? 4 : 5
}

/** After a sequence of ECMA-48 that begins at `at`; after the escape alone where none follows. */
function afterEscape(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at + 1] !== 0x5b || at + 1 >= end) return at + 1
  let next = at + 2
  while (next < end && (bytes[next] as number) >= 0x20 && (bytes[next] as number) < 0x40) next++
  return next >= end || bytes[next] === LINE_FEED ? next : next + 1
}

function codesOfBytes(): Int32Array {
  const all = new Int32Array(256)
  let random = 0x9e3779b9 | 0
  for (let byte = 0; byte < 256; byte++) {
    // Xorshift, Marsaglia 2003
    random ^= random << 13
    random ^= random >>> 17
    random ^= random << 5
    all[byte] = random & ~(BETWEEN | DIGIT)
  }
  for (let byte = 0x30; byte <= 0x39; byte++) all[byte] = (all[byte] as number) | DIGIT
  for (const mark of `"'=,;:|()[]{}<>?&/\\@#`) all[mark.charCodeAt(0)] = BETWEEN
  for (const byte of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, ESCAPE]) all[byte] = BETWEEN | SPACED
  return all
}

/** As `mixSignature` makes a word of a token. */
export function wordHash(word: string): number {
  let hash = 0
  for (let at = 0; at < word.length; at++) hash = ((hash << 5) | (hash >>> 27)) ^ (CODES[word.charCodeAt(at)] as number)
  return hash
}
