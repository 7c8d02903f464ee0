import { StringDecoder } from 'node:string_decoder'
import { terminalFilter } from '../base/terminal-filter.ts'
import { terminalScreen } from '../base/terminal-screen.ts'
import { castHeader, castLines, type CastEvent, type CastHeader } from './cast.ts'
import { castRedaction } from './cast-redaction.ts'
import type { FindSecrets } from './change.ts'

/** Writes a shell session down while it goes on. Times are milliseconds since its beginning. */
export interface ShellRecording {
  output(atMs: number, bytes: Uint8Array): void
  /** Keys were pressed. Nothing of them is kept: what counts is that Enter was among them, and what the box then showed. */
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
 * The cast holds only what the box wrote, redacted, and only so much of that as a terminal needs to show it. The commands are what stood in the line, behind the
 * place where the cursor was when the first key was pressed, when the box echoed Enter: what it did not echo is not among them, and no line of a private key.
 */
export function shellRecording(parts: ShellRecordingParts): ShellRecording {
  const { write } = parts
  const decoder = new StringDecoder('utf8')
  const filter = terminalFilter('screen')
  const redaction = castRedaction(parts.findSecrets)
  const lineOf = castLines()
  const commands: TypedCommand[] = []
  const entered: number[] = []
  let received = 0
  let leftOutBytes = 0
  let nowMs = 0
  let promptColumn: number | undefined
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
    const pressedAt = entered.shift()
    if (pressedAt === undefined) return
    const begins = promptColumn ?? 0
    promptColumn = undefined
    if (nowMs - pressedAt > ECHO_LIMIT_MS) return
    const whole = line()
    if (redaction.isKeyLine(whole)) return
    const typed = typedIn(whole, begins, parts.findSecrets).trim().slice(0, COMMAND_CHARACTERS)
    if (typed === '' || commands.length >= COMMANDS_LIMIT) return
    commands.push({ atMs: pressedAt, line: typed })
    keep({ atMs: pressedAt, code: 'i', data: `${typed}\r` })
    keep({ atMs: pressedAt, code: 'm', data: typed })
  }

  return {
    output: (atMs, bytes) => {
      nowMs = atMs
      received += bytes.length
      if (received > OUTPUT_LIMIT) {
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
        else if (isPasting || (piece !== '\r' && piece !== '\n')) promptColumn ??= screen.column()
        else {
          promptColumn ??= screen.column()
          entered.push(atMs)
        }
      }
      while (entered.length > 0 && atMs - (entered[0] ?? atMs) > ECHO_LIMIT_MS) entered.shift()
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
