import { NO_ZONE, type WallTime } from './wall-time.ts'

/**
 * The time of the line before, with its text: nearly every line is of the same second as the one before, and then differs in the digits of the fraction at most.
 * Comparing takes a tenth of what reading does. What is after the time is compared as far as it decides where the time ends; where that is not sure,
 * nothing is learnt, and the line is to be read.
 */
export function createLastTime(): LastTime {
  const text = new Uint8Array(LONGEST + 1)
  const told = new DataView(text.buffer)
  /** Of the bytes that were asked about last. */
  let view: DataView = told
  let viewed: Uint8Array = text
  let length = 0
  let fraction = 0
  let fractionEnd = 0
  let zoned = false
  let secondMs = 0.5
  const last = { atMs: 0.5 }

  return {
    last,
    endOf: (bytes, start, end) => {
      // Whole numbers of 32 bits in variables of this function: what is outside of it is asked again at each use.
      const from = start | 0
      const size = length | 0
      const digits = fraction | 0
      const digitsEnd = fractionEnd | 0
      if (size === 0 || from + size >= end) return -1
      if (bytes !== viewed) {
        view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
        viewed = bytes
      }
      // Eight bytes at once; as numbers with a fraction they are equal only if they are the same, as long as they are not all zero. The last eight overlap.
      const last8 = (digits - 8) | 0
      for (let at = 0; at < last8; at = (at + 8) | 0)
        if (view.getFloat64((from + at) | 0, true) !== told.getFloat64(at, true)) return -1
      if (view.getFloat64((from + last8) | 0, true) !== told.getFloat64(last8, true)) return -1
      let milliseconds = 0
      for (let at = digits; at < digitsEnd; at = (at + 1) | 0) {
        const digit = (bytes[(from + at) | 0] as number) - 0x30
        if (digit < 0 || digit > 9) return -1
        if (at < digits + 3) milliseconds = (Math.imul(milliseconds, 10) + digit) | 0
      }
      for (let at = digitsEnd; at <= size; at = (at + 1) | 0) if (bytes[(from + at) | 0] !== text[at]) return -1
      if (!zoned && !endsThere(bytes, from + size, end)) return -1
      last.atMs = secondMs + milliseconds
      return (from + size) | 0
    },
    learn: (bytes, start, timeEnd, end, wall, atMs) => {
      length = 0
      zoned = wall.zone !== NO_ZONE
      const size = timeEnd - start
      if (size > LONGEST || timeEnd >= end || wall.kind !== 'wall' || wall.month === 0 || Number.isNaN(atMs)) return
      if (zoned ? goesOnZone(bytes[timeEnd] as number) : !endsThere(bytes, timeEnd, end)) return
      for (let at = 0; at <= size; at++) text[at] = bytes[start + at] as number
      fraction = fractionOf(text, size)
      fractionEnd = fraction
      while (fractionEnd < size && isDigit(text[fractionEnd] as number)) fractionEnd++
      if (fractionEnd - fraction < 3 || milliseconds(text, fraction) !== wall.millisecond) {
        // No fraction, or one of one or two digits: the same text is the same time.
        fraction = size
        fractionEnd = size
        secondMs = atMs
      } else secondMs = atMs - wall.millisecond
      if (fraction >= 8) length = size
    },
  }
}

export interface LastTime {
  /** Where `endOf` found one: its time, milliseconds since the epoch. */
  readonly last: { readonly atMs: number }
  /** First byte after the time that begins at `start`, where it is of the same second as the last one; -1: it is to be read. No allocation. */
  readonly endOf: (bytes: Uint8Array, start: number, end: number) => number
  /** A time that was read in `bytes[start, timeEnd)` of a line that ends at `end`. */
  readonly learn: (bytes: Uint8Array, start: number, timeEnd: number, end: number, wall: WallTime, atMs: number) => void
}

/** Bytes of a time: a weekday, a date, nanoseconds and a zone. */
const LONGEST = 48

const SPACE = 0x20

/** Behind a time without a zone: nothing that could be a half of the day or a zone begins here. */
function endsThere(bytes: Uint8Array, at: number, end: number): boolean {
  const byte = bytes[at] as number
  if (byte !== SPACE) return byte === 0x5d || byte === 0x7c || byte === 0x22 || byte === 0x29
  if (at + 1 >= end) return false
  const next = bytes[at + 1] as number
  // `a` and `p` may begin a half of the day.
  return next === 0x5b || isDigit(next) || (next > 0x61 && next <= 0x7a && next !== 0x70)
}

/** Behind `+02` or `Z`: more of it may follow, or it may be none. */
function goesOnZone(byte: number): boolean {
  return byte === 0x3a || byte === 0x2d || isDigit(byte) || (byte | 0x20) >= 0x61
}

/** After the last point or comma; `size` where there is none. */
function fractionOf(text: Uint8Array, size: number): number {
  for (let at = size - 1; at > 0; at--) if (text[at] === 0x2e || text[at] === 0x2c) return at + 1
  return size
}

function milliseconds(text: Uint8Array, at: number): number {
  return ((text[at] as number) - 0x30) * 100 + ((text[at + 1] as number) - 0x30) * 10 + (text[at + 2] as number) - 0x30
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
