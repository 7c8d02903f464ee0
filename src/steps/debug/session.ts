import type { Box, Failure } from '../../boxes/box.ts'
import { guarded, type Guarded, type GuardedResult } from '../../boxes/guard.ts'
import type { BoxTerminal } from '../../boxes/terminal.ts'
import { clockReader, type Tick } from '../../evidence/debug/clock.ts'
import type { Debugger, DebugLimits } from '../../evidence/debug/debugger.ts'
import type { Target } from '../../evidence/inspect/inspector.ts'
import type { ShellRecording } from '../../incidents/shell-recording.ts'

/** What the terminal of the console does with a debugger on a box. */
export interface OpenDebugger {
  readonly write: (keys: Uint8Array) => void
  readonly resize: (columns: number, rows: number) => void
  /** Ctrl-C: stops the process if it runs, else what the debugger is doing. */
  readonly stopIt: () => void
  /** Ends the debugger in good order, whatever it is doing. */
  readonly letGo: () => void
  /** A line for the recording, of what is no terminal for a person. `isAsked`: it is what a person asked for. */
  readonly note: (line: string, isAsked: boolean) => void
}

export interface SessionOptions {
  readonly tool: Debugger
  readonly target: Target
  readonly limits: DebugLimits
  readonly columns: number
  readonly rows: number
  readonly term: string | undefined
  /** What goes over the terminal is a protocol: of it nothing is recorded but what is noted. */
  readonly isProtocol?: boolean
  readonly recording: ShellRecording | undefined
  readonly elapsed: () => number
  readonly seq: number | undefined
  readonly onOpen: (session: OpenDebugger, target: Target, tool: Debugger, seq: number | undefined) => void
  readonly onOutput: (chunk: Uint8Array) => void | Promise<void>
  readonly onTick: (tick: Tick) => void
  readonly signal: AbortSignal
}

export interface SessionEnd {
  readonly began: boolean
  readonly failure: Failure | undefined
  readonly guard: GuardedResult | undefined
  readonly ticks: readonly Tick[]
  readonly exit: number | undefined
}

/** A person debugs for an hour, not for a night; then it is let go. Seconds. */
const LONGEST_SECONDS = 4 * 3_600
/** Of a person's line a flap of some seconds is borne; what is held stands still meanwhile. Seconds. */
const HEARTBEAT_SECONDS = 6
/** Its clock is some bytes a second at most. Bytes. */
const CLOCK_BYTES = 16 * 1024 * 1024
/** A debugger that was told to let go has done so by then. Milliseconds. */
const HANG_UP_AFTER_MS = 4_000
/** The new size has to be there before the debugger is told of it. Milliseconds. */
const RESIZED_AFTER_MS = 700

/**
 * Holds the terminal while the debugger has it. Keys are no signals in it (the debugger is no child of it); whoever holds it may be killed at any time: it is not the debugger.
 */
const HOLDER = 'stty -isig 2>/dev/null; exec sleep 100000'

/** A terminal on the box, and the debugger in it under the guard. Never rejects. */
export async function debugSession(box: Box, options: SessionOptions): Promise<SessionEnd> {
  const { columns, rows, recording, elapsed } = options
  const onOutput = (chunk: Uint8Array): void | Promise<void> => {
    if (!options.isProtocol) recording?.output(elapsed(), chunk)
    return options.onOutput(chunk)
  }
  const terminal = await box.openTerminal?.({
    columns,
    rows,
    environment: {},
    sudo: false,
    program: HOLDER,
    onOutput,
  })
  const ticks: Tick[] = []
  if (!terminal || 'kind' in terminal)
    return { began: false, failure: terminal ?? NO_TERMINAL, guard: undefined, ticks, exit: undefined }
  const work = debuggerUnderGuard(box, terminal, ticks, options)
  const stop = (): void => {
    work.stop()
    // It reads its end there, should the signal not reach it.
    if (options.isProtocol) setTimeout(terminal.hangUp, HANG_UP_AFTER_MS).unref()
  }
  options.signal.addEventListener('abort', stop, { once: true })
  if (options.signal.aborted) stop()
  options.onOpen(openDebugger(terminal, work, options), options.target, options.tool, options.seq)
  // A terminal that is gone ends the debugger, and the end of the debugger the terminal.
  void terminal.ended.then(stop)
  const guard = await work.result
  options.signal.removeEventListener('abort', stop)
  terminal.hangUp()
  const { failure } = await terminal.ended
  return { began: true, failure: guard.failure ?? failure, guard, ticks, exit: guard.commandExit }
}

const NO_TERMINAL: Failure = {
  kind: 'no-shell',
  message: 'The box has no terminal: nothing runs there.',
  tryNext: 'Name the box itself.',
}

function debuggerUnderGuard(box: Box, terminal: BoxTerminal, ticks: Tick[], options: SessionOptions): Guarded {
  const { tool, target, limits, term } = options
  const clock = clockReader()
  const { pid, startTicks } = target.process
  return guarded(box, {
    what: `debug ${pid}`,
    command: tool.script(target, { ...limits, terminalPid: terminal.pid, term: termOf(term) }),
    maxSeconds: LONGEST_SECONDS,
    maxBytes: CLOCK_BYTES,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    attach: { ...tool.attaches(target, limits), targets: [{ pid, startTicks }] },
    onOutput: (chunk) => {
      for (const tick of clock.push(chunk)) {
        ticks.push(tick)
        options.onTick(tick)
      }
    },
  })
}

/** A name of terminfo(5). */
function termOf(term: string | undefined): string {
  return term !== undefined && /^[\w.+-]{1,40}$/.test(term) ? term : 'xterm'
}

function openDebugger(terminal: BoxTerminal, work: Guarded, options: SessionOptions): OpenDebugger {
  const { recording, elapsed, isProtocol } = options
  return {
    stopIt: () => work.ask('ask-stop'),
    letGo: () => work.stop(),
    note: (line, isAsked) => {
      const text = line.replaceAll(/[\r\n]/g, ' ')
      if (isAsked) recording?.pressed(elapsed(), Buffer.from(`${text}\r`))
      recording?.output(elapsed(), Buffer.from(`${isAsked ? '> ' : '  '}${text}\r\n`))
    },
    write: (keys) => {
      if (!isProtocol) recording?.pressed(elapsed(), keys)
      terminal.write(keys)
    },
    resize: (columns, rows) => {
      recording?.resized(elapsed(), columns, rows)
      terminal.resize(columns, rows)
      setTimeout(() => work.ask('ask-size'), RESIZED_AFTER_MS).unref()
    },
  }
}
