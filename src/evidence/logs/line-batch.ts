import type { LineLayout } from './line-layout.ts'
import { LONGEST_LINE } from './lines.ts'

/** Lines of one log that came together: offsets and times over their bytes, so that a line costs no object. Line `i` is `bytes[offsets[i], offsets[i + 1])` with its line end. */
export interface LineBatch {
  readonly bytes: Uint8Array
  readonly count: number
  /** One more than there are lines. */
  readonly offsets: Uint32Array
  /** Milliseconds since the epoch by the clock of the box. NaN: the line goes on with the one before it, or bears no time. */
  readonly times: Float64Array
}

export interface LineBatcher {
  /** Lines that are complete with this chunk, in order. The chunk itself becomes part of them: it must not be written to again. */
  readonly feed: (chunk: Uint8Array) => readonly LineBatch[]
  /** What is left without a line end; it gets one. */
  readonly finish: () => readonly LineBatch[]
  /** Bytes cut off from lines longer than the limit, so far. */
  readonly cutBytes: () => number
}

const LINE_END = 0x0a
/** Room for lines at first: for lines as short as this; more is made where they are shorter. Bytes. */
const SHORT_LINE = 64

/** Cuts the chunks of one log into batches of whole lines. */
export function createLineBatcher(layout: LineLayout, lineBytes: number = LONGEST_LINE): LineBatcher {
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
  const takeRest = (): LineBatch => {
    const bytes = new Uint8Array(restBytes + 1)
    let at = 0
    for (const part of rest) {
      bytes.set(part, at)
      at += part.length
    }
    bytes[at] = LINE_END
    rest = []
    restBytes = 0
    return batchOf(layout, bytes)
  }

  return {
    feed: (chunk) => {
      const batches: LineBatch[] = []
      let from = 0
      if (restBytes > 0) {
        const end = chunk.indexOf(LINE_END)
        keepRest(end < 0 ? chunk : chunk.subarray(0, end))
        if (end < 0) return batches
        batches.push(takeRest())
        from = end + 1
      }
      const last = chunk.lastIndexOf(LINE_END)
      if (last >= from) batches.push(batchOf(layout, chunk.subarray(from, last + 1)))
      if (Math.max(from, last + 1) < chunk.length) keepRest(chunk.subarray(Math.max(from, last + 1)))
      return batches
    },
    finish: () => (restBytes > 0 ? [takeRest()] : []),
    cutBytes: () => cut,
  }
}

/** Of bytes that end with a line end. */
function batchOf(layout: LineLayout, bytes: Uint8Array): LineBatch {
  const room = 1 + Math.ceil(bytes.length / SHORT_LINE)
  let offsets = new Uint32Array(room + 1)
  let times = new Float64Array(room)
  let count = 0
  for (let start = 0; start < bytes.length; count++) {
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
