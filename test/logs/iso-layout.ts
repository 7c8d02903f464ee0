import type { LineLayout } from '../../src/evidence/logs/layout/line-layout.ts'

/** Lines that begin with `2026-01-02T03:04:05.678Z `: what the miner is measured and tested with. All others go on with the record before them. */
export const isoLayout: LineLayout = {
  timeOf: (bytes, start, end) => (isDated(bytes, start, end) ? timeAt(bytes, start) : NaN),
  continues: (bytes, start, end) => !isDated(bytes, start, end),
  bodyOf: (bytes, start, end) => (isDated(bytes, start, end) ? start + LENGTH : start),
}

const LENGTH = 24

function isDated(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= LENGTH && bytes[start + 10] === 0x54 && bytes[start + 23] === 0x5a && isDigit(bytes[start])
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function timeAt(bytes: Uint8Array, start: number): number {
  const days = daysBefore(number(bytes, start, 4), number(bytes, start + 5, 2), number(bytes, start + 8, 2))
  const minutes = number(bytes, start + 11, 2) * 60 + number(bytes, start + 14, 2)
  return days * 86_400_000 + minutes * 60_000 + number(bytes, start + 17, 2) * 1_000 + number(bytes, start + 20, 3)
}

function number(bytes: Uint8Array, start: number, digits: number): number {
  let value = 0
  for (let at = start; at < start + digits; at++) value = value * 10 + (bytes[at] ?? 0) - 0x30
  return value
}

/** Days from 1970-01-01 to this date of the Gregorian calendar. */
function daysBefore(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return shifted * 365 + leapDays + dayOfYear - 719_468
}
