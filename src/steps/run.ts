import { setTimeout as pause } from 'node:timers/promises'
import type { Box, Failure, RunResult } from '../boxes/box.ts'
import { commandScript, type CommandSignal } from '../boxes/command-script.ts'
import type { Price } from '../boxes/price.ts'
import type { BoxIdentity } from '../incidents/entry.ts'
import { keptOutput, type KeptOutput } from '../incidents/kept-output.ts'
import type { PayloadOf } from '../incidents/payloads.ts'
import type { Recorded } from '../incidents/recorder.ts'
import { meantMachine, notRecorded, type MeantOptions } from './machine.ts'

export type Stream = 'stdout' | 'stderr'

export interface RunCommandOptions extends MeantOptions {
  /** Shell text, for the shell of the user on the box. */
  readonly line: string
  readonly price: Price
  /** The engineer said it: it is not what every command counts as. */
  readonly priceSaid?: boolean | undefined
  /** Undefined: as long as it takes. Milliseconds. */
  readonly timeoutMs?: number | undefined
  /** Nothing of it is written but that it was. */
  readonly offTheRecord: boolean
  /** Aborting it stops the command on the box: interrupted first, killed when that does not end it. */
  readonly stop: AbortSignal
  /** Aborting it kills the command at once. */
  readonly kill: AbortSignal
  /** A promise that it gives holds further output back. */
  readonly onOutput: (from: Stream, chunk: Uint8Array) => void | Promise<void>
}

/** What came of one command on one box. */
export interface RanCommand {
  readonly box: string
  readonly state: Exclude<PayloadOf<'ran'>['state'], 'running'>
  readonly exit: number | undefined
  /** Why it was not started, or how it was lost. */
  readonly failure: Failure | undefined
  readonly recorded: readonly Recorded[]
  readonly tookMs: number
}

/** The longest time that a timer takes; 24 days. Milliseconds. */
const WITHOUT_LIMIT_MS = 2 ** 31 - 1
/** What is told to stop has this long for its own clean-up before the next, harder word. Milliseconds. */
const STOP_GRACE_MS = 5_000

/**
 * Runs the engineer's own command on a box: on the machine that is meant, written down before it starts and again when it has ended. It ends with the
 * line to the box.
 */
export async function runCommand(box: Box, options: RunCommandOptions): Promise<RanCommand> {
  const machine = await meantMachine(box, options, options.stop)
  if (machine.failure) return notStarted(box, options, machine.failure, machine.identity)
  const { identity } = machine
  const intent: Recorded = options.offTheRecord
    ? { how: 'no-incident' }
    : await recordIn(options, { box: box.name, identity, payload: begins(options) })
  const recorded = [...machine.recorded, intent]
  // What only reads is answered all the same, and said to be unrecorded in the end (rule 9).
  const mayGoUnrecorded = options.offTheRecord || options.price === 'free'
  const refused = mayGoUnrecorded ? undefined : recorded.find(({ how }) => how === 'failed')
  if (refused?.how === 'failed')
    return { ...NOT_STARTED, box: box.name, failure: notRecorded(box.name, refused.problem), recorded }
  const outputs = { stdout: keptOutput(), stderr: keptOutput() }
  const result = await resultOf(box, options, outputs)
  const end = { ...endOf(result, options), tookMs: result.durationMs }
  const of = intent.how === 'recorded' ? intent.entry.seq : undefined
  const ended = await recordEnd(options, { box: box.name, identity, of, end, outputs })
  return { ...end, box: box.name, recorded: [...recorded, ended] }
}

const NOT_STARTED = { state: 'not-started', exit: undefined, tookMs: 0 } as const

async function notStarted(
  box: Box,
  options: RunCommandOptions,
  failure: Failure,
  identity?: BoxIdentity,
): Promise<RanCommand> {
  const payload: PayloadOf<'ran'> = { ...begins(options), state: 'not-started', why: failure.message }
  const recorded = [await recordIn(options, { box: box.name, identity, payload })]
  return { ...NOT_STARTED, box: box.name, failure, recorded }
}

function begins({ line, price, priceSaid }: RunCommandOptions): PayloadOf<'ran'> {
  return { line, price, priceSaid, state: 'running', printedBytes: 0, keptBytes: 0, shown: '' }
}

/** Off the record only that something was run, on which box, and how it ended; the recorder names a command without its line as well. */
function recordIn(
  { recorder, offTheRecord }: RunCommandOptions,
  draft: { readonly box: string; readonly identity: BoxIdentity | undefined; readonly payload: PayloadOf<'ran'> },
): Promise<Recorded> {
  const { price, state, exit, tookMs } = draft.payload
  const words = { line: '', shown: '', printedBytes: 0, keptBytes: 0 }
  const payload = offTheRecord ? { price, state, exit, tookMs, offTheRecord, ...words } : draft.payload
  return recorder.record(() => ({ did: 'ran', ...draft, payload }))
}

/** Starts it and waits for its end, whatever that is. */
async function resultOf(
  box: Box,
  options: RunCommandOptions,
  outputs: Readonly<Record<Stream, KeptOutput>>,
): Promise<RunResult & { readonly timedOut: boolean }> {
  const kill = new AbortController()
  const ended = new AbortController()
  const take = (from: Stream) => (chunk: Uint8Array) => {
    outputs[from].push(chunk)
    return options.onOutput(from, chunk)
  }
  const started = box.start(commandScript(options.line), {
    what: 'the command',
    timeoutMs: WITHOUT_LIMIT_MS,
    maxBytes: Number.POSITIVE_INFINITY,
    streamed: true,
    onOutput: take('stdout'),
    onErrors: take('stderr'),
    signal: AbortSignal.any([kill.signal, options.kill]),
  })
  let late = false
  const stopWith = async (...words: readonly CommandSignal[]): Promise<void> => {
    for (const word of words) {
      started.input(`${word}\n`)
      await pause(STOP_GRACE_MS, undefined, { signal: ended.signal })
    }
    kill.abort()
  }
  const begin = (...words: readonly CommandSignal[]): void => void stopWith(...words).catch(() => undefined)
  const onStop = (): void => begin('INT', 'TERM')
  if (options.stop.aborted) onStop()
  options.stop.addEventListener('abort', onStop, { once: true })
  const timer =
    options.timeoutMs === undefined ? undefined : setTimeout(() => ((late = true), begin('TERM')), options.timeoutMs)
  const result = await started.result
  ended.abort()
  clearTimeout(timer)
  options.stop.removeEventListener('abort', onStop)
  return { ...result, timedOut: late }
}

type End = Pick<RanCommand, 'state' | 'exit' | 'failure'>

function endOf(result: RunResult & { readonly timedOut: boolean }, { stop, kill }: RunCommandOptions): End {
  const { exitCode: exit, timedOut, failure, beganAtMs } = result
  if (timedOut) return { state: 'timed-out', exit, failure: undefined }
  if (stop.aborted || kill.aborted) return { state: 'interrupted', exit, failure: undefined }
  if (exit !== undefined) return { state: 'ended', exit, failure: undefined }
  if (beganAtMs === undefined) return { state: 'not-started', exit, failure }
  return { state: 'lost', exit, failure: failure && lost(failure) }
}

function lost({ kind, message }: Failure): Failure {
  return {
    kind,
    message: `${message} How the command ended was not seen: the box ends it with its line, within some 12 s.`,
    tryNext: 'What must go on without the line: halligan run --detach.',
  }
}

async function recordEnd(
  options: RunCommandOptions,
  {
    box,
    identity,
    of,
    end,
    outputs,
  }: {
    readonly box: string
    readonly identity: BoxIdentity
    readonly of: number | undefined
    readonly end: End & { readonly tookMs: number }
    readonly outputs: Readonly<Record<Stream, KeptOutput>>
  },
): Promise<Recorded> {
  const base: PayloadOf<'ran'> = {
    ...begins(options),
    state: end.state,
    exit: end.exit,
    why: end.failure?.message,
    of,
    tookMs: end.tookMs,
  }
  if (options.offTheRecord) return recordIn(options, { box, identity, payload: base })
  const kept = (['stdout', 'stderr'] as const).flatMap((from) => {
    const printedBytes = outputs[from].printedBytes()
    return printedBytes === 0 ? [] : [{ from, printedBytes, ...outputs[from].finish() }]
  })
  const total = (bytesOf: (each: (typeof kept)[number]) => number): number =>
    kept.reduce((sum, each) => sum + bytesOf(each), 0)
  return options.recorder.record(
    (evidence) => ({
      did: 'ran',
      box,
      identity,
      payload: {
        ...base,
        printedBytes: total(({ printedBytes }) => printedBytes),
        keptBytes: total(({ keptBytes }) => keptBytes),
        evidence,
        outputs: kept.map(({ from, printedBytes, keptBytes }, at) => ({
          from,
          evidence: evidence[at] ?? '',
          printedBytes,
          keptBytes,
        })),
        shown: shownOf(kept[0]?.bytes),
      },
    }),
    kept.map(({ bytes }) => bytes),
  )
}

/** What a timeline shows of it without opening the evidence. */
const SHOWN_LINES = 20
const SHOWN_CHARACTERS = 2_000

export function shownOf(bytes: Uint8Array | undefined): string {
  if (!bytes) return ''
  const beginning = Buffer.from(bytes.subarray(0, 8 * SHOWN_CHARACTERS))
  // Cut at a line end, and so not within a character.
  const whole = beginning.subarray(0, bytes.length > beginning.length ? beginning.lastIndexOf(0x0a) + 1 : undefined)
  if (whole.includes(0)) return '(binary)'
  let shown = ''
  for (const line of whole.toString('utf8').split('\n').slice(0, SHOWN_LINES)) {
    if (shown.length + line.length > SHOWN_CHARACTERS) break
    shown += `${line}\n`
  }
  return shown.trimEnd()
}
