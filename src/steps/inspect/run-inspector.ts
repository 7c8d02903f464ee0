import type { Attach } from '../../boxes/attach.ts'
import type { Box, RunOptions, RunResult } from '../../boxes/box.ts'
import { guarded, type GuardedResult, type GuardEnd } from '../../boxes/guard.ts'
import { proofWords, type Proof } from '../../boxes/proof.ts'
import type { InspectOptions, Inspector, Target } from '../../evidence/inspect/inspector.ts'
import { listening } from '../../evidence/inspect/watch-end.ts'
import { blind, type Reading } from '../../evidence/reading.ts'

/** Far above what any inspector prints. Bytes. */
const ANSWER_BYTES = 32 * 1024 * 1024

export interface Inspected<T> {
  readonly reading: Reading<T>
  /** Of what attached: how its target is now, and what is left on the box. Missing where nothing was attached, or the box could not say it any more. */
  readonly proof?: Proof
  /** How it came to its end, where it ran under the guard. */
  readonly ended?: GuardEnd
}

/** Runs an inspector on its box: what is free as it is, all else under the guard, which ends it whatever happens to this console or the line. Never rejects. */
export async function runInspector<T>(
  box: Box,
  inspector: Inspector<T>,
  target: Target,
  options: InspectOptions,
  signal: AbortSignal,
): Promise<Inspected<T>> {
  const script = inspector.script(target, options)
  const what = inspector.title
  const { timeoutMs } = options
  const bounds = { what, timeoutMs, maxBytes: ANSWER_BYTES }
  if (inspector.price(target).price === 'free') {
    const run =
      options.forMs === undefined ? box.run(script, { ...bounds, signal }) : watched(box, script, bounds, signal)
    const result = await run
    if (result.failure) return { reading: blind(result.failure.message, result.failure.tryNext) }
    return { reading: inspector.parse(result.stdout, target, options) }
  }
  const endsWhenAsked = inspector.endsWhenAsked ?? false
  const work = { script, what, timeoutMs, endsWhenAsked, attach: attachOf(inspector, target) }
  const result = await underGuard(box, work, signal)
  return {
    reading: readingOf(inspector, target, options, result),
    ended: result.ended,
    ...(result.proof ? { proof: result.proof } : {}),
  }
}

/** What watches comes to its end when it is asked to, and tells what it saw by then; one that does not is given up. Milliseconds. */
const PATIENCE_MS = 15_000

/** A free watch: the end of its standard input asks it to come to its end. Where a box lets only one session in, it goes over that one, and Ctrl-C loses it. */
async function watched(box: Box, script: string, bounds: RunOptions, signal: AbortSignal): Promise<RunResult> {
  const patience = new AbortController()
  const work = box.start(listening(script), { ...bounds, signal: patience.signal })
  const done = onAbort(
    signal,
    () => work.endInput(),
    () => patience.abort(),
  )
  try {
    const result = await work.result
    const couldNotBegin = result.failure !== undefined && result.beganAtMs === undefined && !signal.aborted
    return couldNotBegin ? await box.run(script, { ...bounds, signal }) : result
  } finally {
    done()
  }
}

/** Asks first, and ends it when that was not heeded in time; the function that is given takes both back. */
function onAbort(signal: AbortSignal, ask: () => void, end: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const abort = (): void => {
    ask()
    timer = setTimeout(end, PATIENCE_MS)
  }
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  return () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

function attachOf({ attaches }: Inspector<unknown>, target: Target): Attach | undefined {
  const { process } = target
  return attaches && { ...attaches(target), targets: [{ pid: process.pid, startTicks: process.startTicks }] }
}

/** What came before it was ended is read all the same. */
function readingOf<T>(
  inspector: Inspector<T>,
  target: Target,
  options: InspectOptions,
  result: GuardedResult,
): Reading<T> {
  const { failure, ended, proof } = result
  if (proof?.refused) return blind(proofWords(proof).join(' '))
  if (failure) return blind(failure.message, failure.tryNext)
  const reading = inspector.parse(result.stdout, target, options)
  if (reading.kind === 'seen' || ended === 'exited') return reading
  return blind(`the guard on the box ended it: ${END_WORDS[ended]}`)
}

const END_WORDS: Readonly<Record<Exclude<GuardEnd, 'exited'>, string>> = {
  stopped: 'it was stopped here',
  'console-gone': 'this console was gone',
  heartbeat: 'nothing was heard of this console',
  'max-time': 'its time was over (--timeout)',
  'max-bytes': 'it printed too much',
  signal: 'the guard was told to end',
  spool: 'there was no room left for its output',
  frozen: 'the process stood still for longer than was announced',
  'target-gone': 'the process has ended',
  'guard-killed': 'the guard itself was killed',
  refused: 'it would not begin',
  'not-seen': 'its end was not seen; it ends there by itself',
}

async function underGuard(
  box: Box,
  {
    script,
    what,
    timeoutMs,
    endsWhenAsked,
    attach,
  }: {
    readonly script: string
    readonly what: string
    readonly timeoutMs: number
    readonly endsWhenAsked: boolean
    readonly attach: Attach | undefined
  },
  signal: AbortSignal,
): Promise<GuardedResult> {
  const work = guarded(box, {
    what,
    command: script,
    maxSeconds: Math.ceil(timeoutMs / 1000),
    maxBytes: ANSWER_BYTES,
    ...(attach ? { attach } : {}),
  })
  const stop = (): void => work.stop()
  const done = onAbort(signal, endsWhenAsked ? () => work.ask('ask-stop') : stop, stop)
  try {
    return await work.result
  } finally {
    done()
  }
}
