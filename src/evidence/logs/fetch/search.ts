import type { LineLayout } from '../layout/line-layout.ts'
import type { LogWindow } from '../window.ts'

/**
 * Finds a window of time in a file by the times of a few of its blocks: which blocks to read next, until both edges are known closely enough. Pure: who
 * asks reads the blocks (`script.ts`), many in one round trip, since a round trip costs more than a read.
 *
 * Each edge lies between two blocks whose times are known. A round puts half of its probes around the place where the times of these two let the edge
 * be expected (a log grows evenly more often than not), in distances that grow, and half evenly between them, so that a log that grows in
 * bursts is halved three times a round at the least. Times that run backwards widen the window (`slackMs`).
 */
export interface WindowSearch {
  /** What to read next, together; empty: the range is known. */
  next(): readonly Probe[]
  /** What was read; shorter than asked for at the end of the file, empty beyond it. */
  take(probe: Probe, bytes: Uint8Array): void
  /** Blocks that were read so far, in order, from which the layout of the lines is told; `layout` is needed before the second round. */
  blocks(): readonly { readonly probe: Probe; readonly bytes: Uint8Array }[]
  read(layout: LineLayout): void
  found(): FoundRange
}

export interface Probe {
  /** A multiple of `bytes`. */
  readonly offset: number
  readonly bytes: number
}

export interface FoundRange {
  /** The bytes `[fromByte, toByte)` hold all of the window, and some more. Equal: there is nothing of it. */
  readonly fromByte: number
  readonly toByte: number
  /** Of these, without what is read to be on the safe side. */
  readonly windowBytes: number
  /** By so much around the window lines were looked for, since times in the file run backwards. Milliseconds. */
  readonly slackMs: number
  /** No line that was seen bears a time. */
  readonly undated: boolean
}

/** Holds some lines of most logs. Also what a disk reads at the least. Bytes. */
const BLOCK_BYTES = 4 * 1024
/** Where lines are longer than a block, or a trace fills one. Bytes. */
const LARGE_BLOCK_BYTES = 64 * 1024
/** Two and a half bits of the place of both edges; each block costs the box a process, some milliseconds on a small one. */
const FIRST_PROBES = 16
/** For each edge, a round. Half are even, half are around the expected place. */
const EVEN_PROBES = 5
const NEAR_DISTANCES = [0.5, 2, 8, 64, 512]
/** An edge is known when it lies within so many bytes: they are read rather than asked about, which takes a round trip. Bytes. */
const EDGE_BYTES = 128 * 1024
/** Read before and behind what was found: several writers of one file swap their lines within it. Bytes. */
const MARGIN_BYTES = 32 * 1024
/** Times that ran backwards in some tens of blocks ran back further in others. */
const SLACK_FACTOR = 4
/** A clock that is set back for winter. Milliseconds. */
const MOST_SLACK_MS = 3_600_000
/** A file of 2^53 bytes, in which each round only halves, is found within less; it ends whatever the box answers. */
const MOST_ROUNDS = 40

interface Sample {
  readonly offset: number
  readonly bytes: number
  /** Of the whole lines that begin in it; NaN when none of them bears a time. */
  readonly leastMs: number
  readonly mostMs: number
}

export function windowSearch(size: number, window: LogWindow, extraSlackMs = 0): WindowSearch {
  const asked = new Set<string>()
  const blocks: { probe: Probe; bytes: Uint8Array }[] = []
  let unread: { probe: Probe; bytes: Uint8Array }[] = []
  let samples: readonly Sample[] = []
  let backMs = 0
  let rounds = 0

  function next(): readonly Probe[] {
    rounds += 1
    if (rounds > MOST_ROUNDS) return []
    if (rounds === 1)
      return ask(
        even(0, lastBlock(size), Math.min(FIRST_PROBES, Math.floor(size / EDGE_BYTES)), BLOCK_BYTES).concat(
          0,
          lastBlock(size),
        ),
      )
    const open = edges().filter(({ low, high }) => high - low > EDGE_BYTES)
    const fine = ask(open.flatMap(candidates))
    return fine.length > 0 ? fine : ask(open.flatMap(large), LARGE_BLOCK_BYTES)
  }

  function ask(offsets: readonly number[], bytes = BLOCK_BYTES): readonly Probe[] {
    const fresh = [...new Set(offsets)].filter(
      (offset) => offset >= 0 && offset < size && !asked.has(`${offset} ${bytes}`),
    )
    for (const offset of fresh) asked.add(`${offset} ${bytes}`)
    return fresh.toSorted((a, b) => a - b).map((offset) => ({ offset, bytes }))
  }

  function take(probe: Probe, bytes: Uint8Array): void {
    const block = { probe, bytes }
    if (rounds <= 1) blocks.push(block)
    unread.push(block)
  }

  function read(layout: LineLayout): void {
    const fresh = unread.map(({ probe, bytes }) => {
      const times = timesIn(bytes, probe.offset === 0, layout)
      backMs = Math.max(backMs, times.backMs)
      return { ...times, ...probe }
    })
    unread = []
    samples = [...samples, ...fresh]
      .filter(({ leastMs }) => !Number.isNaN(leastMs))
      .toSorted((a, b) => a.offset - b.offset)
    let most = Number.NEGATIVE_INFINITY
    for (const { leastMs, mostMs } of samples) {
      backMs = Math.max(backMs, most - leastMs)
      most = Math.max(most, mostMs)
    }
  }

  const slackMs = (): number => Math.max(extraSlackMs, Math.min(MOST_SLACK_MS, backMs * SLACK_FACTOR))

  interface Edge {
    readonly low: number
    readonly high: number
    /** Where it is expected between them. */
    readonly expected: number
  }

  /** The place before which all is earlier, and the place from which on all is later. */
  function edges(): readonly Edge[] {
    const { fromMs, toMs } = window
    return [
      ...(fromMs === undefined ? [] : [lowerEdge(fromMs - slackMs())]),
      ...(toMs === undefined ? [] : [upperEdge(toMs + slackMs())]),
    ]
  }

  function lowerEdge(target: number): Edge {
    const at = samples.findIndex(({ mostMs }) => mostMs >= target)
    const after = at < 0 ? undefined : samples[at]
    return between(samples[at < 0 ? samples.length - 1 : at - 1], after, target)
  }

  function upperEdge(target: number): Edge {
    const at = samples.findLastIndex(({ leastMs }) => leastMs < target)
    return between(at < 0 ? undefined : samples[at], samples[at + 1], target)
  }

  function between(before: Sample | undefined, after: Sample | undefined, target: number): Edge {
    // Where the first or the last block tells it, the edge is the end of the file.
    const low = before?.offset ?? 0
    const high = after === undefined ? size : after.offset === 0 ? 0 : after.offset + after.bytes
    const share = before && after ? (target - before.mostMs) / Math.max(1, after.leastMs - before.mostMs) : 0.5
    const expected = low + Math.min(1, Math.max(0, share)) * (high - low)
    return { low: Math.min(low, high), high, expected }
  }

  function found(): FoundRange {
    const { fromMs, toMs } = window
    const lower = fromMs === undefined ? undefined : lowerEdge(fromMs - slackMs())
    const upper = toMs === undefined ? undefined : upperEdge(toMs + slackMs())
    const low = lower?.low ?? 0
    const high = Math.min(size, upper?.high ?? size)
    const surely = Math.max(0, (upper?.low ?? size) - (lower?.high ?? 0))
    const shared = { slackMs: slackMs(), undated: size > 0 && samples.length === 0 }
    if (high <= low) return { ...shared, fromByte: low, toByte: low, windowBytes: 0 }
    return {
      ...shared,
      fromByte: Math.max(0, low - MARGIN_BYTES),
      toByte: Math.min(size, high + MARGIN_BYTES),
      windowBytes: Math.min(surely, high - low),
    }
  }

  return { next, take, read, blocks: () => blocks, found }
}

function candidates({
  low,
  high,
  expected,
}: {
  readonly low: number
  readonly high: number
  readonly expected: number
}): readonly number[] {
  const near = NEAR_DISTANCES.flatMap((distance) => [
    expected - distance * EDGE_BYTES,
    expected + distance * EDGE_BYTES,
  ])
  return [...near, ...even(low, high, EVEN_PROBES, 1)]
    .map((offset) => aligned(offset, BLOCK_BYTES))
    .filter((offset) => offset > low && offset < high)
}

function large({ low, high }: { readonly low: number; readonly high: number }): readonly number[] {
  return even(low, high, EVEN_PROBES, LARGE_BLOCK_BYTES).filter((offset) => offset >= low && offset < high)
}

/** So many places evenly between two others. */
function even(low: number, high: number, count: number, alignment: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => aligned(low + ((high - low) * (at + 1)) / (count + 1), alignment))
}

function aligned(offset: number, bytes: number): number {
  return Math.floor(offset / bytes) * bytes
}

function lastBlock(size: number): number {
  return aligned(Math.max(0, size - 1), BLOCK_BYTES)
}

const NEWLINE = 0x0a
/** A line that is cut off by the end of its block is read when so much of it is there: a time at its beginning is whole. Bytes. */
const ENOUGH_OF_A_LINE = 256

/** The times of the lines that begin in a block. */
function timesIn(
  bytes: Uint8Array,
  fromStart: boolean,
  layout: LineLayout,
): { readonly leastMs: number; readonly mostMs: number; readonly backMs: number } {
  let least = Number.NaN
  let most = Number.NaN
  let back = 0
  let start = fromStart ? 0 : bytes.indexOf(NEWLINE) + 1
  if (start === 0 && !fromStart) start = bytes.length
  while (start < bytes.length) {
    const at = bytes.indexOf(NEWLINE, start)
    const end = at < 0 ? bytes.length : at
    if (at < 0 && end - start < ENOUGH_OF_A_LINE) break
    const time = layout.timeOf(bytes, start, end)
    if (!Number.isNaN(time)) {
      back = Math.max(back, most > time ? most - time : 0)
      least = least < time ? least : time
      most = most > time ? most : time
    }
    start = end + 1
  }
  return { leastMs: least, mostMs: most, backMs: back }
}
