import { StringDecoder } from 'node:string_decoder'
import { terminalFilter } from '../base/terminal-filter.ts'
import { terminalScreen } from '../base/terminal-screen.ts'
import { castHeader, castLines, type CastEvent, type CastHeader } from './cast.ts'
import { castRedaction } from './cast-redaction.ts'
import type { FindSecrets } from './change.ts'

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
}

/** An hour of `top` is 10 MB; more is a flood, whose beginning says what it was. Bytes of output. */
const OUTPUT_LIMIT = 16 * 1024 * 1024
/** The echo of Enter comes after one round trip; a line feed that comes later is another one's. Milliseconds. */
const ECHO_LIMIT_MS = 5_000
/** Who pastes a thousand lines does not type commands. */
const COMMANDS_LIMIT = 10_000
const COMMAND_CHARACTERS = 4_096

/**
 * The cast holds only what the box wrote, redacted, and only so much of that as a terminal needs to show it. The commands are lines that the box echoed: those that
 * end with the keys that were pressed, and those that stood there when Enter was pressed, behind the place where the cursor was at the first key (taken
 * from the history, completed). What it did not echo is not among them, and neither is what a program then printed, and no line of a private key.
 */
export function shellRecording(parts: ShellRecordingParts): ShellRecording {
  const { write } = parts
  const decoder = new StringDecoder('utf8')
  const filter = terminalFilter('screen')
  const redaction = castRedaction(parts.findSecrets)
  const lineOf = castLines()
  const commands: TypedCommand[] = []
  /** Lines that were ended with Enter, and whose echo has not been seen. */
  let entered: readonly EnteredLine[] = []
  let received = 0
  let leftOutBytes = 0
  let nowMs = 0
  let typing: TypedKeys | undefined
  let isPasting = false
  const screen = terminalScreen(parts.columns, parts.rows, { onLineFeed: lineFeed })
  write(castHeader(parts))
  write(`# ${parts.remark}\n`)

  function keep(event: CastEvent): void {
    for (const ready of redaction.push(event)) write(lineOf(ready))
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

  function lineFeed(line: () => string): void {
    entered = entered.filter(({ atMs }) => nowMs - atMs <= ECHO_LIMIT_MS)
    if (entered.length === 0) return
    const whole = line()
    const echoed = echoOf(whole, entered)
    if (!echoed) return
    const { atMs, begins } = echoed
    entered = entered.slice(echoed.index + 1)
    if (redaction.isKeyLine(whole)) return
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
    entered = [...entered.filter((each) => atMs - each.atMs <= ECHO_LIMIT_MS), { atMs, column, keys, isShown }]
  }

  return {
    output: (atMs, bytes) => {
      nowMs = atMs
      received += bytes.length
      if (received > OUTPUT_LIMIT) {
        if (leftOutBytes === 0) for (const ready of redaction.cutOff()) write(lineOf(ready))
        if (leftOutBytes === 0) keep({ atMs, code: 'm', data: 'halligan: from here on output is left out' })
        leftOutBytes += bytes.length
        return
      }
      show(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)))
    },
    pressed: (atMs, keys) => {
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
      screen.resize(columns, rows)
      keep({ atMs, code: 'r', data: `${columns}x${rows}` })
    },
    ended: (atMs, exit) => {
      nowMs = atMs
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
  /** Something stood behind that place when Enter was pressed. */
  readonly isShown: boolean
}

interface Echo {
  readonly index: number
  readonly atMs: number
  /** Where in the line what was typed begins. */
  readonly begins: number
}

/** Which of the entered lines a line on the screen is the echo of, and what of it was typed; undefined when it is none: what a program printed. */
function echoOf(line: string, entered: readonly EnteredLine[]): Echo | undefined {
  const end = line.trimEnd().length
  for (const [index, { atMs, column, keys, isShown }] of entered.entries()) {
    const plain = Buffer.from(keys, 'latin1').toString('utf8').trim()
    if (plain !== '' && line.slice(0, end).endsWith(plain)) return { index, atMs, begins: end - plain.length }
    if (isShown) return { index, atMs, begins: column }
    // Enter alone, which the box answers with a new line; what was typed without an echo has none.
    if (keys === '') return { index, atMs, begins: line.length }
  }
  return undefined
}

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
