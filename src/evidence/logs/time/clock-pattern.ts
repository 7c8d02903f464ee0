import { type ClockParts, digitsAt, monthAt, readOffset } from './clock.ts'

/**
 * Reads a time by a strftime(3) pattern, as configured layouts name them: `%d/%b/%Y:%H:%M:%S %z`. Also Envoy's `%3f` (so many digits of the fraction).
 *
 * @returns where the time ends, with its parts put into the clock; -1 when it does not fit, or the pattern has a letter that is not known
 */
export function readByPattern(pattern: string, text: string, at: number, clock: ClockParts): number {
  let place = at
  for (let next = 0; next < pattern.length && place >= 0; next++) {
    const letter = pattern[next] ?? ''
    if (letter !== '%') {
      place = text[place] === letter ? place + 1 : -1
      continue
    }
    next++
    // glibc's flags say how to pad; what was written is read either way.
    while ('-_0^#E*O'.includes(pattern[next] ?? '?')) next++
    let width = 0
    while (digitsAt(pattern, next, 1) >= 0) width = Math.min(9, width * 10 + digitsAt(pattern, next++, 1))
    place = readPart(pattern[next] ?? '', width, text, place, clock)
  }
  return place
}

/** Parts that are short for several others (POSIX, strftime). */
const SHORT: Readonly<Record<string, string>> = {
  T: '%H:%M:%S',
  R: '%H:%M',
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  c: '%a %b %e %H:%M:%S %Y',
  r: '%I:%M:%S %p',
  X: '%H:%M:%S',
  x: '%m/%d/%y',
}

function readPart(letter: string, width: number, text: string, at: number, clock: ClockParts): number {
  const short = SHORT[letter]
  if (short !== undefined) return readByPattern(short, text, at, clock)
  switch (letter) {
    case 'Y':
      return put(digitsAt(text, at, 4), at + 4, (value) => (clock.year = value))
    case 'y':
      return put(digitsAt(text, at, 2), at + 2, (value) => (clock.year = value < 69 ? 2000 + value : 1900 + value))
    case 'm':
      return one(text, at, 2, (value) => (clock.month = value))
    case 'b':
    case 'h':
    case 'B':
      return readMonth(letter, text, at, clock)
    case 'd':
    case 'e':
      return one(text, text[at] === ' ' ? at + 1 : at, 2, (value) => (clock.day = value))
    case 'H':
    case 'k':
    case 'I':
    case 'l':
      return one(text, text[at] === ' ' ? at + 1 : at, 2, (value) => (clock.hour = value))
    case 'M':
      return one(text, at, 2, (value) => (clock.minute = value))
    case 'S':
      return one(text, at, 2, (value) => (clock.second = value))
    case 'f':
    case 'L':
    case 'N':
      return readFraction(text, at, width, clock)
    case 's':
      return one(text, at, 12, (value) => (clock.epochSeconds = value))
    case 'z':
      return readZone(text, at, clock)
    case 'Z':
    case 'a':
    case 'A':
      return readName(letter, text, at, clock)
    case 'p':
    case 'P':
      return readHalf(text, at, clock)
    case '%':
      return text[at] === '%' ? at + 1 : -1
    default:
      return -1
  }
}

function put(value: number, end: number, into: (value: number) => void): number {
  if (value < 0) return -1
  into(value)
  return end
}

/** A number of one digit up to so many. */
function one(text: string, at: number, most: number, into: (value: number) => void): number {
  let count = 0
  while (count < most && digitsAt(text, at + count, 1) >= 0) count++
  return count === 0 ? -1 : put(digitsAt(text, at, count), at + count, into)
}

function readMonth(letter: string, text: string, at: number, clock: ClockParts): number {
  clock.month = monthAt(text, at)
  if (clock.month === 0) return -1
  return letter === 'B' ? endOfLetters(text, at) : at + 3
}

function readFraction(text: string, at: number, width: number, clock: ClockParts): number {
  let count = 0
  while (count < (width || 9) && digitsAt(text, at + count, 1) >= 0) count++
  if (count === 0) return -1
  clock.millisecond = Math.floor(digitsAt(text, at, count) / 10 ** (count - 3))
  return at + count
}

function readZone(text: string, at: number, clock: ClockParts): number {
  const offset = readOffset(text, at)
  if (offset === undefined) return -1
  clock.offsetMinutes = offset.minutes
  return offset.end
}

/** Of the names of zones only those of UTC are one and the same everywhere; the others are taken for the box's own. */
function readName(letter: string, text: string, at: number, clock: ClockParts): number {
  const end = endOfLetters(text, at)
  if (end === at) return -1
  if (letter === 'Z' && /^(?:UTC|GMT|Z)$/.test(text.slice(at, end))) clock.offsetMinutes = 0
  return end
}

function readHalf(text: string, at: number, clock: ClockParts): number {
  const half = text.slice(at, at + 2).toLowerCase()
  if (half !== 'am' && half !== 'pm') return -1
  clock.afternoon = half === 'pm'
  return at + 2
}

/** Names are short; what is longer is none. */
function endOfLetters(text: string, at: number): number {
  let end = at
  while (end - at < 16 && /[a-z]/i.test(text[end] ?? '')) end++
  return end
}
