import { randomHex } from '../base/random.ts'
import type { RunOptions, RunResult } from './box.ts'
import { openChild, type Ended, type Transport } from './child.ts'
import { abandoned, type Abandoned } from './failures.ts'
import { openRequest, type Request } from './request.ts'
import { controlLine, HEARTBEAT_MS, prologue, requestText } from './session-script.ts'

/**
 * One POSIX shell on a box, fed through its standard input: a prologue once, then one request after another, each framed
 * by a random boundary that is never in any argv (it would show up in the box's own process list). What comes before the
 * first boundary (banners, MOTD, a chatty profile) is noise and skipped.
 */
export interface Session {
  /** One at a time: the next is asked only after the last has settled. */
  run(script: string, options: RunOptions, takesInput?: boolean): Promise<RunResult>
  /** Feeds whole lines to the script that runs now; kept until it has begun, so that the shell does not take them for its own. */
  input(text: string): void
  endInput(): void
  /** True when the session can take another request, now or after what runs. */
  usable(): boolean
  /** The box has said at least once that it runs what it is told. */
  entered(): boolean
  /** Standard error so far, bounded: OpenSSH explains its failures here. */
  stderr(): string
  close(): Promise<void>
  readonly closed: Promise<Ended>
}

/** A script that was told to stop has this long to be gone; then the whole session is ended. Milliseconds. */
const STOP_GRACE_MS = 1_500
/** Standard error comes through a pipe of its own; its mark is waited for no longer than this after that of standard output. Milliseconds. */
const STDERR_GRACE_MS = 500
/** The same where somebody reads it byte for byte, perhaps slowly. */
const ALL_STDERR_GRACE_MS = 30_000

export function openSession(transport: Transport): Session {
  const boundary = randomHex(16)
  let current: Request | undefined
  /** Whose standard error comes: it has a pipe of its own, and may be later than the end of the output. */
  let erring: Request | undefined
  let draining: Promise<void> = Promise.resolve()
  let entered = false
  let doomed = false
  let sequence = 0
  let stderrBefore = 0
  let pendingInput = ''
  let inputEnds = false
  const child = openChild(transport, {
    onOutput: receive,
    onErrors: receiveErrors,
    onEnd: finish,
    entered: () => entered,
    prologue: prologue(boundary),
  })
  const heartbeat = setInterval(() => entered && child.write(controlLine.alive(boundary)), HEARTBEAT_MS)
  heartbeat.unref()

  function run(script: string, options: RunOptions, takesInput = false): Promise<RunResult> {
    const startedAtMs = Date.now()
    return draining.then(() => ask(script, options, takesInput, startedAtMs))
  }

  function ask(script: string, options: RunOptions, takesInput: boolean, startedAtMs: number): Promise<RunResult> {
    return new Promise((resolve) => {
      sequence += 1
      stderrBefore = child.stderrLength()
      draining = new Promise((drained) => {
        current = openRequest({
          box: transport.box,
          options,
          takesInput,
          sequence,
          boundary,
          startedAtMs,
          drained,
          resolve,
          asking: () => transport.asking?.() ?? false,
          stderr: () => withoutMarks(child.stderr(stderrBefore)),
          stderrEnded: () =>
            child.stderrHas(`\n${boundary} end ${sequence} `, options.onErrors ? ALL_STDERR_GRACE_MS : STDERR_GRACE_MS),
          giveUp: abandon,
        })
      })
      const request = current
      if (!request) return
      erring = request
      const ended = child.ended()
      if (ended) return finish(ended)
      const guarded = options.guarded ?? false
      const marksErrors = options.onErrors !== undefined
      child.write(requestText({ boundary, sequence, script, takesInput, guarded, marksErrors }))
    })
  }

  function receive(chunk: Uint8Array): void {
    const request = current
    if (!request) return child.noteNoise(chunk)
    const step = request.frame.push(chunk)
    child.noteNoise(step.noise)
    if (step.state !== 'before' && request.beganAtMs === undefined) {
      request.beganAtMs = Date.now()
      entered = true
      flushInput()
    }
    request.received += request.beganAtMs === undefined ? step.noise.length : step.output.length
    if (!request.settled) keep(request, step.output)
    if (step.state === 'ended') {
      child.write(controlLine.done(boundary, request.sequence))
      request.settle({
        exitCode: step.exitCode,
        failure: step.exitCode === undefined ? abandoned('cancelled', transport.box, request.options) : undefined,
      })
      release(request)
    } else if (request.received > request.options.maxBytes) abandon(request, 'too-much-output')
  }

  function keep(request: Request, output: Uint8Array): void {
    const room = request.options.maxBytes - request.kept
    const piece = output.length > room ? output.subarray(0, Math.max(0, room)) : output
    if (piece.length === 0) return
    request.kept += piece.length
    if (!request.options.streamed) request.pieces.push(piece)
    const taken = request.options.onOutput?.(piece)
    // A callback of no value may give any.
    if (taken instanceof Promise) child.hold('stdout', taken)
  }

  function receiveErrors(chunk: Uint8Array): void {
    if (!erring?.options.onErrors) return
    const { output } = erring.errorsFrame.push(chunk)
    const taken = output.length > 0 ? erring.options.onErrors(output) : undefined
    if (taken instanceof Promise) child.hold('stderr', taken)
  }

  /** The current request is given up: the caller has what came so far; the box is told to stop it, and ended if it does not. */
  function abandon(request: Request, why: Abandoned): void {
    if (request.settled) return
    keep(request, request.frame.held())
    request.settle({ failure: abandoned(why, transport.box, request.options) })
    if (request !== current) return
    if (!entered || request.takesInput || request.beganAtMs === undefined) return destroy()
    child.write(controlLine.stop(boundary, request.sequence))
    const timer = setTimeout(destroy, STOP_GRACE_MS)
    void draining.then(() => clearTimeout(timer))
  }

  function destroy(): void {
    doomed = true
    child.end()
  }

  function release(request: Request): void {
    if (request !== current) return
    current = undefined
    pendingInput = ''
    request.drained()
  }

  function finish(how: Ended): void {
    clearInterval(heartbeat)
    doomed = true
    const request = current
    if (!request) return
    if (!request.settled) keep(request, request.frame.held())
    request.settle({
      failure:
        child.failedLogin() ??
        transport.explain({
          ...how,
          stderr: withoutMarks(child.stderr(0)),
          noise: child.noise(),
          entered,
          what: request.options.what,
        }),
    })
    release(request)
  }

  function withoutMarks(stderr: string): string {
    return stderr.replaceAll(new RegExp(`\\n${boundary} (?:begin \\d+|end \\d+ \\w+)\\n`, 'g'), '')
  }

  function flushInput(): void {
    if (current?.beganAtMs === undefined || !current.takesInput) return
    child.write(pendingInput + (inputEnds ? controlLine.endInput(boundary, current.sequence) : ''))
    pendingInput = ''
    inputEnds = false
  }

  return {
    run,
    input: (text) => {
      pendingInput += text
      flushInput()
    },
    endInput: () => {
      inputEnds = true
      flushInput()
    },
    usable: () => !doomed && !child.ended(),
    entered: () => entered,
    stderr: () => withoutMarks(child.stderr(0)),
    close: () => {
      doomed = true
      clearInterval(heartbeat)
      child.end()
      return child.closed.then(() => undefined)
    },
    closed: child.closed,
  }
}
