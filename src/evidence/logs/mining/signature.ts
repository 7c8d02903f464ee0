/**
 * Mixes the words of `bytes[start, end)` into a signature of 64 bits, kept as two numbers in `signature`. A token with a digit counts as "some token with
 * a digit", so that all records which differ in numbers alone have one signature. No allocation; linear.
 *
 * Tokens end at white space and at the punctuation of JSON, of `key=value`, of calls, of URLs and of paths, so that a digit masks the value and not the
 * whole of `{"level":"info","id":12}` or `/orders/12/items`. Dots, hyphens and underscores stay within a token: `10.0.0.7`, `3.14`, `web-12` and
 * UUIDs are one. Values that only punctuation parts (`10.0.0.7:80`, `[1,2,3]`) count as one. Colours of a terminal (ECMA-48, CSI … m) count as nothing.
 *
 * Two kinds of numbers are not masked, since records that differ in them differ in what they say: the value of `level`, `status` and the like, and the
 * class of what may be the status of a failed request (three digits, the first one 4 or 5), of which a record has two at most.
 */
export function mixSignature(bytes: Uint8Array, start: number, end: number, signature: Int32Array): void {
  // Of a constant of the module the length is asked at each use.
  const kinds = KINDS
  let high = signature[0] as number
  let low = signature[1] as number
  let before = 0
  let statuses = 0
  let masked = false
  let at = start
  while (at < end) {
    let byte = bytes[at] as number
    let kind = kinds[byte] as number
    if (kind > DIGIT) {
      if (kind === SPACE) masked = false
      at = kind === ESCAPE ? afterEscape(bytes, at, end) : at + 1
      continue
    }
    const from = at
    let word = FNV_BASIS
    while (kind === PLAIN) {
      word = Math.imul(word ^ byte, FNV_PRIME)
      if (++at === end) break
      byte = bytes[at] as number
      kind = kinds[byte] as number
    }
    if (kind === DIGIT) {
      while (kind <= DIGIT && ++at < end) kind = kinds[bytes[at] as number] as number
      if (masked) continue
      word = at - from <= LONGEST_TELLING ? numberWord(bytes, from, at, before, statuses) : MASK
      if (word === MASK) masked = true
      else statuses++
    } else {
      masked = false
      before = word
    }
    high = (Math.imul(high ^ word, 0x85ebca6b) + 0x27d4eb2f) | 0
    high ^= high >>> 15
    low = Math.imul((low + word) | 0, 0xc2b2ae35) ^ (low >>> 13)
  }
  signature[0] = high
  signature[1] = low
}

/** What each signature begins with: any two numbers. */
export function beginSignature(signature: Int32Array): void {
  signature[0] = 0x6a09e667
  signature[1] = 0x3c6ef372
}

const PLAIN = 0
const DIGIT = 1
const SPACE = 2
const FINE = 3
const ESCAPE = 4

const KINDS = kindsOfBytes()

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
const FNV_BASIS = 0x811c9dc5 | 0
const FNV_PRIME = 16_777_619
/** Stands for every token with a digit: any number. */
const MASK = 0x2a2a2a2a

/** Digits. Levels of pino are 10 to 60, of Python up to 50, of syslog 0 to 7; statuses have three. */
const LONGEST_TELLING = 3
/** Of the client's and of the upstream's side; more would multiply the rows of lines that are full of numbers. */
const STATUSES = 2

/** After these a short number says what kind of record it is. */
const TELLING: ReadonlySet<number> = new Set(
  ['level', 'lvl', 'severity', 'priority', 'status', 'code', 'status_code', 'statusCode', 'http_status', 'exit_code']
    .flatMap((word) => [word, word.toUpperCase()])
    .map(wordHash),
)

/** By what a short token with a digit is told from others. */
function numberWord(bytes: Uint8Array, from: number, to: number, before: number, statuses: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) return MASK
    value = 10 * value + digit
  }
  if (TELLING.has(before)) return value
  return statuses < STATUSES && to - from === 3 && value >= 400 && value < 600 ? Math.floor(value / 100) : MASK
}

/** After a sequence of ECMA-48 that begins at `at`; after the escape alone where none follows. */
function afterEscape(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at + 1] !== 0x5b || at + 1 >= end) return at + 1
  let next = at + 2
  while (next < end && (bytes[next] as number) >= 0x20 && (bytes[next] as number) < 0x40) next++
  return Math.min(next + 1, end)
}

function kindsOfBytes(): Uint8Array {
  const all = new Uint8Array(256)
  for (let byte = 0x30; byte <= 0x39; byte++) all[byte] = DIGIT
  for (const byte of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20]) all[byte] = SPACE
  for (const mark of `"'=,;:|()[]{}<>?&/\\@#`) all[mark.charCodeAt(0)] = FINE
  all[0x1b] = ESCAPE
  return all
}

function wordHash(word: string): number {
  let hash = FNV_BASIS
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), FNV_PRIME)
  return hash
}
