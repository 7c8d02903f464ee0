import { exceptionTypeIn, TYPE_SHIFT } from './exception-type.ts'
import { type LineLayout, newLineHead } from '../layout/line-layout.ts'
import { createLineCutter, LONGEST_LINE } from './lines.ts'
import { createMinedRows } from './mined-rows.ts'
import type { Mined } from './mined.ts'
import { LONGEST_SAMPLE } from './sample-store.ts'
import { beginSignature, mixSignature, newSignature, WORDS } from './signature.ts'

/**
 * One pass over the bytes of a log: records with the same words (numbers masked) and the same type of exception are counted in one row. No string is made
 * of a line; memory is bounded whatever comes: long lines are cut, and beyond the limit of rows records are counted as others.
 *
 * A line that goes on with a record belongs to it. Blank lines are lines, and part of no record. NUL bytes at the beginning of a line are skipped: they are
 * what a log has where it was truncated while its writer went on at its old place.
 */
export function createMiner(layout: LineLayout, options: MinerOptions = {}): Miner {
  const { originMs = 0, rows: limit = MOST_ROWS, fromMs = -Infinity, toMs = Infinity } = options
  const rows = createMinedRows(originMs, limit)
  const readHead = layout.readHead ?? headReader(layout)
  const { tellsFrom, readOpenHead } = layout
  const head = newLineHead()
  const record = createOpenRecord()
  const { signature } = record
  let chunk: Uint8Array | undefined
  let bytesSeen = 0
  let lines = 0
  let records = 0
  let undated = 0
  let backwards = 0
  // Fields, since a variable of a closure would be a new object for each number with a fraction or beyond 2^31.
  const clock = { atMs: NaN, newestMs: -Infinity, lastMs: NaN }
  let after = false

  const close = (): void => {
    if (!record.isOpen()) return
    records++
    if (Number.isNaN(clock.atMs)) {
      undated++
      // An exception that nothing caught bears no time: it was written after the line before it.
      clock.atMs = clock.lastMs
    } else {
      if (clock.atMs < clock.newestMs) backwards++
      else clock.newestMs = clock.atMs
      clock.lastMs = clock.atMs
      after = clock.atMs >= originMs
    }
    const slot = rows.add(signature, record.body(), records, clock.atMs, after)
    if (slot >= 0) rows.keep(slot, records, clock.atMs, record.bytes(), record.from(), record.to())
    record.close()
  }
  const onLine = (bytes: Uint8Array, lineStart: number, end: number): void => {
    lines++
    const start = afterBlanks(bytes, lineStart, end)
    if (start < 0) return
    if (readHead(bytes, start, end, !record.isOpen(), head)) {
      if (tellsFrom) record.tell(bytes, tellsFrom(bytes, start, end), end)
      return record.goOn(bytes, start, end)
    }
    close()
    beginSignature(signature)
    mixSignature(bytes, head.body, end, signature)
    open(bytes, start, end)
    if (bytes !== chunk) record.hold()
  }
  const open = (bytes: Uint8Array, start: number, end: number): void => {
    const time = head.atMs
    clock.atMs = time >= fromMs && time < toMs && Math.abs(time) <= LATEST_MS ? time : NaN
    record.open(bytes, start, end, head.body)
  }
  /** Of a line that begins a record as the one before did: its end is found where its words are read. */
  const takeLine = (bytes: Uint8Array, start: number, last: number): number => {
    if (readOpenHead === undefined || readOpenHead(bytes, start, last, head) < 0) return -1
    close()
    const limit = Math.min(last, start + LONGEST_LINE)
    beginSignature(signature)
    const end = mixSignature(bytes, head.body, limit, signature)
    if (end === limit) return -1
    lines++
    open(bytes, start, bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end)
    return end
  }
  const cutter = createLineCutter(onLine, takeLine)

  const cut = (): void => {
    cutter.finish()
    close()
  }

  return {
    feed: (bytes) => {
      bytesSeen += bytes.length
      // Never a Buffer: what sees arrays of one kind only is faster.
      chunk = viewOf(bytes, 0, bytes.length)
      cutter.feed(chunk)
      record.hold()
    },
    cut,
    finish: () => {
      cut()
      const mined = rows.rows()
      return {
        bytes: bytesSeen,
        lines,
        records,
        undated,
        other: rows.other(),
        folded: rows.folded(),
        backwards,
        cutBytes: cutter.cutBytes(),
        timeline: rows.timeline(),
        rows: mined,
      }
    },
  }
}

export interface Miner {
  /** The next bytes, of any length. They may be used for something else afterwards. */
  readonly feed: (bytes: Uint8Array) => void
  /** What follows is from another place of the log, and begins with a record. */
  readonly cut: () => void
  readonly finish: () => Mined
}

export interface MinerOptions {
  /** The onset, by the clock of the box: the timeline is aligned at it, and samples are chosen from both sides of it. */
  readonly originMs?: number
  /** Times outside of these are not believed: such a record counts as undated. */
  readonly fromMs?: number
  readonly toMs?: number
  /** How many rows are told apart. */
  readonly rows?: number
}

function headReader({ continues, timeOf, bodyOf }: LineLayout): NonNullable<LineLayout['readHead']> {
  return (bytes, start, end, first, head) => {
    if (!first && continues(bytes, start, end)) return true
    head.atMs = timeOf(bytes, start, end)
    head.body = bodyOf(bytes, start, end)
    return false
  }
}

/** What it takes to keep and cluster so many is a second and 100 MB; real logs have some hundred. */
export const MOST_ROWS = 16_000

/** The last time that Date knows (ECMA-262, Time Values and Time Range). */
const LATEST_MS = 8.64e15

/** Types of exceptions that tell a record from others; more would be a file that was written into the log. */
const MOST_TYPES = 4

/** Lines of a statement that tell it from others; more would be values. */
const MOST_TOLD = 16

/**
 * The record whose lines are being read: its signature, and where its text is. As long as all of it lies in the bytes of one call, nothing is copied.
 */
function createOpenRecord() {
  const signature = newSignature()
  const held = new Uint8Array(LONGEST_SAMPLE)
  let heldLength = 0
  let open = false
  let types = 0
  let told = 0
  let source: Uint8Array | undefined
  let from = 0
  let to = 0
  let bodyFrom = 0

  /** Copies what lies in bytes that will be used for something else. */
  const hold = (): void => {
    if (!open || !source) return
    const length = Math.min(to - from, LONGEST_SAMPLE)
    held.set(source.subarray(from, from + length))
    heldLength = length
    source = undefined
  }
  const append = (bytes: Uint8Array, start: number, end: number): void => {
    if (heldLength >= LONGEST_SAMPLE) return
    held[heldLength++] = LINE_FEED
    const length = Math.min(end - start, LONGEST_SAMPLE - heldLength)
    held.set(bytes.subarray(start, start + length), heldLength)
    heldLength += length
  }

  /** Its words remain those of the first line. */
  const mixIn = (bytes: Uint8Array, start: number, end: number): void => {
    const last = signature[WORDS] as number
    mixSignature(bytes, start, end, signature)
    signature[WORDS] = last
  }

  return {
    signature,
    isOpen: () => open,
    open: (bytes: Uint8Array, start: number, end: number, body: number): void => {
      open = true
      types = 0
      told = 0
      source = bytes
      from = start
      to = end
      bodyFrom = body - start
    },
    goOn: (bytes: Uint8Array, start: number, end: number): void => {
      if (!open) return
      if (bytes === source && start === to + 1) to = end
      else {
        hold()
        append(bytes, start, end)
      }
      if (types === MOST_TYPES) return
      const type = exceptionTypeIn(bytes, start, end)
      if (type < 0) return
      types++
      const typeStart = Math.floor(type / TYPE_SHIFT)
      mixIn(bytes, typeStart, typeStart + (type % TYPE_SHIFT))
    },
    /** A further line that tells it from others, from there on; -1: it is none. */
    tell: (bytes: Uint8Array, from: number, end: number): void => {
      if (!open || from < 0 || told === MOST_TOLD) return
      told++
      mixIn(bytes, from, end)
    },
    /** Its text is `bytes[from, to)`. */
    bytes: (): Uint8Array => source ?? held,
    from: (): number => (source ? from : 0),
    to: (): number => (source ? Math.min(to, from + LONGEST_SAMPLE) : heldLength),
    /** Place within its text from where on it is told from others. */
    body: (): number => bodyFrom,
    hold,
    close: (): void => {
      open = false
      source = undefined
      heldLength = 0
    },
  }
}

/** As `subarray`, which takes several times as long for a Buffer. */
function viewOf(bytes: Uint8Array, from: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + from, length)
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Where the line begins without NUL bytes; -1 where it is blank. */
function afterBlanks(bytes: Uint8Array, start: number, end: number): number {
  let from = start
  while (from < end && bytes[from] === 0) from++
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number
    if (byte !== 0x20 && byte !== 0x09) return from
  }
  return -1
}
