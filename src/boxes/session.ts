import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Failure, RunOptions, RunResult } from './box.ts'
import { closingLine, prologue, requestText } from './session-script.ts'

/**
 * One POSIX shell on a box, fed through its standard input: a prologue once, then one request after another, each framed
 * by a random boundary that is never in any argv (it would show up in the box's own process list). What comes before the
 * first boundary (banners, MOTD, a chatty profile) is noise and skipped.
 *
 * The transport is a child process: `sh` itself, `ssh HOST sh`, `docker exec -i NAME sh`. Nobody else in the program
 * starts one for a box.
 */
export interface Session {
  run(script: string, options: RunOptions, takesInput?: boolean): Promise<RunResult>
  /** Feeds the script that runs now; sent only once the script has begun, so that the shell does not take it for its own. */
  input(text: string): void
  endInput(): void
  /** Standard error so far, bounded: OpenSSH explains its failures here. */
  stderr(): string
  close(): Promise<void>
  readonly closed: Promise<Ended>
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Set when the program could not be started at all. */
  readonly spawnError: Error | undefined
}

export interface Transport {
  readonly box: string
  readonly argv: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  /** Turns the end of the transport into a named failure. */
  readonly explain: (ended: Ended, stderr: string, noise: string) => Failure
  /** Takes over the conversation until a shell reads standard input (sudo's password marker protocol). */
  readonly login?: (child: ChildProcess) => Promise<Failure | undefined>
}

/** OpenSSH's own words and a script's complaints fit in this; a flood does not fill the console's memory. Bytes. */
const STDERR_KEPT = 64 * 1024
/** Noise before the first boundary that is kept to explain a forced command or a nologin text. Bytes. */
const NOISE_KEPT = 4 * 1024
/** A closed session has this long to end by itself before its local process is ended. Milliseconds. */
const CLOSE_GRACE_MS = 1_000

interface Request {
  readonly options: RunOptions
  readonly startedAtMs: number
  readonly settle: (result: RunResult) => void
  readonly script: string
  readonly takesInput: boolean
  timer?: NodeJS.Timeout
  removeAbort?: () => void
}

export function openSession(transport: Transport): Session {
  const boundary = randomBytes(16).toString('hex')
  const [program, ...args] = transport.argv
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...transport.env },
    // A process group of its own: Ctrl-C in the terminal is for the console, which then decides what the box is told.
    detached: true,
  })
  const queue: Request[] = []
  let current: Request | undefined
  let buffer: Buffer[] = []
  let buffered = 0
  let began: { atMs: number; offset: number } | undefined
  let stderr = ''
  let noise = ''
  let sequence = 0
  let ended: Ended | undefined
  let failedLogin: Failure | undefined
  let pendingInput = ''
  let inputEnded = false
  let spawnError: Error | undefined

  child.stdin.on('error', () => {})
  child.on('error', (error) => {
    spawnError = error
    if (child.pid === undefined) finish({ code: null, signal: null, spawnError: error })
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-STDERR_KEPT)
  })
  let resolveClosed: (ended: Ended) => void = () => {}
  const closed = new Promise<Ended>((resolve) => {
    resolveClosed = resolve
  })
  const ready = start()

  function start(): Promise<void> {
    const login = transport.login?.(child) ?? Promise.resolve(undefined)
    return login.then((failure) => {
      failedLogin = failure
      child.stdout.on('data', receive)
      child.on('close', (code, signal) => finish({ code, signal, spawnError }))
      if (failure) child.stdin.end()
      else child.stdin.write(prologue(boundary))
    })
  }

  function receive(chunk: Buffer): void {
    if (!current) {
      noise = (noise + chunk.toString('utf8')).slice(-NOISE_KEPT)
      return
    }
    buffer.push(chunk)
    buffered += chunk.length
    current.options.onOutput?.(chunk)
    scan(chunk.length)
  }

  function scan(added: number): void {
    if (!current) return
    const searchFrom = Math.max(0, buffered - added - boundary.length - 64)
    const all = buffer.length === 1 && buffer[0] ? buffer[0] : Buffer.concat(buffer)
    buffer = [all]
    if (!began) {
      const marker = Buffer.from(`\n${boundary} begin ${sequence}\n`)
      const at = all.indexOf(marker)
      if (at >= 0) {
        began = { atMs: Date.now(), offset: at + marker.length }
        flushInput()
        noise = (noise + all.subarray(0, at).toString('utf8')).slice(-NOISE_KEPT)
      }
    }
    if (began) {
      const marker = Buffer.from(`\n${boundary} end ${sequence} `)
      const at = all.indexOf(marker, Math.max(began.offset - 1, searchFrom))
      const lineEnd = at < 0 ? -1 : all.indexOf(10, at + marker.length)
      if (lineEnd >= 0) {
        const exitCode = Number(all.subarray(at + marker.length, lineEnd).toString('latin1'))
        settle({ exitCode, stdout: all.subarray(began.offset, Math.max(at, began.offset)) })
        return
      }
      if (buffered - began.offset > current.options.maxBytes) abandon('too-much-output')
    } else if (buffered > current.options.maxBytes) abandon('too-much-output')
  }

  /** The current request is given up; its shell cannot be trusted to be between two requests, so the session ends too. */
  function abandon(why: 'no-answer' | 'too-much-output' | 'cancelled'): void {
    const request = current
    if (!request) return
    const failure: Record<typeof why, Failure> = {
      'no-answer': {
        kind: 'no-answer',
        message: `${transport.box} did not finish "${request.options.what}" within ${request.options.timeoutMs / 1000} s.`,
        tryNext: `The box may be starved or the link stalled: try again, or \`ssh ${transport.box} uptime\` to see whether a shell still answers.`,
      },
      'too-much-output': {
        kind: 'too-much-output',
        message: `${transport.box} sent more than ${request.options.maxBytes} bytes for "${request.options.what}"; the rest was not read.`,
        tryNext: 'What was read before the limit is used.',
      },
      cancelled: {
        kind: 'cancelled',
        message: `"${request.options.what}" on ${transport.box} was interrupted; what was known by then is used.`,
        tryNext: 'Run it again to the end for the rest.',
      },
    }
    settle({ failure: failure[why] })
    destroy()
  }

  function settle(outcome: { exitCode?: number; stdout?: Uint8Array; failure?: Failure }): void {
    const request = current
    if (!request) return
    const all = Buffer.concat(buffer)
    const stdout = outcome.stdout ?? (began ? all.subarray(began.offset) : all.subarray(0, 0))
    const beganAtMs = began?.atMs
    clearTimeout(request.timer)
    request.removeAbort?.()
    current = undefined
    buffer = []
    buffered = 0
    began = undefined
    const kind = outcome.failure?.kind
    request.settle({
      box: transport.box,
      what: request.options.what,
      ok: outcome.exitCode !== undefined,
      stdout,
      stderr,
      exitCode: outcome.exitCode,
      timedOut: kind === 'no-answer',
      cancelled: kind === 'cancelled',
      overflowed: kind === 'too-much-output',
      truncated: outcome.exitCode === undefined,
      startedAtMs: request.startedAtMs,
      beganAtMs,
      durationMs: Date.now() - request.startedAtMs,
      failure: outcome.failure,
    })
    next()
  }

  function next(): void {
    if (current) return
    current = queue.shift()
    const request = current
    if (!request) return
    if (ended) {
      settle({ failure: failedLogin ?? transport.explain(ended, stderr, noise) })
      return
    }
    const { timeoutMs, signal } = request.options
    request.timer = setTimeout(() => abandon('no-answer'), timeoutMs)
    const onAbort = (): void => abandon('cancelled')
    if (signal?.aborted) {
      abandon('cancelled')
      return
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    request.removeAbort = () => signal?.removeEventListener('abort', onAbort)
    sequence += 1
    const text = requestText({ boundary, sequence, script: request.script, limitSeconds: Math.ceil(timeoutMs / 1000), takesInput: request.takesInput })
    void ready.then(() => child.stdin.write(text))
  }

  function finish(how: Ended): void {
    if (ended) return
    ended = how
    if (current) settle({ failure: failedLogin ?? transport.explain(how, stderr, began ? '' : noise + Buffer.concat(buffer).toString('utf8')) })
    next()
    resolveClosed(how)
  }

  function flushInput(): void {
    if (!began || !current?.takesInput) return
    if (pendingInput) child.stdin.write(pendingInput)
    pendingInput = ''
    if (inputEnded) child.stdin.end()
  }

  function destroy(): void {
    child.stdin.destroy()
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), CLOSE_GRACE_MS).unref()
  }

  return {
    run: (script, options, takesInput = false) =>
      new Promise((settleRequest) => {
        queue.push({ script, options, takesInput, startedAtMs: Date.now(), settle: settleRequest })
        next()
      }),
    input: (text) => {
      pendingInput += text
      flushInput()
    },
    endInput: () => {
      inputEnded = true
      flushInput()
    },
    stderr: () => stderr,
    close: async () => {
      if (ended) return
      child.stdin.end(closingLine)
      const timer = setTimeout(destroy, CLOSE_GRACE_MS)
      await closed
      clearTimeout(timer)
    },
    closed,
  }
}
