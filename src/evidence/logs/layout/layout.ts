import type { BoxTime } from '../time/box-time.ts'
import { followsError, isExceptionHeading, looksContinued, type OnLine } from './continuation.ts'
import { type Envelope, envelopeOf } from './envelope.ts'
import { isBlank, type LineSpan, linesOf, NEWLINE } from './line-bytes.ts'
import type { LineHead, LineLayout } from './line-layout.ts'
import { createLastTime, type LastTime } from '../time/last-time.ts'
import { isHaproxyOwnLine } from '../reading/haproxy-own-line.ts'
import { mysqlSlowLayout } from '../reading/mysql-slow-layout.ts'
import { postgresPartOf } from '../reading/postgres-part.ts'
import type { TimePlace } from '../time/time-place.ts'
import { placesOf } from '../time/time-places.ts'
import { type Clock, clockOf, newWallTime, type WallTime } from '../time/wall-time.ts'

/**
 * How the lines of a log are read, told from some of them: which form its times have and where they stand, in what the lines are wrapped, and which lines
 * go on with the one before. Of a log without times too, and of no lines at all.
 */
export function layoutOf(someLines: Uint8Array, time: BoxTime): LineLayout {
  // Never a Buffer: what sees arrays of one kind only is faster afterwards.
  const sample = new Uint8Array(someLines.buffer, someLines.byteOffset, someLines.length)
  const lines = linesOf(sample, MOST_LINES)
  const slow = mysqlSlowLayout(sample, lines, time)
  if (slow) return slow
  const outer = plainLayout(sample, lines, time)
  const envelope = envelopeOf(sample, lines, outer.bodyOf)
  if (envelope === undefined) {
    const isPart = postgresPartOf(sample, lines)
    const isDatedPart: OnLine<boolean> = isPart ?? (() => false)
    return {
      timeOf: outer.timeOf,
      continues: (bytes, start, end) =>
        outer.timeEnd(bytes, start, end) === -1
          ? outer.goesOn(bytes, start, start, end)
          : isDatedPart(bytes, start, end),
      bodyOf: outer.bodyOf,
      readHead: (bytes, start, end, first, head) => {
        const stop = outer.readTime(bytes, start, end, head)
        if (!first && (stop === -1 ? outer.goesOn(bytes, start, start, end) : isDatedPart(bytes, start, end)))
          return true
        head.body = outer.bodyFrom(bytes, start, stop, end)
        return false
      },
      ...(!isPart && outer.readOpenHead && { readOpenHead: outer.readOpenHead }),
    }
  }
  const contents = envelope.contents(sample, lines)
  return wrapped(envelope, outer, plainLayout(contents, linesOf(contents, MOST_LINES), time))
}

/** Lines from which the layout is told. */
const MOST_LINES = 200

interface PlainLayout {
  readonly timeOf: OnLine<number>
  readonly bodyOf: OnLine<number>
  /** First byte after the time; -1 when the line bears none. */
  readonly timeEnd: OnLine<number>
  /** As `timeEnd`; the time goes into the head. */
  readonly readTime: (bytes: Uint8Array, start: number, end: number, head: LineHead) => number
  /** `bodyOf` when the end of the time is known. */
  readonly bodyFrom: (bytes: Uint8Array, start: number, timeEnd: number, end: number) => number
  readonly readOpenHead?: LineLayout['readOpenHead']
  /** Of a line without a time: whether it goes on with the one before. Parameters: continuation.ts. */
  readonly goesOn: (
    bytes: Uint8Array,
    lineStart: number,
    start: number,
    end: number,
    contentOf?: OnLine<number>,
  ) => boolean
}

function plainLayout(sample: Uint8Array, lines: readonly LineSpan[], time: BoxTime): PlainLayout {
  const places = placesOf(sample, lines, time)
  const clock = clockOf(time)
  const wall = newWallTime()
  const timeEnd = timeEndOf(places, wall)
  const bodyFrom = bodyFromOf(places)
  const lastTime = createLastTime()
  const offset = places.length === 1 ? places[0]?.offset : undefined
  return {
    timeOf: (bytes, start, end) => (timeEnd(bytes, start, end) === -1 ? NaN : clock(wall)),
    bodyOf: (bytes, start, end) => bodyFrom(bytes, start, timeEnd(bytes, start, end), end),
    timeEnd,
    readTime: timeReader(places, timeEnd, wall, clock, lastTime),
    ...(offset !== undefined && { readOpenHead: openHeadReader(offset, bodyFrom, lastTime) }),
    bodyFrom,
    goesOn: goesOnOf(sample, lines, timeEnd),
  }
}

/** What was read is in `wall` afterwards. */
function timeEndOf(places: readonly TimePlace[], wall: WallTime): OnLine<number> {
  const [first, ...others] = places
  if (first === undefined) return () => -1
  const { find, form } = first
  const read = form.read
  if (others.length === 0) {
    return (bytes, start, end) => {
      const at = find(bytes, start, end)
      return at < 0 || at >= end ? -1 : read(bytes, at, end, wall)
    }
  }
  return (bytes, start, end) => {
    for (const place of places) {
      const at = place.find(bytes, start, end)
      const stop = at < 0 || at >= end ? -1 : place.form.read(bytes, at, end, wall)
      if (stop > 0) return stop
    }
    return -1
  }
}

function timeReader(
  places: readonly TimePlace[],
  timeEnd: OnLine<number>,
  wall: WallTime,
  clock: Clock,
  { endOf, last, learn }: LastTime,
): PlainLayout['readTime'] {
  const find = places.length === 1 ? places[0]?.find : undefined
  return (bytes, start, end, head) => {
    const at = find ? find(bytes, start, end) : -1
    const known = at < 0 ? -1 : endOf(bytes, at, end)
    if (known !== -1) {
      head.atMs = last.atMs
      return known
    }
    const stop = timeEnd(bytes, start, end)
    head.atMs = stop === -1 ? NaN : clock(wall)
    if (at >= 0 && stop !== -1) learn(bytes, at, stop, end, wall, head.atMs)
    return stop
  }
}

/** NUL bytes before a time and lines that end with it are left to who knows where the line ends. */
function openHeadReader(
  offset: number,
  bodyFrom: PlainLayout['bodyFrom'],
  { endOf, last }: LastTime,
): NonNullable<LineLayout['readOpenHead']> {
  return (bytes, start, end, head) => {
    if (bytes[start] === 0) return -1
    const stop = endOf(bytes, start + offset, end)
    if (stop === -1) return -1
    const body = bodyFrom(bytes, start, stop, end)
    const first = bytes[body]
    if (first === NEWLINE || first === 0x0d) return -1
    head.atMs = last.atMs
    head.body = body
    return body
  }
}

/** Spaces and brackets after a time belong to it. A time that does not lead the line (a key of JSON) leaves the whole line as the body. */
function bodyFromOf(places: readonly TimePlace[]): PlainLayout['bodyFrom'] {
  if (places[0] === undefined || !places[0].leads) return (_bytes, start) => start
  return (bytes, start, timeEnd, end) => {
    if (timeEnd === -1 || timeEnd - start > LEADING) return start
    let at = timeEnd
    while (at < end && (isBlank(bytes[at]) || isClosing(bytes[at]))) at += 1
    return at < end ? at : start
  }
}

/** A time that ends further back does not lead its line. */
const LEADING = 200

/** `]`, `"`, `:`, `)`, `|` */
function isClosing(byte: number | undefined): boolean {
  return byte === 0x5d || byte === 0x22 || byte === 0x3a || byte === 0x29 || byte === 0x7c
}

/** Share of the lines that look like beginnings of records and bear a time, from which on a line without a time goes on with the one before. */
const DATED = 0.4
/** Share of indented lines from which on indentation means nothing. */
const MOSTLY_INDENTED = 0.8

function goesOnOf(sample: Uint8Array, lines: readonly LineSpan[], timeEnd: OnLine<number>): PlainLayout['goesOn'] {
  let indented = 0
  let heads = 0
  let undated = false
  let dated = 0
  let json = 0
  for (const [start, end] of lines) {
    const hasTime = timeEnd(sample, start, end) !== -1
    if (isBlank(sample[start])) indented += 1
    const goesOn =
      !hasTime && (looksContinued(sample, start, start, end, true) || isExceptionHeading(sample, start, end))
    if (!goesOn) heads += 1
    // What stands above indented lines (an exception above its frames) is the beginning of a record only if it bears a time.
    else if (undated && isBlank(sample[start])) heads -= 1
    undated = !hasTime && !goesOn
    if (hasTime) dated += 1
    if (hasTime && sample[start] === 0x7b) json += 1
  }
  const byIndentation = indented < lines.length * MOSTLY_INDENTED || dated > 0
  // Between lines of JSON stands what other writers say, each for itself.
  if (dated === 0 || dated < heads * DATED || json > dated / 2) {
    return (bytes, lineStart, start, end, contentOf) =>
      looksContinued(bytes, lineStart, start, end, byIndentation, contentOf) ||
      (isExceptionHeading(bytes, start, end) && followsError(bytes, lineStart, contentOf))
  }
  return (bytes, lineStart, start, end, contentOf) =>
    (!isExceptionHeading(bytes, start, end) || followsError(bytes, lineStart, contentOf)) &&
    !isHaproxyOwnLine(bytes, start, end)
}

/** The time is that of the wrapping, which always names its zone or is the box's own; what goes on is told from what is wrapped. */
function wrapped(envelope: Envelope, outer: PlainLayout, inner: PlainLayout): LineLayout {
  const { contentOf, before, parted, unescape, goesOnPart } = envelope
  const goesOn: OnLine<boolean> = (bytes, start, end) => {
    const content = contentOf(bytes, start, end)
    if (content === -1) return outer.timeEnd(bytes, start, end) === -1 && outer.goesOn(bytes, start, start, end)
    const seems = inner.timeEnd(bytes, content, end) === -1 && inner.goesOn(bytes, start, content, end, contentOf)
    if (!seems && !parted) return false
    const writer = before(bytes, start)
    return writer === 'part' || (seems && writer === 'same')
  }
  return {
    timeOf: outer.timeOf,
    continues:
      unescape === undefined
        ? goesOn
        : (bytes, start, end) => {
            const lines = unescape(bytes, start, end)
            if (lines === undefined) return outer.timeEnd(bytes, start, end) === -1
            const { scratch, content, contentEnd } = lines
            if (goesOnPart?.(bytes, start, end)) return true
            return (
              inner.timeEnd(scratch, content, contentEnd) === -1 && inner.goesOn(scratch, content, content, contentEnd)
            )
          },
    bodyOf: (bytes, start, end) => {
      const content = contentOf(bytes, start, end)
      return content === -1 ? outer.bodyOf(bytes, start, end) : unescape ? content : inner.bodyOf(bytes, content, end)
    },
  }
}
