import { StringDecoder } from 'node:string_decoder'
import { terminalFilter } from '../base/terminal-filter.ts'
import { terminalScreen } from '../base/terminal-screen.ts'
import { castHeader, castLines, type CastEvent, type CastHeader } from './cast.ts'
import { castRedaction } from './cast-redaction.ts'
import type { FindSecrets } from './change.ts'
import { keyFollower } from './redaction/index.ts'
import { skimmedOutput, type SkimmedOutput } from './skimmed-output.ts'

/** Writes a shell session down while it goes on. Times are milliseconds since its beginning. */
export interface ShellRecording {
  output(atMs: number, bytes: Uint8Array): void
  /** Keys were pressed. Nothing of them is kept: they are compared with what the box then shows, and forgotten. */
  pressed(atMs: number, keys: Uint8Array): void
  resized(atMs: number, columns: number, rows: number): void
  ended(
    atMs: number,
    exit: number | undefined,
  ): { readonly commands: readonly TypedCommand[]; readonly leftOutBytes: number }
}

export interface TypedCommand {
  readonly atMs: number
  readonly line: string
}

export interface ShellRecordingParts extends CastHeader {
  /** What stands behind the header as a comment, for who finds a session that was not ended. */
  readonly remark: string
  readonly findSecrets: FindSecrets
  /** Takes the next part of the cast, redacted. */
  readonly write: (text: string) => void
  /** How much output is kept. Bytes; `OUTPUT_LIMIT` where it is not said. */
  readonly outputLimit?: number | undefined
  /** Told once when output is left out from here on; what is typed is recorded all the same. */
  readonly onLeftOut?: (() => void) | undefined
}

/** An hour of `top` is 10 MB; more is a flood, whose beginning says what it was. Bytes of output. */
const OUTPUT_LIMIT = 16 * 1024 * 1024
/**
 * The echo of Enter comes after one round trip, on a box that burns after many seconds. A line that ends later than this (milliseconds), and behind so many
 * others, is another one's: what was typed without an echo is not looked for in all that is printed afterwards.
 */
const ECHO_LIMIT_MS = 5_000
const ECHO_LIMIT_LINES = 100
/** Who pastes a thousand lines does not type commands. */
const COMMANDS_LIMIT = 10_000
const COMMAND_CHARACTERS = 4_096

/**
 * The cast holds only what the box wrote, redacted, and only so much of that as a terminal needs to show it. The commands are lines that the box echoed: those that
 * end with the keys that were pressed, and those that stood there when Enter was pressed, behind the place where the cursor was at the first key (taken
 * from the history, completed). What it did not echo is not among them, and neither is what a program then printed, and no line of a private key. They are
 * known and kept also where output is left out.
 */
export function shellRecording(parts: ShellRecordingParts): ShellRecording {
  const { write, outputLimit = OUTPUT_LIMIT } = parts
  const decoder = new StringDecoder('utf8')
  const filter = terminalFilter('screen')
  const redaction = castRedaction(parts.findSecrets)
  const lineOf = castLines()
  const commands: TypedCommand[] = []
  /** Lines that were ended with Enter, and whose echo has not been seen. */
  let entered: readonly EnteredLine[] = []
  let received = 0
  let leftOutBytes = 0
  let lineFeeds = 0
  /** There once output is left out: nothing but what is typed has to be known any more. */
  let skimmed: SkimmedOutput | undefined
  const laterKeys = keyFollower()
  let nowMs = 0
  let typing: TypedKeys | undefined
  let isPasting = false
  const screen = terminalScreen(parts.columns, parts.rows, { onLineFeed: lineFeed })
  write(castHeader(parts))
  write(`# ${parts.remark}\n`)

  function keep(event: CastEvent): void {
    if (skimmed && event.code === 'o') return
    if (skimmed) write(lineOf(event))
    else for (const ready of redaction.push(event)) write(lineOf(ready))
  }

  function show(text: string): void {
    const harmless = filter.push(text)
    if (harmless === '') return
    // Enter stands before its echo, and goes out with the line that the echo ends. Of several lines each is known to be within a key by those before it.
    for (const data of entered.length > 0 ? harmless.split(BEHIND_LINE_FEEDS) : [harmless]) {
      screen.write(data)
      keep({ atMs: nowMs, code: 'o', data })
    }
  }

  function leaveOut(): void {
    // What may be half a secret is dropped; what else is held with it, as a new size, is not.
    const { ready, droppedBytes } = redaction.cutOff()
    for (const event of [...ready, ...redaction.end()]) write(lineOf(event))
    leftOutBytes += droppedBytes
    skimmed = skimmedOutput()
    keep({ atMs: nowMs, code: 'm', data: 'halligan: from here on output is left out' })
    parts.onLeftOut?.()
  }

  /** The screen has to be as it is only where somebody types, and until that is echoed: it takes more time than a flood has. */
  function catchUp(): void {
    if (skimmed) show(skimmed.take())
  }

  function lineFeed(line: () => string): void {
    lineFeeds += 1
    entered = entered.filter(
      ({ atMs, after }) => nowMs - atMs <= ECHO_LIMIT_MS || lineFeeds - after <= ECHO_LIMIT_LINES,
    )
    if (entered.length === 0) return
    const whole = line()
    command(whole)
    if (skimmed) laterKeys.push(whole)
  }

  function command(whole: string): void {
    const echoed = echoOf(whole, entered)
    if (!echoed) return
    const { atMs, begins } = echoed
    entered = entered.slice(echoed.index + 1)
    if (redaction.isKeyLine(whole) || laterKeys.goesOn(whole)) return
    const typed = typedIn(whole, begins, parts.findSecrets).trim().slice(0, COMMAND_CHARACTERS)
    if (typed === '' || MASKED.test(typed) || commands.length >= COMMANDS_LIMIT) return
    commands.push({ atMs, line: typed })
    keep({ atMs, code: 'i', data: `${typed}\r` })
    keep({ atMs, code: 'm', data: typed })
  }

  function pressKeys(keys: string): void {
    typing ??= { column: screen.column(), keys: '' }
    if (typing.keys.length < COMMAND_CHARACTERS) typing = { ...typing, keys: typing.keys + keys }
  }

  function pressEnter(atMs: number): void {
    const { column, keys } = typing ?? { column: screen.column(), keys: '' }
    typing = undefined
    const isShown = screen.line().slice(column).trim() !== ''
    entered = [...entered.slice(1 - COMMANDS_LIMIT), { atMs, column, keys, isShown, after: lineFeeds }]
  }

  return {
    output: (atMs, bytes) => {
      nowMs = atMs
      received += bytes.length
      let text = decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
      if (!skimmed) {
        // Up to the end of the last line that still has room.
        const room = text.length - (received - outputLimit)
        const kept = received > outputLimit ? text.lastIndexOf('\n', room - 1) + 1 : text.length
        show(text.slice(0, kept))
        text = text.slice(kept)
        if (received <= outputLimit) return
        leaveOut()
      }
      leftOutBytes += Buffer.byteLength(text)
      skimmed?.push(text)
      if (entered.length > 0) catchUp()
    },
    pressed: (atMs, keys) => {
      catchUp()
      if (screen.isAlternate()) return
      // Lines of a paste end nothing where the shell knows that it is one.
      for (const [piece] of Buffer.from(keys).toString('latin1').matchAll(KEYS)) {
        if (piece === PASTE_BEGINS) isPasting = true
        else if (piece === PASTE_ENDS) isPasting = false
        else if (isPasting || (piece !== '\r' && piece !== '\n')) pressKeys(piece)
        else pressEnter(atMs)
      }
    },
    resized: (atMs, columns, rows) => {
      nowMs = atMs
      catchUp()
      screen.resize(columns, rows)
      keep({ atMs, code: 'r', data: `${columns}x${rows}` })
    },
    ended: (atMs, exit) => {
      nowMs = atMs
      catchUp()
      show(decoder.end())
      if (exit !== undefined) keep({ atMs, code: 'x', data: String(exit) })
      for (const ready of redaction.end()) write(lineOf(ready))
      return { commands, leftOutBytes }
    },
  }
}

/** Keys since the last Enter, as the bytes that were sent (latin1), and where the cursor was at the first of them. */
interface TypedKeys {
  readonly column: number
  readonly keys: string
}

interface EnteredLine extends TypedKeys {
  readonly atMs: number
  /** How many lines had ended before. */
  readonly after: number
  /** Something stood behind that place when Enter was pressed. */
  readonly isShown: boolean
}

interface Echo {
  readonly index: number
  readonly atMs: number
  /** Where in the line what was typed begins. */
  readonly begins: number
}

/**
 * Which of the entered lines a line on the screen is the echo of, and what of it was typed; undefined when it is none: what a program printed. Of several
 * that it ends with, it is that of the longest: a shorter one was typed without an echo before.
 */
function echoOf(line: string, entered: readonly EnteredLine[]): Echo | undefined {
  const shown = line.trimEnd()
  let best: Echo | undefined
  for (const [index, { atMs, column, keys, isShown }] of entered.entries()) {
    if (best !== undefined && index > best.index + UNECHOED) return best
    const plain = Buffer.from(keys, 'latin1').toString('utf8').trim()
    const begins = shown.length - plain.length
    if (plain !== '' && shown.endsWith(plain)) {
      if (best === undefined || begins < best.begins) best = { index, atMs, begins }
    } else if (isShown) return best ?? { index, atMs, begins: column }
    // Enter alone, which the box answers with a new line; what was typed without an echo has none.
    else if (keys === '') return best ?? { index, atMs, begins: line.length }
  }
  return best
}

/** So many answers without an echo may stand before a line; nobody types more of them in a row. */
const UNECHOED = 8

/** A password of which the box shows how long it is. */
const MASKED = /^[*•]+$/

/** What of a line stands behind the prompt, redacted as part of the whole line: often it is the prompt that tells a secret (`Password: `). */
function typedIn(line: string, begins: number, find: FindSecrets): string {
  let typed = ''
  let at = begins
  for (const { start, end, mark } of find(line)) {
    if (end <= begins) continue
    typed += line.slice(at, Math.max(at, start)) + mark
    at = end
  }
  return typed + line.slice(at)
}

const BEHIND_LINE_FEEDS = /(?<=\n)/
const PASTE_BEGINS = '\u001b[200~'
const PASTE_ENDS = '\u001b[201~'
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const KEYS = /\u001b\[20[01]~|[\r\n]|[^\r\n\u001b]+|\u001b/g
