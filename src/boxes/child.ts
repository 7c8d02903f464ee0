import { spawn, type ChildProcess } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { atExit } from './at-exit.ts'
import type { Failure } from './box.ts'

/**
 * How a shell on a box is reached: a child process whose standard input and output it is: `sh` itself, `ssh HOST sh`,
 * `docker exec -i NAME sh`. Nobody else in the program starts a process for a box.
 */
export interface Transport {
  readonly box: string
  readonly argv: readonly [string, ...string[]]
  /** The program hands the words of its command to a shell as one line (ssh). */
  readonly joinsArguments?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** Turns the end of the transport into a named failure. */
  readonly explain: (ending: Ending) => Failure
  /** Takes over the conversation until a shell reads standard input (sudo's password marker protocol). */
  readonly login?: (child: ChildProcess) => Promise<Failure | undefined>
  /** Called with all of standard error so far whenever more has come. */
  readonly onStderr?: (text: string) => unknown
  /** True while a person is being asked something (a password, a host key): no time limit runs meanwhile. */
  readonly asking?: () => boolean
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Set when the program could not be started at all. */
  readonly spawnError: Error | undefined
}

/** All that is known when a transport has ended before its answer. */
export interface Ending extends Ended {
  readonly stderr: string
  /** What stood on standard output before the first boundary. */
  readonly noise: string
  /** The box had run something for us before: then it is a connection lost, not one refused. */
  readonly entered: boolean
  readonly what: string
}

/** OpenSSH's own words and a script's complaints fit in this; a flood does not fill the console's memory. Characters. */
const STDERR_KEPT = 64 * 1024
/** Noise before the first boundary that is kept to explain a forced command or a nologin text. Characters. */
const NOISE_KEPT = 4 * 1024
/** After its standard input closed, a transport has this long to end by itself (the box takes its script along). Milliseconds. */
const END_GRACE_MS = 1_000

export interface Child {
  write(text: string): void
  /** Takes no more output until the promise is settled. */
  hold(stream: 'stdout' | 'stderr', until: Promise<void>): void
  /** Closes standard input, which ends what runs on the box; after a grace the local process group is ended too. Idempotent. */
  end(): void
  /** Standard error from a position on, see `stderrLength`. */
  stderr(from: number): string
  stderrLength(): number
  /** Resolves when standard error holds this text, has ended, or the time is over. */
  stderrHas(text: string, withinMs: number): Promise<void>
  noise(): string
  noteNoise(chunk: Uint8Array): void
  failedLogin(): Failure | undefined
  ended(): Ended | undefined
  readonly closed: Promise<Ended>
}

export function openChild(
  transport: Transport,
  on: {
    readonly prologue: string
    readonly onOutput: (chunk: Uint8Array) => void
    readonly onErrors: (chunk: Uint8Array) => void
    readonly onEnd: (ended: Ended) => void
    /** The box has run something for us: from then on it ends what is there when standard input closes. */
    readonly entered: () => boolean
  },
): Child {
  const [program, ...args] = transport.argv
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...transport.env },
    // A process group of its own: Ctrl-C in the terminal is for the console, which then decides what the box is told.
    detached: true,
  })
  const errors = lastText(STDERR_KEPT)
  const noise = lastText(NOISE_KEPT)
  const { promise: closed, resolve: resolveClosed } = Promise.withResolvers<Ended>()
  let ended: Ended | undefined
  let failedLogin: Failure | undefined
  let ending = false

  // On the way in, a closed standard input ends nothing: ssh may wait for a handshake for ever.
  const forget = atExit(() => on.entered() || endGroup(child, 'SIGTERM'))

  child.stdin.on('error', () => {})
  child.stderr.on('data', (chunk: Buffer) => {
    errors.add(chunk)
    on.onErrors(chunk)
    transport.onStderr?.(errors.from(0))
  })
  child.on('error', (error) => child.pid === undefined && finish({ code: null, signal: null, spawnError: error }))
  // What an ended program leaves behind may hold its pipes for ever: after a grace they are let go.
  child.on('exit', () => setTimeout(() => endGroup(child, 'SIGKILL'), END_GRACE_MS).unref())
  child.on('close', (code, signal) => finish({ code, signal, spawnError: undefined }))
  const ready = (transport.login?.(child) ?? Promise.resolve(undefined)).then((failure) => {
    failedLogin = failure
    if (ended) return
    child.stdout.on('data', on.onOutput)
    if (failure) end()
    else child.stdin.write(on.prologue)
  })

  function finish(how: Ended): void {
    if (ended) return
    ended = how
    forget()
    // A login that failed is told after its process has ended: let it say so first.
    void (transport.login ? Promise.race([ready, delay(100)]) : Promise.resolve()).then(() => {
      on.onEnd(how)
      resolveClosed(how)
    })
  }

  function end(): void {
    if (ending || ended) return
    ending = true
    child.stdin.end()
    const timers = [
      setTimeout(() => endGroup(child, 'SIGTERM'), END_GRACE_MS),
      setTimeout(() => endGroup(child, 'SIGKILL'), 2 * END_GRACE_MS),
    ]
    void closed.then(() => timers.forEach((timer) => clearTimeout(timer)))
  }

  return {
    write: (text) => void ready.then(() => ending || child.stdin.write(text)),
    hold: (stream, until) => {
      const source = child[stream]
      source.pause()
      void until.catch(() => undefined).finally(() => source.resume())
    },
    end,
    stderr: (from) => errors.from(from),
    stderrLength: () => errors.length(),
    stderrHas: (text, withinMs) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = (): void => {
        if (errors.from(0).includes(text)) resolve()
      }
      const timer = setTimeout(resolve, withinMs)
      child.stderr.on('data', look).once('close', resolve)
      look()
      return promise.finally(() => {
        clearTimeout(timer)
        child.stderr.off('data', look).off('close', resolve)
      })
    },
    noise: () => noise.from(0),
    noteNoise: (chunk) => chunk.length > 0 && noise.add(chunk),
    failedLogin: () => failedLogin,
    ended: () => ended,
    closed,
  }
}

/** ssh with its ProxyCommand, or the local shell with what it runs: all in the group that `detached` made. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    // It has ended, but something that it left behind holds its pipes: let go of them.
    child.stdout?.destroy()
    child.stderr?.destroy()
    return
  }
  try {
    process.kill(-child.pid, signal)
  } catch {
    child.kill(signal)
  }
}

/** The end of a text that may be endless, decoded across chunk borders. */
function lastText(kept: number): { add(chunk: Uint8Array): void; length(): number; from(position: number): string } {
  const decoder = new StringDecoder('utf8')
  let text = ''
  let dropped = 0
  return {
    add: (chunk) => {
      text += decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
      if (text.length <= 2 * kept) return
      dropped += text.length - kept
      text = text.slice(-kept)
    },
    length: () => dropped + text.length,
    from: (position) => text.slice(Math.max(0, position - dropped)).slice(-kept),
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}
