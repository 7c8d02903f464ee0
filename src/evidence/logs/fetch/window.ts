import type { LineLayout } from '../layout/line-layout.ts'
import type { LogWindow } from '../window.ts'

/** Lets the lines through that are in a window of time, with those that go on with them. */
export interface LinesInWindow {
  /** Gives what of it is wanted, in pieces of what was given; a line is decided on when its end, or enough of its beginning, is there. */
  push(chunk: Uint8Array): readonly Uint8Array[]
  /** The last line, which had no end. */
  finish(): readonly Uint8Array[]
}

/** A time stands within this of a line, or nowhere. So much of a line waits for the rest of it, however long it is. Bytes. */
const DECIDED_WITHIN = 16 * 1024
const NEWLINE = 0x0a

/**
 * @param startsWithin where the bytes begin: false, in the middle of something that is not wanted; true, where lines without a time are wanted until the
 * first that has one
 */
export function linesInWindow(layout: LineLayout, { fromMs, toMs }: LogWindow, startsWithin: boolean): LinesInWindow {
  const from = fromMs ?? Number.NEGATIVE_INFINITY
  const to = toMs ?? Number.POSITIVE_INFINITY
  let wanted = startsWithin
  /** The beginning of a line, not decided on yet. */
  let carried: Uint8Array = new Uint8Array(0)
  /** The line that goes on was decided on. */
  let within = false

  function decide(bytes: Uint8Array, start: number, end: number): void {
    const time = layout.timeOf(bytes, start, end)
    if (!Number.isNaN(time)) wanted = time >= from && time < to
  }

  function push(chunk: Uint8Array): readonly Uint8Array[] {
    const data = carried.length > 0 ? joined(carried, chunk) : chunk
    const pieces: Uint8Array[] = []
    carried = new Uint8Array(0)
    /** What is wanted since here was not given yet. */
    let since = 0
    let start = 0
    const give = (end: number): void => {
      if (end > since) pieces.push(data.subarray(since, end))
    }
    while (start < data.length) {
      const at = data.indexOf(NEWLINE, start)
      const end = at < 0 ? data.length : at
      if (!within) {
        if (at < 0 && end - start < DECIDED_WITHIN) break
        const before = wanted
        decide(data, start, end)
        if (before && !wanted) give(start)
        if (!before && wanted) since = start
      }
      within = at < 0
      start = at < 0 ? data.length : at + 1
    }
    if (wanted) give(start)
    carried = data.slice(start)
    return pieces
  }

  function finish(): readonly Uint8Array[] {
    const last = carried
    carried = new Uint8Array(0)
    if (last.length === 0) return []
    decide(last, 0, last.length)
    return wanted ? [last] : []
  }

  return { push, finish }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
