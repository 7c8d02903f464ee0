import type { LineLayout } from '../layout/line-layout.ts'
import { LONGEST_LINE } from '../mining/lines.ts'

/**
 * Lines of one log that came together: offsets and times over their bytes, so that a line costs no object. Line `i` is `bytes[offsets[i], offsets[i + 1])` with its line end.
 * What stands before the first is the line before it, if there was one.
 */
export interface LineBatch {
  readonly bytes: Uint8Array
  readonly count: number
  /** One more than there are lines. */
  readonly offsets: Uint32Array
  /** Milliseconds since the epoch by the clock of the box. NaN: the line goes on with the one before it, or bears no time. */
  readonly times: Float64Array
}

export interface LineBatcher {
  /** Lines that are complete with this chunk, in order. */
  readonly feed: (chunk: Uint8Array) => readonly LineBatch[]
  /** What is left without a line end; it gets one. */
  readonly finish: () => readonly LineBatch[]
  /** Bytes cut off from lines longer than the limit, so far. */
  readonly cutBytes: () => number
}

/** Room for lines at first: for lines as short as this; more is made where they are shorter. Bytes. */
const SHORT_LINE = 64
const LINE_END = 0x0a
const NOTHING = new Uint8Array(0)

/** Cuts the chunks of one log into batches of whole lines. A layout may look at the line before, so that one is kept. */
export function createLineBatcher(layout: LineLayout, lineBytes: number = LONGEST_LINE): LineBatcher {
  let before = NOTHING
  /** The beginning of a line whose end has not come yet. */
  let rest: Uint8Array[] = []
  let restBytes = 0
  let cut = 0

  const keepRest = (bytes: Uint8Array): void => {
    const kept = bytes.subarray(0, lineBytes - restBytes)
    cut += bytes.length - kept.length
    // A copy: the chunk around it need not stay in memory for it.
    if (kept.length > 0) rest.push(kept.slice())
    restBytes += kept.length
  }
  const batch = (more: readonly Uint8Array[]): LineBatch => {
    const bytes = joined([before, ...rest, ...more])
    const made = batchOf(layout, bytes, before.length)
    rest = []
    restBytes = 0
    before = bytes.slice(Math.max(made.offsets[made.count - 1] ?? 0, bytes.length - lineBytes - 1))
    return made
  }

  return {
    feed: (chunk) => {
      const last = chunk.lastIndexOf(LINE_END)
      if (last < 0) {
        keepRest(chunk)
        return []
      }
      const first = restBytes > 0 ? chunk.indexOf(LINE_END) : 0
      if (first > 0) keepRest(chunk.subarray(0, first))
      const made = batch([chunk.subarray(first, last + 1)])
      keepRest(chunk.subarray(last + 1))
      return [made]
    },
    finish: () => (restBytes > 0 ? [batch([Uint8Array.of(LINE_END)])] : []),
    cutBytes: () => cut,
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Of bytes that end with a line end. */
function batchOf(layout: LineLayout, bytes: Uint8Array, from: number): LineBatch {
  const room = 1 + Math.ceil(bytes.length / SHORT_LINE)
  let offsets = new Uint32Array(room + 1)
  let times = new Float64Array(room)
  let count = 0
  offsets[0] = from
  for (let start = from; start < bytes.length; count++) {
    const end = bytes.indexOf(LINE_END, start)
    if (count === times.length) {
      offsets = grown(offsets, new Uint32Array(count * 4 + 1))
      times = grown(times, new Float64Array(count * 4))
    }
    times[count] = layout.continues(bytes, start, end) ? NaN : layout.timeOf(bytes, start, end)
    start = end + 1
    offsets[count + 1] = start
  }
  return { bytes, count, offsets, times }
}

function grown<Numbers extends Uint32Array | Float64Array>(old: Numbers, larger: Numbers): Numbers {
  larger.set(old)
  return larger
}
