import { safeText } from '../../base/safe-text.ts'
import { rawTerminal } from '../../boxes/raw-terminal.ts'
import type { Tick } from '../../evidence/debug/clock.ts'
import type { Debugger } from '../../evidence/debug/debugger.ts'
import type { Target } from '../../evidence/inspect/inspector.ts'
import { usableSize } from '../../incidents/cast.ts'
import type { OpenDebugger } from '../../steps/debug/session.ts'
import { debugClock, type Clock } from './clock-words.ts'
import { statusLine } from './status-line.ts'

export interface DebugTerminal {
  readonly rowsOf: (rows: number) => number
  readonly open: (session: OpenDebugger, target: Target, tool: Debugger, seq: number | undefined) => void
  readonly output: (chunk: Uint8Array) => void | Promise<void>
  readonly tick: (tick: Tick) => void
  /** Puts the terminal back. Safe to call twice. */
  readonly leave: () => void
}

export interface DebugTerminalParts {
  readonly limitSeconds: number
  readonly incident: string | undefined
  readonly stop: AbortController
}

const CLOCK_EVERY_MS = 250
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Joins the terminal of this process to the debugger on the box while there is one, with the clock at its foot. */
export function debugTerminal(box: string, { limitSeconds, incident, stop }: DebugTerminalParts): DebugTerminal {
  const status = statusLine(sizeHere(), (text) => process.stdout.write(text))
  let clock: Clock | undefined
  let leave = (): void => {}
  const early = (): void => stop.abort()
  for (const signal of SIGNALS) process.on(signal, early)
  const deaf = (): void => {
    for (const signal of SIGNALS) process.off(signal, early)
  }
  leave = deaf

  function say(): void {
    if (!clock) return
    const { line, title } = clock.words(performance.now())
    status.say(line, title)
  }

  function open(session: OpenDebugger, target: Target, tool: Debugger, seq: number | undefined): void {
    const { pid, name } = target.process
    clock = debugClock({ process: `${name} (${pid})`, box, limitSeconds })
    process.stderr.write(beginWords({ box, seq, incident, limitSeconds }, tool.title, tool.hints(target)))
    const raw = rawTerminal()
    const keys = (chunk: Uint8Array): void => pressed(chunk, session, clock?.isStill() ?? true)
    const size = (): void => {
      const { columns, rows } = sizeHere()
      status.resized(columns, rows)
      session.resize(columns, status.rowsOf(rows))
    }
    say()
    status.begin()
    const timer = setInterval(say, CLOCK_EVERY_MS)
    process.stdin.on('data', keys).resume()
    process.stdout.on('resize', size)
    leave = () => {
      leave = () => {}
      clearInterval(timer)
      deaf()
      process.stdin.off('data', keys).pause()
      process.stdout.off('resize', size)
      status.end()
      raw?.restore()
    }
  }

  return {
    rowsOf: status.rowsOf,
    open,
    output: (chunk) => {
      const flowed = process.stdout.write(chunk)
      status.shown(chunk)
      return flowed ? undefined : new Promise((resolve) => process.stdout.once('drain', resolve))
    },
    tick: (tick) => {
      clock?.tick(tick, performance.now())
      say()
    },
    leave: () => leave(),
  }
}

function sizeHere() {
  return usableSize(process.stdout.columns, process.stdout.rows)
}

const CTRL_C = 3
/** Takes back what was typed so far, at the prompt of the debugger. */
const CTRL_U = Buffer.from([21])

/** Ctrl-C never reaches the box as a key: the guard there knows what may be sent to whom. */
function pressed(chunk: Uint8Array, session: OpenDebugger, isStill: boolean): void {
  const rest = chunk.filter((byte) => byte !== CTRL_C)
  if (rest.length < chunk.length) {
    session.stopIt()
    if (isStill) session.write(CTRL_U)
  }
  if (rest.length > 0) session.write(rest)
}

interface Beginning extends Omit<DebugTerminalParts, 'stop'> {
  readonly box: string
  readonly seq: number | undefined
}

function beginWords({ box, seq, incident, limitSeconds }: Beginning, title: string, hints: readonly string[]): string {
  const recording =
    seq === undefined
      ? 'not recorded: no incident is open (halligan open "what is broken")'
      : `RECORDED into ${safeText(incident ?? '')} as #${seq}; of what you type only what the box shows`
  return [
    `${title} on ${safeText(box)}, ${recording}.`,
    `After ${limitSeconds} s in one stop it is told to let go, and so it is when this console or the line ends.`,
    ...hints,
  ]
    .map((line) => `halligan: ${line}\n`)
    .join('')
}
