import { COLON, DASH, PLUS, SPACE, digit, isCapital, isLetter, two } from './time-digits.ts'
import type { WallTime } from './wall-time.ts'
import { minutesOfAbbreviation } from './zone.ts'

/** `Z`, `+02`, `+0200`, `+02:00`; behind a space only with four digits, or as an abbreviation that means one zone. */
export function zoneAfter(bytes: Uint8Array, at: number, end: number, wall: WallTime): number {
  if (at >= end) return at
  const spaced = bytes[at] === SPACE
  const from = spaced ? at + 1 : at
  const sign = bytes[from]
  if (!spaced && (sign === 0x5a || sign === 0x7a)) {
    if (from + 1 < end && isLetter(bytes[from + 1])) return at
    wall.zone = 0
    return from + 1
  }
  if (sign === PLUS || sign === DASH) return offset(bytes, at, from, end, wall)
  return spaced && from < end && isCapital(sign) ? abbreviation(bytes, at, from, end, wall) : at
}

function offset(bytes: Uint8Array, at: number, from: number, end: number, wall: WallTime): number {
  const hours = two(bytes, from + 1, end)
  if (hours < 0 || hours > 14) return at
  const colon = from + 3 < end && bytes[from + 3] === COLON ? 1 : 0
  const minutes = two(bytes, from + 3 + colon, end)
  const whole = minutes >= 0 && minutes < 60
  const after = whole ? from + 5 + colon : from + 3
  if (after < end && (digit(bytes[after]) >= 0 || bytes[after] === DASH)) return at
  if (!whole && bytes[at] === SPACE) return at
  const east = hours * 60 + (whole ? minutes : 0)
  wall.zone = bytes[from] === DASH ? -east : east
  return after
}

/** Capitals of three or four letters, looked up by their bytes; an unknown word is left for what comes after. */
function abbreviation(bytes: Uint8Array, at: number, from: number, end: number, wall: WallTime): number {
  let next = from
  let packed = 0
  while (next < end && next - from < 5 && isCapital(bytes[next])) {
    packed = packed * 32 + ((bytes[next] ?? 0) & 31)
    next += 1
  }
  const last = bytes[next - 1]
  // All of them end in T, but UTC and MSK: words of level go no further.
  if (last !== 0x54 && last !== 0x43 && last !== 0x4b) return at
  if (next - from < 3 || next - from > 4 || (next < end && (isLetter(bytes[next]) || digit(bytes[next]) >= 0)))
    return at
  if (PACKED_LOCAL.has(packed)) return next
  const minutes = PACKED.get(packed)
  if (minutes === undefined) return at
  wall.zone = minutes
  return next
}

function packedOf(word: string): number {
  let packed = 0
  for (let at = 0; at < word.length; at += 1) packed = packed * 32 + (word.charCodeAt(at) & 31)
  return packed
}

const PACKED: ReadonlyMap<number, number> = new Map(
  'UTC GMT WET WEST CET CEST EET EEST MSK EST EDT MST MDT PST PDT JST KST AEST AEDT NZST NZDT'
    .split(' ')
    .map((word) => [packedOf(word), minutesOfAbbreviation(word) ?? 0]),
)
/** Each means several zones: the time is read in that of the box. */
const PACKED_LOCAL: ReadonlySet<number> = new Set(['IST', 'CST', 'CDT', 'BST', 'SST', 'AST', 'ADT'].map(packedOf))
