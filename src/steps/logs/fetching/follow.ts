import { setTimeout as pause } from 'node:timers/promises'
import { randomHex } from '../../../base/random.ts'
import type { Box, Failure, FailureKind, RunResult } from '../../../boxes/box.ts'
import type { BoxTime } from '../../../evidence/logs/time/box-time.ts'
import { followCommandScript, followFileScript, type FilePlace } from '../../../evidence/logs/fetch/follow-script.ts'
import { linesAgain, type LinesAgain } from '../../../evidence/logs/fetch/follow-again.ts'
import { journalAsked } from '../../../evidence/logs/fetch/journal-fields.ts'
import { journalEntries, type JournalEntries } from '../../../evidence/logs/fetch/journal-entries.ts'
import { layoutOf } from '../../../evidence/logs/layout/layout.ts'
import { lineFilter, type LineFilter } from '../../../evidence/logs/fetch/line-filter.ts'
import { lastLines } from '../../../evidence/logs/fetch/last-lines.ts'
import type { LogSource } from '../../../evidence/logs/source.ts'
import type { LogFilter } from '../../../evidence/logs/window.ts'
import { converse, type Conversation } from './conversation.ts'
import { cannotRead, sentenceOf } from './fetch-words.ts'

export interface FollowOptions {
  readonly filter: LogFilter
  readonly time: BoxTime
  /** So many of the lines that are there already come first. */
  readonly lines: number
  /** A promise that it gives holds further bytes back. */
  readonly onBytes: (chunk: Uint8Array) => void | Promise<void>
  /** What a person should know: it was rotated, cut off, goes on; what may be missing. */
  readonly onNotice: (text: string) => void
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface Followed {
  /** Why it does not go on; missing when it was ended by its caller. */
  readonly failure?: Failure
}

/** The longest time that a timer takes; 24 days. Milliseconds. */
const WITHOUT_LIMIT_MS = 2 ** 31 - 1
/** Before it is tried again: doubled each time, up to the second. Milliseconds. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
/** From this much of the end of a log its lines are told, and the last ones are taken; more for more lines. Bytes. */
const TAIL_BYTES = 64 * 1024
const USUAL_LINE_BYTES = 1024
const MOST_TAIL_BYTES = 8 * 1024 * 1024
/** A record that has not gone on for so long is whole. Milliseconds. */
const RECORD_PAUSE_MS = 700

/** These pass by themselves, or may. */
const PASSING: ReadonlySet<FailureKind> = new Set([
  'cut-off',
  'unreachable',
  'refused',
  'timed-out',
  'banner-timed-out',
  'throttled',
  'no-answer',
  'name-not-resolved',
  'jump-host-failed',
  'behind-jump-host-failed',
  'unknown',
])

/** What is known of how far it was read, over interruptions. */
interface Following {
  readonly box: Box
  readonly source: LogSource
  readonly options: FollowOptions
  place: FilePlace | undefined
  again: LinesAgain
  filter: LineFilter | undefined
  /** Since when it has been cut off. */
  cutAtMs: number | undefined
  /** The program that hands it out has ended, and that was said. */
  endedSaid: boolean
}

/**
 * Hands on what is written to a log from now on, until it is told to end. Rotation, truncation and a line that is cut are survived and said
 * (`onNotice`); so is what may be missing. Nothing is left on the box, whatever becomes of the line or of this console: the script ends with its session.
 * The filter works here, by records: programs of small boxes hold back what they print into a pipe. Never rejects. Price: free.
 */
export async function followLog(box: Box, source: LogSource, options: FollowOptions): Promise<Followed> {
  const { signal, onNotice } = options
  const following: Following = {
    box,
    source,
    options,
    place: undefined,
    again: linesAgain(),
    filter: undefined,
    cutAtMs: undefined,
    endedSaid: false,
  }
  if (source.blind) return { failure: unreadable(source.blind.why, source.blind.hint) }
  if (source.kind === 'stdin') return { failure: unreadable('Standard input is read as it comes.', 'Leave out -f.') }
  let wait = FIRST_WAIT_MS
  for (let first = true; ; first = false) {
    const { result, cannot, hasEnded } = await followOnce(following)
    if (signal.aborted) return {}
    if (cannot !== undefined && first)
      return { failure: unreadable(`${box.name}: ${cannot}.`, 'halligan logs --list shows what there is.') }
    const { failure } = result
    if (failure && (!PASSING.has(failure.kind) || (first && result.beganAtMs === undefined))) return { failure }
    if (!hasEnded && cannot === undefined && following.cutAtMs === undefined) {
      following.cutAtMs = Date.now()
      const how =
        failure?.message ?? `${box.name}: what followed ${source.id} was ended on the box (exit ${result.exitCode}).`
      onNotice(`${how} Trying to go on with ${source.id}.`)
    }
    wait = result.beganAtMs === undefined || !failure ? Math.min(LONGEST_WAIT_MS, wait * 2) : FIRST_WAIT_MS
    await pause(wait, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return {}
  }
}

function unreadable(message: string, tryNext: string): Failure {
  return { kind: 'unknown', message, tryNext }
}

type Heard = Pick<Once, 'cannot' | 'hasEnded'>

interface Once {
  readonly result: RunResult
  /** Why it cannot be read. */
  readonly cannot: string | undefined
  /** The program that hands it out has ended. */
  readonly hasEnded: boolean
}

/** One session, until it ends for whatever reason. */
async function followOnce(following: Following): Promise<Once> {
  const { box, source, options, place, again } = following
  const boundary = randomHex(16)
  const asked = journalAsked(source, options.filter)
  const tailBytes = Math.min(MOST_TAIL_BYTES, Math.max(TAIL_BYTES, options.lines * USUAL_LINE_BYTES))
  const script =
    source.kind === 'file'
      ? followFileScript(boundary, source, { place, tailBytes })
      : followCommandScript(boundary, source, {
          sinceMs: again.sinceMs(),
          lines: options.lines,
          matches: asked.matches,
        })
  const conversation = converse(box, script, {
    what: `follow the log ${source.id}`,
    boundary,
    timeoutMs: WITHOUT_LIMIT_MS,
    signal: options.signal,
  })
  const { cannot, hasEnded } =
    source.kind === 'file'
      ? await listenToFile(following, conversation, tailBytes)
      : await listenToCommand(following, conversation)
  for (const piece of following.filter?.pause() ?? []) await options.onBytes(piece)
  return { result: await conversation.result, cannot, hasEnded }
}

async function listenToFile(following: Following, conversation: Conversation, tailBytes: number): Promise<Heard> {
  const { source, options } = following
  const { onNotice } = options
  const path = source.files[0]?.path ?? source.id
  let cannot: string | undefined
  let before: Uint8Array[] | undefined
  let isOld = false
  const idle = pauses(following)
  for (let piece = await conversation.next(); piece; piece = await conversation.next()) {
    if (piece.kind === 'bytes') {
      if (before) before.push(piece.bytes)
      else {
        if (following.place && !isOld)
          following.place = { ...following.place, offset: following.place.offset + piece.bytes.length }
        await idle.settle()
        await give(following, piece.bytes)
        idle.begin()
      }
      continue
    }
    const [word, first = '', second = '', ...more] = piece.words
    if (word === 'before') before = []
    else if (word === 'old' || word === 'new') isOld = word === 'old'
    else if (word === 'at') {
      if (following.place) following.place = { ...following.place, offset: Number(first) }
    } else if (word === 'opened') {
      following.place = { identity: first, offset: Number(second), beginning: more.join(' ') }
      if (before) {
        const bytes = Buffer.concat(before)
        before = undefined
        following.filter = lineFilter(options.filter, layoutOf(bytes, options.time))
        await give(following, lastLines(bytes, options.lines, bytes.length < tailBytes))
      }
    } else if (word === 'cannot') cannot = `${path}: ${cannotRead(first)}`
    else if (word === 'resumed' || word === 'lost' || word === 'between') saysResumed(following, word)
    else {
      if (word === 'rewritten' || word === 'truncated') following.cutAtMs = undefined
      const said = CHANGES[word ?? '']
      if (said) onNotice(`${following.box.name}: ${path} ${said}`)
    }
  }
  await idle.settle()
  return { cannot, hasEnded: false }
}

const CHANGES: Readonly<Record<string, string>> = {
  rotated: 'was rotated; the old file was read to its end, the new one follows',
  truncated: 'was truncated: read from its beginning; what was written just before may be missing',
  rewritten:
    'was truncated and written to past the place where it was read: read from its beginning; what was written before that may be missing',
  deleted: 'was deleted, not renamed: a file of that name that came and went between two looks would be missing here',
  removed: 'was removed or renamed; its last lines still come, and a new file of that name is waited for',
  unreadable: 'is a new file that may not be read; it is waited for (run with --sudo)',
}

function saysResumed(following: Following, word: string): void {
  const { box, source, options, cutAtMs } = following
  const seconds = cutAtMs === undefined ? 0 : Math.round((Date.now() - cutAtMs) / 1000)
  if (word === 'resumed' || word === 'lost') following.cutAtMs = undefined
  const how = {
    resumed: `goes on after ${seconds} s, at the byte where it was cut off`,
    lost: `goes on after ${seconds} s; the file that was read is gone by now, so what was written meanwhile may be missing`,
    between: 'was rotated more than once meanwhile: a whole file in between is missing here',
  }[word]
  options.onNotice(`${box.name}: ${source.id} ${how}`)
}

async function listenToCommand(following: Following, conversation: Conversation): Promise<Heard> {
  const { box, source, options, again } = following
  let cannot: string | undefined
  let hasEnded = false
  let entries: JournalEntries | undefined
  let lossSaid = false
  const idle = pauses(following)
  for (let piece = await conversation.next(); piece; piece = await conversation.next()) {
    if (piece.kind === 'bytes') {
      await idle.settle()
      const fresh = again.push(entries ? entries.push(piece.bytes) : piece.bytes)
      if (again.lost() && !lossSaid) {
        lossSaid = true
        options.onNotice(
          `${box.name}: ${source.id}: the last line that came is not there any more, so what was written meanwhile may be missing`,
        )
      }
      for (const each of fresh) await give(following, each)
      idle.begin()
      continue
    }
    const [word, form] = piece.words
    if (word === 'data') {
      entries = form === 'entries' ? journalEntries() : undefined
      if (following.cutAtMs !== undefined) {
        const seconds = Math.round((Date.now() - following.cutAtMs) / 1000)
        options.onNotice(`${box.name}: ${source.id} goes on after ${seconds} s, from the last line that came`)
      }
      following.cutAtMs = undefined
      again.restart()
      lossSaid = false
    } else if (word === 'again') again.restart()
    else if (word === 'cannot') cannot = sentenceOf(source.id, piece.words)
    else if (word === 'note') options.onNotice(`${box.name}: ${sentenceOf(source.id, piece.words)}`)
    else if (word === 'ended') {
      hasEnded = true
      if (following.endedSaid) continue
      following.endedSaid = true
      options.onNotice(`${box.name}: ${source.id} has come to its end; it is asked for again until there is more`)
    }
  }
  await idle.settle()
  return { cannot, hasEnded }
}

async function give(following: Following, bytes: Uint8Array): Promise<void> {
  const { options } = following
  following.filter ??= lineFilter(journalAsked(following.source, options.filter).filter, layoutOf(bytes, options.time))
  if (bytes.length === 0) return
  for (const piece of following.filter.push(bytes)) await options.onBytes(piece)
}

interface Pauses {
  begin(): void
  /** No pause; what one gave has been taken. */
  settle(): Promise<void>
}

/** Gives the last record when it has not gone on for a while. */
function pauses(following: Following): Pauses {
  let timer: ReturnType<typeof setTimeout> | undefined
  let giving = Promise.resolve()
  const fire = async (): Promise<void> => {
    for (const piece of following.filter?.pause() ?? []) await following.options.onBytes(piece)
  }
  return {
    begin: () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        giving = giving.then(fire)
        // Who waits for it hears of what went wrong.
        giving.catch(() => undefined)
      }, RECORD_PAUSE_MS)
    },
    settle: () => {
      clearTimeout(timer)
      return giving
    },
  }
}
