import type { LineLayout } from '../../src/evidence/logs/layout/line-layout.ts'

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
const STAMP_BYTES = 24

/** Lines that begin with an ISO time; all others go on with the one before. */
export const isoLayout: LineLayout = {
  timeOf: (bytes, start, end) => {
    if (end - start < STAMP_BYTES) return Number.NaN
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, STAMP_BYTES).toString('latin1')
    return STAMP.test(text) ? Date.parse(text) : Number.NaN
  },
  continues: (bytes, start, end) => Number.isNaN(isoLayout.timeOf(bytes, start, end)),
  bodyOf: (bytes, start, end) => (isoLayout.continues(bytes, start, end) ? start : Math.min(end, start + STAMP_BYTES)),
}

/** So many records from a time on, one each so many milliseconds. */
export function stamped(
  fromMs: number,
  count: number,
  stepMs: number,
  text: (at: number) => string = (at) => `request ${at} of customer ${(at * 7919) % 1000} took ${(at * 31) % 97} ms`,
): string {
  return Array.from({ length: count }, (_, at) => `${new Date(fromMs + at * stepMs).toISOString()} ${text(at)}\n`).join(
    '',
  )
}

/** The records of a text that are in a window, as a slow reader would have them. */
export function linesOf(text: string, fromMs: number, toMs: number): string {
  let within = false
  return text
    .split(/(?<=\n)/)
    .filter((line) => {
      if (STAMP.test(line)) {
        const time = Date.parse(line.slice(0, STAMP_BYTES))
        within = time >= fromMs && time < toMs
      }
      return within
    })
    .join('')
}
