import { spawn } from 'node:child_process'
import { randomHex } from '../base/random.ts'
import { atExit } from './at-exit.ts'
import type { Box, Failure } from './box.ts'
import type { Ended, Transport } from './child.ts'
import { plain } from './failures.ts'
import { leashScript, terminalScript } from './terminal-script.ts'

/** A terminal on a box in which the user's own shell runs, or another program in its place. */
export interface BoxTerminal {
  /** The process on the box that has the terminal: `/proc/PID/fd/0` is its terminal. */
  readonly pid: number
  /** Keys of the user, byte for byte. */
  readonly write: (keys: Uint8Array) => void
  readonly resize: (columns: number, rows: number) => void
  /** Tells the shell that its line is gone. */
  readonly hangUp: () => void
  readonly ended: Promise<TerminalEnd>
}

export interface TerminalEnd {
  /** Exit code of the shell; undefined when it was not seen. */
  readonly exit: number | undefined
  readonly failure: Failure | undefined
}

export interface TerminalOptions {
  readonly columns: number
  readonly rows: number
  readonly environment: Readonly<Record<string, string>>
  readonly sudo: boolean
  /** One line of POSIX sh that takes the place of the user's own shell: as that user also with `sudo`. */
  readonly program?: string
  /** A promise that it gives holds further output back. */
  readonly onOutput: (chunk: Uint8Array) => void | Promise<void>
}

/** Reaches a terminal on the box; `command` is one line of POSIX sh. A child whose input and output are pipes, the terminal being over there. */
export type TerminalTransport = (command: string) => Promise<Transport | Failure>

/** From the login to the first word of the terminal; a starved box takes its time. Milliseconds. */
const OPEN_LIMIT_MS = 30_000
const HEARTBEAT_MS = 3_000
const NO_LIMIT_MS = 2 ** 31 - 1
/** A window that is dragged changes its size many times a second; the last one counts. Milliseconds. */
const RESIZE_AFTER_MS = 100
/** ssh explains itself in less. Characters. */
const STDERR_KEPT = 16 * 1024

/**
 * Opens a terminal over the connection of a box that has been entered. The terminal is the box's own (`ssh -tt`, `exec -it`): nothing here needs to be one, and the
 * console may be anything that can hold a pipe. Its size is set there by stty; that of a change comes over the main session. Gives a failure instead of rejecting.
 */
export async function openTerminal(
  box: Box,
  reach: TerminalTransport,
  options: TerminalOptions,
): Promise<BoxTerminal | Failure> {
  const nonce = randomHex(12)
  const { columns, rows, environment, sudo, program } = options
  const transport = await reach(terminalScript({ nonce, columns, rows, environment, sudo, program }))
  if ('kind' in transport) return transport
  const child = openRaw(transport)
  const first = await child.lineWith(nonce)
  const [, pid = '', waits = '', tty = ''] = /^(\d+) (waits|goes-on) (.*)$/.exec(first ?? '') ?? []
  if (pid === '') {
    child.end()
    return transport.explain({ ...(await child.closed), ...child.said(), entered: false, what: 'open a terminal' })
  }
  const isReady = Promise.withResolvers<void>()
  const leash = box.start(leashScript(Number(pid)), {
    what: 'watch over the terminal',
    timeoutMs: NO_LIMIT_MS,
    maxBytes: 1_024,
    guarded: true,
    onOutput: () => isReady.resolve(),
  })
  const leashed = await Promise.race([isReady.promise, leash.result])
  if (leashed?.failure) {
    child.end()
    return leashed.failure
  }
  if (waits === 'waits') child.write(GO_AHEAD)
  const beat = setInterval(() => leash.input('h\n'), HEARTBEAT_MS)
  const resize = resizer(box, tty)
  child.flowTo(options.onOutput)
  const ended = child.closed.then(async (how): Promise<TerminalEnd> => {
    clearInterval(beat)
    leash.endInput()
    const { failure } = await leash.result
    // 255 is also what ssh gives for its own failures; with a line that holds it is the shell's.
    if (how.code !== null && (how.code !== 255 || !failure)) return { exit: how.code, failure: undefined }
    const ending = { ...how, ...child.said(), entered: true, what: 'the terminal' }
    return { exit: undefined, failure: failure ?? transport.explain(ending) }
  })
  return { pid: Number(pid), write: child.write, resize, hangUp: () => leash.endInput(), ended }
}

/** No line end, which the box would take for none. */
const GO_AHEAD = Buffer.from('g')

function resizer(box: Box, tty: string): (columns: number, rows: number) => void {
  let timer: NodeJS.Timeout | undefined
  return (columns, rows) => {
    clearTimeout(timer)
    // A container may not know its terminal by a name.
    if (!/^\/dev\/[\w/]+$/.test(tty)) return
    timer = setTimeout(() => {
      const options = { what: 'resize the terminal', timeoutMs: OPEN_LIMIT_MS, maxBytes: 1_024 }
      void box.run(`stty rows ${rows} cols ${columns} <${tty}`, options)
    }, RESIZE_AFTER_MS)
    timer.unref()
  }
}

/** A child whose output is taken as it is, after one line that is looked for. */
function openRaw(transport: Transport) {
  const [program, ...args] = transport.argv
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...transport.env },
    detached: true,
  })
  const { promise: closed, resolve: close } = Promise.withResolvers<Ended>()
  let stderr = ''
  let before = Buffer.alloc(0)
  let take: ((chunk: Uint8Array) => void) | undefined
  const forget = atExit(() => child.stdin.destroy())
  child.stdin.on('error', () => {})
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString('utf8')).slice(-STDERR_KEPT)))
  child.stdout.on('data', (chunk: Buffer) => {
    if (take) take(chunk)
    else before = Buffer.concat([before, chunk]).subarray(-STDERR_KEPT)
  })
  child.on('error', (error) => child.pid === undefined && close({ code: null, signal: null, spawnError: error }))
  child.on('close', (code, signal) => {
    forget()
    close({ code, signal, spawnError: undefined })
  })
  return {
    closed,
    write: (bytes: Uint8Array): void => void (child.stdin.writable && child.stdin.write(bytes)),
    end: (): void => void child.stdin.end(),
    said: () => ({ stderr, noise: plain(before.toString('utf8')) }),
    /** What stands behind the nonce in the line that begins with it; undefined when none comes. What came before it is noise. */
    lineWith: (nonce: string): Promise<string | undefined> => {
      const form = new RegExp(`(?:^|\\n)${nonce} ([^\\r\\n]*)\\r?\\n`)
      return new Promise((resolve) => {
        const settle = (line: string | undefined): void => {
          clearTimeout(timer)
          child.stdout.off('data', look)
          resolve(line)
        }
        const timer = setTimeout(() => settle(undefined), OPEN_LIMIT_MS)
        const look = (): void => {
          const text = before.toString('latin1')
          const found = form.exec(text)
          if (!found) return
          before = before.subarray(found.index + found[0].length)
          settle(found[1])
        }
        child.stdout.on('data', look)
        void closed.then(() => settle(undefined))
      })
    },
    flowTo: (onOutput: (chunk: Uint8Array) => void | Promise<void>): void => {
      take = (chunk) => {
        const taken = onOutput(chunk)
        if (!(taken instanceof Promise)) return
        child.stdout.pause()
        void taken.finally(() => child.stdout.resume())
      }
      if (before.length > 0) take(before)
    },
  }
}
