/** Where there is no time. */
export const NONE = -1

export const SPACE = 0x20
export const COMMA = 0x2c
export const DASH = 0x2d
export const DOT = 0x2e
export const SLASH = 0x2f
export const COLON = 0x3a
export const PLUS = 0x2b
export const UNDERSCORE = 0x5f

/** -1 when it is no digit. */
export function digit(byte: number | undefined): number {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : -1
}

export function hexadecimal(byte: number | undefined): number {
  const value = digit(byte)
  if (value >= 0 || byte === undefined) return value
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

export function two(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1
  const tens = (bytes[at] as number) - 0x30
  const ones = (bytes[at + 1] as number) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/** A day of two places, the first of which may be a space. */
export function dayAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1
  return bytes[at] === SPACE ? digit(bytes[at + 1]) : two(bytes, at, end)
}

export function four(bytes: Uint8Array, at: number, end: number): number {
  const high = two(bytes, at, end)
  const low = two(bytes, at + 2, end)
  return high < 0 || low < 0 ? -1 : high * 100 + low
}

export function isLetter(byte: number | undefined): boolean {
  const letter = (byte ?? 0) | 0x20
  return letter >= 0x61 && letter <= 0x7a
}

export function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a
}
