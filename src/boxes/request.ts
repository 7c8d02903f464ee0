import type { Failure, RunOptions, RunResult } from './box.ts'
import type { Abandoned } from './failures.ts'
import { frameReader } from './frame.ts'

/** One script that a session was asked to run, from its question to its answer. */
export interface Request {
  readonly options: RunOptions
  readonly takesInput: boolean
  readonly sequence: number
  readonly frame: ReturnType<typeof frameReader>
  /** Of standard error, where somebody reads it byte for byte. */
  readonly errorsFrame: ReturnType<typeof frameReader>
  /** What is kept of its output. */
  readonly pieces: Uint8Array[]
  /** Settles the run; later calls do nothing. */
  readonly settle: (outcome: Outcome) => void
  /** Called once the box has nothing more to say about it. */
  readonly drained: () => void
  /** Bytes that came, and bytes that were kept of them. */
  received: number
  kept: number
  beganAtMs: number | undefined
  settled: boolean
}

interface Outcome {
  readonly exitCode?: number | undefined
  readonly failure?: Failure | undefined
}

export interface RequestParts extends Pick<Request, 'options' | 'takesInput' | 'sequence' | 'drained'> {
  readonly box: string
  readonly boundary: string
  readonly startedAtMs: number
  readonly resolve: (result: RunResult) => void
  /** A person is being asked something: no time limit runs meanwhile. */
  readonly asking: () => boolean
  /** Standard error since the request began. */
  readonly stderr: () => string
  /** Resolves when standard error has come to the end of this request, or does not come to it. */
  readonly stderrEnded: () => Promise<void>
  readonly giveUp: (request: Request, why: Abandoned) => void
}

/** Starts its clock and listens for its cancellation. */
export function openRequest(parts: RequestParts): Request {
  const { options, startedAtMs } = parts
  const onTime = (): void => {
    // A person who is asked for a password takes the time that it takes; the box's clock starts after the answer.
    if (parts.asking()) timer = setTimeout(onTime, options.timeoutMs)
    else parts.giveUp(request, 'no-answer')
  }
  let timer = setTimeout(onTime, options.timeoutMs)
  const onAbort = (): void => parts.giveUp(request, 'cancelled')
  options.signal?.addEventListener('abort', onAbort, { once: true })
  const request: Request = {
    options,
    takesInput: parts.takesInput,
    sequence: parts.sequence,
    drained: parts.drained,
    frame: frameReader(parts.boundary, parts.sequence),
    errorsFrame: frameReader(parts.boundary, parts.sequence),
    pieces: [],
    received: 0,
    kept: 0,
    beganAtMs: undefined,
    settled: false,
    settle: (outcome) => {
      if (request.settled) return
      request.settled = true
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      const timing = { startedAtMs, durationMs: Date.now() - startedAtMs }
      const resolve = (): void => parts.resolve({ ...resultOf(parts, request, outcome), ...timing })
      if (outcome.exitCode === undefined) resolve()
      else void parts.stderrEnded().then(resolve)
    },
  }
  return request
}

function resultOf(
  { box, stderr }: RequestParts,
  { options, pieces, beganAtMs }: Request,
  { exitCode, failure }: Outcome,
): Omit<RunResult, 'durationMs' | 'startedAtMs'> {
  return {
    box,
    what: options.what,
    ok: exitCode !== undefined,
    stdout: Buffer.concat(pieces),
    stderr: stderr(),
    exitCode,
    timedOut: failure?.kind === 'no-answer',
    cancelled: failure?.kind === 'cancelled',
    overflowed: failure?.kind === 'too-much-output',
    truncated: exitCode === undefined,
    beganAtMs,
    failure,
  }
}
