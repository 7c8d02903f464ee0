import { isUtf8 } from 'node:buffer'
import * as z from 'zod/mini'
import { castHeader, castLines, type CastEvent } from '../cast.ts'
import { castEdit } from '../cast-redaction.ts'
import { applied, type Change } from '../change.ts'
import { EVIDENCE_LIMIT } from '../entry.ts'
import { readRecordingBytes } from '../../boxes/recorded.ts'

/** What a text becomes. It may as well only look at it, and change nothing. */
export type ChangesIn = (text: string) => readonly Change[]

export interface CleanEvidence {
  readonly bytes: Uint8Array
  /** It is no text: nobody can tell what it says, and a sentence stands in its place. */
  readonly isLeftOut: boolean
}

/**
 * A piece of evidence with all of its texts changed. Shell sessions and what else was written for a terminal are changed as a person reads them; of the
 * raw answer of a box the marks between its frames stay, so that it can still be read.
 */
export function cleanEvidence(bytes: Uint8Array, changesIn: ChangesIn): CleanEvidence {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const encoding = encodingOf(buffer)
  if (!encoding)
    return {
      bytes: Buffer.from(`[halligan: ${bytes.length} bytes that are no text are not in this clean export]\n`),
      isLeftOut: true,
    }
  const text = buffer.toString(encoding)
  const change = (part: string): string => changedText(part, changesIn)
  const cleaned = castIn(text, change, changesIn) ?? recordingIn(text, buffer, change) ?? change(text)
  const cleanedBytes = Buffer.from(cleaned, encoding)
  return cleanedBytes.length > EVIDENCE_LIMIT
    ? cleanEvidence(Buffer.from([0xff, 0]), changesIn)
    : { bytes: cleanedBytes, isLeftOut: false }
}

// oxlint-disable-next-line no-control-regex -- control characters tell text from what is none
const NO_TEXT = /[\u0000-\u0006\u000e-\u001a\u001c-\u001f]/
/** Two bytes a character: no form of a name is found in it. */
// oxlint-disable-next-line no-control-regex -- the zeros are what it looks for
const TWO_BYTES = /(?:[\u0020-\u007e]\0){4}/

/** How its bytes are characters; undefined where they are none. Files of /proc have zeros between texts. */
function encodingOf(buffer: Buffer): 'utf8' | 'latin1' | undefined {
  const text = buffer.toString('latin1')
  if (TWO_BYTES.test(text)) return undefined
  if (isUtf8(buffer)) return 'utf8'
  return NO_TEXT.test(text) ? undefined : 'latin1'
}

/** More than any line that a terminal shows. Characters. */
const LONGEST_LINE = 4 * 1024 * 1024
// oxlint-disable-next-line no-control-regex -- what a terminal acts on
const FOR_A_TERMINAL = /[\u001b\b]/

/** Of what a terminal would show the text as a person reads it. */
export function changedText(text: string, changesIn: ChangesIn): string {
  if (!FOR_A_TERMINAL.test(text)) return applied(text, changesIn(text))
  return editedEvents([{ atMs: 0, code: 'o', data: text }], changesIn)
    .map(({ data }) => data)
    .join('')
}

function editedEvents(events: readonly CastEvent[], changesIn: ChangesIn): readonly CastEvent[] {
  const edit = castEdit({ changesIn, elsewhereFrom: Number.POSITIVE_INFINITY, heldCharacters: LONGEST_LINE })
  return [...events.flatMap((event) => edit.push(event)), ...edit.end()]
}

/**
 * Undefined where it is no recorded session. One that no player would take is taken apart all the same: a name that comes letter by letter is read only so.
 * Of the header only what a player needs is kept.
 */
function castIn(text: string, change: (text: string) => string, changesIn: ChangesIn): string | undefined {
  const [first = '', ...lines] = text.startsWith('{') ? text.split('\n') : []
  const header = castStart.safeParse(jsonOf(first)).data
  if (!header) return undefined
  const { version, term, width = 0, height = 0, timestamp = 0, title = '' } = header
  const rest: string[] = []
  const events: CastEvent[] = []
  let nowMs = 0
  for (const line of lines) {
    const event = castEvent.safeParse(jsonOf(line)).data
    if (!event) {
      rest.push(line === '' ? '' : `${change(line)}\n`)
      continue
    }
    const [seconds, code, data] = event
    nowMs = version === 3 ? nowMs + seconds * 1000 : Math.max(nowMs, seconds * 1000)
    events.push({ atMs: nowMs, code, data })
  }
  const size = { columns: term?.cols ?? width, rows: term?.rows ?? height }
  const type = term?.type !== undefined && TERMINAL.test(term.type) ? term.type : undefined
  const start = castHeader({ ...size, term: type, startedAtMs: timestamp * 1000, title: change(title) })
  return [start, ...rest, ...editedEvents(events, changesIn).map(castLines())].join('')
}

/** `xterm-256color`. */
const TERMINAL = /^[a-z][a-z0-9.+-]{0,40}$/
const finite = z.number().check(z.refine(Number.isFinite))
/** As much of a header as tells that the lines behind it are events. */
const castStart = z.object({
  version: z.literal([2, 3]),
  term: z.optional(z.object({ cols: z.optional(finite), rows: z.optional(finite), type: z.optional(z.string()) })),
  width: z.optional(finite),
  height: z.optional(finite),
  timestamp: z.optional(finite),
  title: z.optional(z.string()),
})
const castEvent = z.tuple([finite.check(z.minimum(0)), z.enum(['o', 'i', 'm', 'r', 'x']), z.string()])

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Undefined where it is no answer of a look. */
function recordingIn(text: string, bytes: Uint8Array, change: (text: string) => string): string | undefined {
  if (!text.startsWith('{"schema":"halligan.recording/')) return undefined
  const recording = readRecordingBytes(bytes, 'evidence')
  if ('kind' in recording) return undefined
  const { header, answer } = recording
  const { box, identity, warnings } = header
  const cleaned = {
    ...header,
    box: change(box),
    ...(identity
      ? { identity: Object.fromEntries(Object.entries(identity).map(([key, value]) => [key, change(value)])) }
      : {}),
    ...(warnings ? { warnings: warnings.map(change) } : {}),
  }
  // Marks of frames begin with the boundary, which is random and stands nowhere else.
  const pieces = Buffer.from(answer)
    .toString(isUtf8(bytes) ? 'utf8' : 'latin1')
    .split(new RegExp(`(\\n${header.boundary} [^\\n]*)`))
  return `${JSON.stringify(cleaned)}\n${pieces.map((piece, at) => (at % 2 === 1 ? piece : change(piece))).join('')}`
}
