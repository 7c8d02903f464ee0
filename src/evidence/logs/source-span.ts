import type { BoxTime } from './box-time.ts'
import { layoutOf } from './layout.ts'
import { linesOf } from './line-bytes.ts'
import type { LogSource } from './source.ts'

/** From when to when a log has lines, as far as its first and last lines tell. Milliseconds since the epoch by the clock of the box. */
export interface SourceSpan {
  /** Missing: no line of the beginning bears a time. */
  readonly firstAtMs?: number
  readonly lastAtMs?: number
}

/** Times of the first line that bears one in what is known of its oldest file, and of the last one of the file that is written to. */
export function sourceSpan(source: LogSource, time: BoxTime): SourceSpan {
  const { head, tail, oldest } = source
  const sample = sampleOf(source)
  // What has lain there for long may have been written in another form.
  const first = (oldest && timesOf(oldest, oldest, time).at(0)) ?? timesOf(head ?? NOTHING, sample, time).at(0)
  const last = timesOf(tail ?? head ?? NOTHING, sample, time).at(-1)
  return { ...(first === undefined ? {} : { firstAtMs: first }), ...(last === undefined ? {} : { lastAtMs: last }) }
}

/** The first and the last lines that are known of a log, from which its form is told. */
export function sampleOf({ head, tail }: LogSource): Uint8Array {
  return head && tail && head !== tail ? Buffer.concat([head, tail]) : (head ?? tail ?? NOTHING)
}

const NOTHING = new Uint8Array()
/** A sample has 4 KiB; more lines than bytes there are none. */
const MOST_LINES = 4096

function timesOf(bytes: Uint8Array, sample: Uint8Array, time: BoxTime): readonly number[] {
  const { timeOf } = layoutOf(sample, time)
  return linesOf(bytes, MOST_LINES)
    .map(([start, end]) => timeOf(bytes, start, end))
    .filter((atMs) => !Number.isNaN(atMs))
}
