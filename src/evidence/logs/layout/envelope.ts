import { severityOf } from '../reading/severity.ts'
import type { OnLine } from './continuation.ts'
import { bytesOf, isDigit, isLetter, lineBefore, type LineSpan, NEWLINE, SPACE, startsWith } from './line-bytes.ts'

/** What some other program (container runtime, syslog) puts around each line of a log. */
export interface Envelope {
  /** Where what the program itself wrote begins; -1: no such line. No allocation. */
  readonly contentOf: OnLine<number>
  /**
   * What the line before the one that begins at `start` is to it: a `part` of the same line that was too long, by the `same` writer (also when it is not
   * among these bytes), or by an `other` one. No allocation.
   */
  readonly before: (bytes: Uint8Array, start: number) => 'part' | 'same' | 'other'
  /** Long lines come in parts. */
  readonly parted: boolean
  /** The line before the one that begins at `start` is a part of the same line. Of contents that are escaped, where `before` says nothing of it. No allocation. */
  readonly goesOnPart?: OnLine<boolean>
  /** Of contents that are escaped: the line and the one before it as they were written, their beginnings at least. The same object each time. */
  readonly unescape?: (bytes: Uint8Array, start: number, end: number) => Unescaped | undefined
  /** What was wrapped, one line each. */
  readonly contents: (sample: Uint8Array, lines: readonly LineSpan[]) => Uint8Array
}

export interface Unescaped {
  readonly scratch: Uint8Array
  /** The line is `scratch[content, contentEnd)`; before it the line before, when there is one. */
  content: number
  contentEnd: number
}

/** The envelope that nearly all of these lines have. `bodyOf` gives the first byte after a line's time. */
export function envelopeOf(
  sample: Uint8Array,
  lines: readonly LineSpan[],
  bodyOf: OnLine<number>,
): Envelope | undefined {
  const known = [dockerEnvelope(), criEnvelope, syslogEnvelope(bodyOf)]
  return known.find(({ contentOf }) => {
    const wrapped = lines.filter(([start, end]) => contentOf(sample, start, end) !== -1)
    const levelled = wrapped.filter(([start, end]) =>
      hasLevel(sample, bodyOf(sample, start, end), contentOf(sample, start, end)),
    )
    return (
      wrapped.length > 0 &&
      wrapped.length >= lines.length * NEARLY_ALL &&
      levelled.length < wrapped.length * MOSTLY_LEVELS
    )
  })
}

/**
 * `ERROR orders.http: text` looks like the host and the tag of syslog, and is what a logger writes: no envelope. Its level tells records apart, and must
 * not be left out of them.
 */
function hasLevel(sample: Uint8Array, body: number, content: number): boolean {
  if (body < 0 || content <= body) return false
  const words = Buffer.from(sample.subarray(body, Math.min(content, body + LONGEST_HEADER))).toString('latin1')
  return words.split(/[\s[\]():]+/).some((word) => word.length > 1 && severityOf(word) !== undefined)
}

/** A host or a program may be called `info` or `trace`; not most of them. */
const MOSTLY_LEVELS = 0.5

const NEARLY_ALL = 0.8

/** `2024-01-02T03:04:05.678901234Z stdout F text`, kubernetes.io/docs/concepts/cluster-administration/logging; `P` is a part of a long line. */
const criEnvelope: Envelope = {
  contentOf: criContent,
  parted: true,
  before: (bytes, start) => {
    const before = lineBefore(bytes, start)
    if (before === -1) return 'same'
    const stream = wordEnd(bytes, before, Math.min(start, before + LONGEST_TIME))
    if (stream === -1 || bytes[stream] !== 0x73) return 'same'
    // All of these lines say which stream they are of in the same place, when their times are of one length; stdout and stderr differ in the fourth letter.
    const own = start + stream - before
    const ownStream =
      bytes[own - 1] === SPACE && bytes[own] === 0x73 ? own : wordEnd(bytes, start, start + LONGEST_TIME)
    if (bytes[stream + 3] !== bytes[ownStream + 3]) return 'other'
    return bytes[stream + 7] === 0x50 ? 'part' : 'same'
  },
  contents: (sample, lines) =>
    joined(
      lines
        .map(([start, end]) => [criContent(sample, start, end), end] as const)
        .map(([from, end]) => sample.subarray(from === -1 ? end : from, end)),
    ),
}

const LONGEST_TIME = 40
const STREAMS = ['stdout ', 'stderr '].map(bytesOf)

function criContent(bytes: Uint8Array, start: number, end: number): number {
  if (!isDigit(bytes[start]) || bytes[start + 10] !== 0x54) return -1
  const stream = wordEnd(bytes, start, Math.min(end, start + LONGEST_TIME))
  if (stream === -1 || !STREAMS.some((name) => startsWith(bytes, stream, end, name))) return -1
  const tag = bytes[stream + 7]
  if (tag !== 0x46 && tag !== 0x50) return -1
  // Tags may follow each other: `F:tag`.
  const content = wordEnd(bytes, stream + 7, Math.min(end, stream + LONGEST_TIME))
  return content === -1 ? (end - stream <= 8 ? end : -1) : content
}

/** First byte after the first space; -1 without one. */
function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at += 1) if (bytes[at] === SPACE) return at + 1
  return -1
}

/** `{"log":"text\n","stream":"stdout","time":"2024-01-02T03:04:05.678901234Z"}`, docs.docker.com/engine/logging/drivers/json-file. */
function dockerEnvelope(): Envelope {
  const scratch = new Uint8Array(2 * UNESCAPED + 1)
  const found: Unescaped = { scratch, content: 0, contentEnd: 0 }
  const contentOf: OnLine<number> = (bytes, start, end) =>
    startsWith(bytes, start, end, DOCKER) && startsWith(bytes, Math.max(start, end - 1), end, CLOSED)
      ? start + DOCKER.length
      : -1
  return {
    contentOf,
    parted: false,
    before: () => 'same',
    goesOnPart: isAfterPart,
    unescape: (bytes, start, end) => {
      if (!startsWith(bytes, start, end, DOCKER)) return undefined
      const before = lineBefore(bytes, start)
      found.content = 0
      if (before !== -1 && startsWith(bytes, before, start, DOCKER)) {
        found.content = unescaped(bytes, before + DOCKER.length, start - 1, scratch, 0) + 1
        scratch[found.content - 1] = NEWLINE
      }
      found.contentEnd = unescaped(bytes, start + DOCKER.length, end, scratch, found.content)
      return found
    },
    contents: (sample, lines) =>
      joined(
        lines.map(([start, end]) => {
          const room = new Uint8Array(UNESCAPED)
          return contentOf(sample, start, end) === -1
            ? new Uint8Array()
            : room.subarray(0, unescaped(sample, start + DOCKER.length, end, room, 0))
        }),
      ),
  }
}

/**
 * dockerd cuts a line at 16 KiB: only the last of its entries ends with a line feed (docs.docker.com/engine/logging/drivers/json-file). Such an entry
 * and this one are of the same stream.
 */
function isAfterPart(bytes: Uint8Array, start: number, end: number): boolean {
  const stream = streamBefore(bytes, start - 1)
  if (stream === -1) return false
  if (endsLine(bytes, stream)) return false
  const own = streamBefore(bytes, end)
  // stdout and stderr differ in the fourth letter.
  return own >= start && bytes[own + STREAM.length + 3] === bytes[stream + STREAM.length + 3]
}

/** `\n` before `end`, of which the backslash is not escaped itself. */
function endsLine(bytes: Uint8Array, end: number): boolean {
  if (bytes[end - 1] !== 0x6e) return false
  let slashes = 0
  for (let at = end - 2; bytes[at] === 0x5c; at -= 1) slashes += 1
  return slashes % 2 === 1
}

const STREAM = bytesOf('","stream":"')
/** Between it and the end of an entry stand its time and its labels. Bytes. */
const NEAR_END = 1024

/** Where the text of the entry that ends at `end` ends; -1 where that is not to be seen. */
function streamBefore(bytes: Uint8Array, end: number): number {
  const first = Math.max(0, end - NEAR_END)
  for (let at = end - STREAM.length; at >= first; at -= 1) {
    if (bytes[at] === 0x22 && startsWith(bytes, at, end, STREAM)) return at
    if (bytes[at] === NEWLINE) return -1
  }
  return -1
}

const DOCKER = bytesOf('{"log":"')
const CLOSED = bytesOf('}')
/** Bytes of a line that are unescaped: enough for its time and for what it begins with. */
const UNESCAPED = 1024

/** Writes a string of JSON from behind its opening quote as it was before it was escaped; beyond ASCII `?` stands for each escape. Gives where it ends. */
function unescaped(bytes: Uint8Array, from: number, end: number, to: Uint8Array, at: number): number {
  let next = from
  let room = at
  const last = Math.min(to.length, at + UNESCAPED)
  while (next < end && room < last) {
    const byte = bytes[next] ?? 0
    if (byte === 0x22) break
    if (byte !== 0x5c) {
      to[room] = byte
      next += 1
    } else {
      const kind = bytes[next + 1] ?? 0
      if (kind === 0x6e || kind === 0x72) break
      to[room] = kind === 0x74 ? 0x09 : kind === 0x75 ? unicode(bytes, next + 2) : kind
      next += kind === 0x75 ? 6 : 2
    }
    room += 1
  }
  return room
}

/** `\u001b`, `\u003c` (Go escapes `<`, `>` and `&` so). */
function unicode(bytes: Uint8Array, at: number): number {
  const code = Number.parseInt(
    String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0),
    16,
  )
  return code < 0x80 ? code : 0x3f
}

/** `Oct 11 22:14:15 host program[123]: text`, also as journalctl prints it; and `<34>1 TIME host app 123 ID [data] text` of RFC 5424. */
function syslogEnvelope(bodyOf: OnLine<number>): Envelope {
  const contentOf: OnLine<number> = (bytes, start, end) => {
    const body = bodyOf(bytes, start, end)
    return body === start
      ? -1
      : bytes[start] === 0x3c && isDigit(versionOf(bytes, start))
        ? rfc5424Content(bytes, body, end)
        : taggedContent(bytes, body, end)
  }
  return {
    contentOf,
    parted: false,
    before: (bytes, start) => {
      const before = lineBefore(bytes, start)
      if (before === -1) return 'same'
      const from = bodyOf(bytes, before, start - 1)
      const content = contentOf(bytes, before, start - 1)
      const end = Math.min(bytes.length, start + LONGEST_HEADER)
      const own = bodyOf(bytes, start, end)
      if (content === -1) return 'other'
      for (let at = 0; at < content - from; at += 1) if (bytes[from + at] !== bytes[own + at]) return 'other'
      return 'same'
    },
    contents: (sample, lines) =>
      joined(
        lines.map(([start, end]) => {
          const content = contentOf(sample, start, end)
          return sample.subarray(content === -1 ? end : content, end)
        }),
      ),
  }
}

const LONGEST_HEADER = 512

/** The digit behind `<34>`, where it is a word: `<3>1709630142.120345` is the time of a line of the journal. */
function versionOf(bytes: Uint8Array, start: number): number | undefined {
  for (let at = start + 2; at < start + 5; at += 1)
    if (bytes[at] === 0x3e) return bytes[at + 2] === SPACE ? bytes[at + 1] : undefined
  return undefined
}

/** Behind `host program[123]: `, or `program[123]: ` as programs write to the socket of syslog; a program's name begins with a letter, `(` or `/`. */
function taggedContent(bytes: Uint8Array, body: number, end: number): number {
  const tag = wordEnd(bytes, body, Math.min(end, body + LONGEST_HEADER))
  // `]: `
  if (tag !== -1 && isLetter(bytes[body]) && bytes[tag - 2] === 0x3a && bytes[tag - 3] === 0x5d) return tag
  if (tag === -1 || !(isLetter(bytes[tag]) || bytes[tag] === 0x28 || bytes[tag] === 0x2f)) return -1
  const last = Math.min(end, tag + LONGEST_HEADER)
  for (let at = tag; at < last; at += 1) {
    if (bytes[at] === SPACE) return -1
    if (bytes[at] === 0x3a && (at + 1 >= end || bytes[at + 1] === SPACE)) return Math.min(end, at + 2)
  }
  return -1
}

/** Behind `host app procid msgid` and `-` or `[data]`. */
function rfc5424Content(bytes: Uint8Array, body: number, end: number): number {
  let at = body
  for (let word = 0; word < 4; word += 1) {
    at = wordEnd(bytes, at, end)
    if (at === -1) return -1
  }
  if (bytes[at] === 0x2d) return Math.min(end, at + 2)
  let quoted = false
  for (; at < end; at += 1) {
    const byte = bytes[at]
    if (byte === 0x5c) at += 1
    else if (byte === 0x22) quoted = !quoted
    else if (byte === 0x5d && !quoted && bytes[at + 1] !== 0x5b) return Math.min(end, at + 2)
  }
  return -1
}

function joined(lines: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(lines.reduce((sum, line) => sum + line.length + 1, 0))
  let at = 0
  for (const line of lines) {
    all.set(line, at)
    all[at + line.length] = NEWLINE
    at += line.length + 1
  }
  return all
}
