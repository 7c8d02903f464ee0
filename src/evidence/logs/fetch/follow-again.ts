import { leadingTime } from './leading-time.ts'

/** Takes out what came already, of lines that begin with their time and are handed out again from a moment on. */
export interface LinesAgain {
  /** From here on it is handed out again. */
  restart(): void
  push(chunk: Uint8Array): readonly Uint8Array[]
  /** Since `restart` lines have come that are later than the last one, and it itself has not: some may be missing. */
  lost(): boolean
  /** Time of the last whole line that came; undefined: none did. Milliseconds since the epoch. */
  sinceMs(): number | undefined
}

/** Two lines of the same moment are the same one when they agree in so much. Bytes. */
const KEPT_BYTES = 1024
const NEWLINE = 0x0a

/** What lies before the last line that came is dropped, and it itself; lines that it goes on with too. */
export function linesAgain(): LinesAgain {
  let carried: Uint8Array = new Uint8Array(0)
  let lastMs: number | undefined
  let last: Uint8Array = new Uint8Array(0)
  let dropping = false
  /** The line that was the last one has been seen again: what goes on with it was seen too. */
  let seen = false
  let lost = false

  function restart(): void {
    carried = new Uint8Array(0)
    dropping = lastMs !== undefined
    seen = false
    lost = false
  }

  function push(chunk: Uint8Array): readonly Uint8Array[] {
    const data = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk
    const pieces: Uint8Array[] = []
    let start = 0
    let since = 0
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      const time = leadingTime.timeOf(data, start, end)
      if (dropping) {
        dropping = isOld(data.subarray(start, end), time)
        if (dropping) since = end + 1
      }
      if (!dropping && !Number.isNaN(time)) {
        lastMs = time
        last = data.slice(start, Math.min(end, start + KEPT_BYTES))
      }
      start = end + 1
    }
    if (start > since) pieces.push(data.subarray(since, start))
    carried = data.slice(start)
    return pieces
  }

  function isOld(line: Uint8Array, time: number): boolean {
    if (Number.isNaN(time)) return true
    if (lastMs === undefined || time > lastMs || seen) {
      lost = !seen
      return false
    }
    seen = time === lastMs && Buffer.compare(line.subarray(0, KEPT_BYTES), last) === 0
    return true
  }

  return { restart, push, lost: () => lost, sinceMs: () => lastMs }
}
