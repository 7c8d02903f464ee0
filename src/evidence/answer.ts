import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Moment } from './probe.ts'

/** One framed answer of one probe for one moment. */
export interface Frame {
  readonly probe: string
  readonly moment: Moment
  readonly atSeconds: number
  readonly text: string
  readonly ended: FrameEnd
}

export type FrameEnd =
  | { readonly how: 'exited'; readonly code: number }
  /** Ended on the box after its limit, in seconds. */
  | { readonly how: 'timed-out'; readonly limitSeconds: number }
  /** Its end mark did not come. */
  | { readonly how: 'cut-off' }

/**
 * An answer that expands to more than this, all blocks together, is hostile or broken (5,000 processes are 5 MB); the blocks before
 * the one that goes beyond are used. Bytes.
 */
const EXPANDED_LIMIT = 64 * 1024 * 1024
/** A look has two; many small ones that each expand to much would take the console's time. */
const BLOCKS_READ = 8

/**
 * Reads what the collector printed, whole or cut off anywhere. Never throws: what cannot be read is missing, and a probe
 * that is missing is blind.
 */
export function readFrames(answer: Uint8Array, boundary: string): readonly Frame[] {
  return blocks(Buffer.from(answer), boundary).flatMap((text) => framesOf(text, boundary))
}

/** The same answer with its blocks uncompressed (`cat`), for a recording that is read by people and tools. */
export function expandedAnswer(answer: Uint8Array, boundary: string): string {
  const times = Buffer.from(answer).toString('latin1').split(`\n${boundary} times `)[1]
  const texts = blocks(Buffer.from(answer), boundary).map((text) => `\n${boundary} [ cat\n${text}\n${boundary} ]\n`)
  return `${texts.join('')}${times === undefined ? '' : `\n${boundary} times ${times}`}`
}

function blocks(answer: Buffer, boundary: string): readonly string[] {
  const found: string[] = []
  const opening = Buffer.from(`\n${boundary} [ `)
  const closing = Buffer.from(`\n${boundary} ]\n`)
  let position = 0
  let room = EXPANDED_LIMIT
  for (;;) {
    const start = answer.indexOf(opening, position)
    if (start < 0 || room <= 0 || found.length === BLOCKS_READ) return found
    const lineEnd = answer.indexOf(10, start + opening.length)
    if (lineEnd < 0) return found
    const compression = answer.subarray(start + opening.length, lineEnd).toString('latin1')
    const end = answer.indexOf(closing, lineEnd)
    const body = answer.subarray(lineEnd + 1, end < 0 ? answer.length : end)
    const expanded = expand(body, compression, room)
    room -= Math.max(expanded.length, body.length)
    found.push(expanded.toString('utf8'))
    if (end < 0) return found
    position = end + closing.length - 1
  }
}

function expand(body: Buffer, compression: string, room: number): Buffer {
  const limits = { maxOutputLength: room }
  try {
    // A flush as the last operation makes both decoders give what they have of a stream that is cut off.
    if (compression === 'zstd') return zstdDecompressSync(body, { ...limits, finishFlush: constants.ZSTD_e_flush })
    if (compression === 'gzip') return gunzipSync(body, { ...limits, finishFlush: constants.Z_SYNC_FLUSH })
    return compression === 'cat' ? body.subarray(0, room) : Buffer.alloc(0)
  } catch {
    return Buffer.alloc(0)
  }
}

const MOMENTS: ReadonlySet<string> = new Set<Moment>(['first', 'during', 'middle', 'last'])

function framesOf(text: string, boundary: string): readonly Frame[] {
  const frames: Frame[] = []
  // Split at the marks; a probe cannot print one, since the boundary is random and its text never reaches an argv.
  const parts = text.split(`\n${boundary} `)
  for (let index = 1; index < parts.length; index++) {
    const part = parts[index] ?? ''
    const lineEnd = part.indexOf('\n')
    const head = (lineEnd < 0 ? part : part.slice(0, lineEnd)).split(' ')
    const [mark, probe = '', moment = '', number = ''] = head
    if (!isMoment(moment)) continue
    if (mark === '!' && lineEnd >= 0) {
      const limitSeconds = Number(number)
      // What it had begun to say when it was ended stands right before.
      const torn = frames.at(-1)
      if (torn?.probe === probe && torn.moment === moment) frames.pop()
      frames.push({ probe, moment, atSeconds: NaN, text: '', ended: { how: 'timed-out', limitSeconds } })
    }
    if (mark !== '+' || lineEnd < 0) continue
    const body = part.slice(lineEnd + 1)
    frames.push({ probe, moment, atSeconds: Number(number), text: body, ended: frameEnd(parts[index + 1]) })
  }
  return frames
}

/** The part that follows a frame must be its end mark with a whole exit code. */
function frameEnd(next: string | undefined): FrameEnd {
  const code = next === undefined ? undefined : /^- (\d+)\n/.exec(next)?.[1]
  return code === undefined ? { how: 'cut-off' } : { how: 'exited', code: Number(code) }
}

function isMoment(text: string): text is Moment {
  return MOMENTS.has(text)
}

/** Mark, boundary and two lines of `times`, with room to spare. Bytes. */
const TIMES_LENGTH = 400

/**
 * CPU time that the collection used on the box, its shell and children together, in milliseconds: what the shell's own
 * `times` printed at the end (POSIX: two lines of `<minutes>m<seconds>s` pairs). Undefined when the end did not come.
 */
export function boxCpuMs(answer: Uint8Array, boundary: string): number | undefined {
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength)
  const at = bytes.lastIndexOf(`\n${boundary} times `)
  if (at < 0) return undefined
  const spans = [
    ...bytes
      .subarray(at, at + TIMES_LENGTH)
      .toString('latin1')
      .matchAll(/(\d+)m([\d.]+)s/g),
  ]
  if (spans.length !== 4) return undefined
  return Math.round(
    spans.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0),
  )
}
