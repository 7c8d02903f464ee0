import { elapsedSince, type Clocks } from '../../base/elapsed.ts'
import { randomHex } from '../../base/random.ts'
import type { Box, Failure } from '../../boxes/box.ts'
import type { GuardEnd } from '../../boxes/guard.ts'
import { isClean, proofWords, type Proof } from '../../boxes/proof.ts'
import { stoodStill, type StoodStill, type Tick } from '../../evidence/debug/clock.ts'
import type { Debugger, DebugLimits } from '../../evidence/debug/debugger.ts'
import type { PriceTag, Target } from '../../evidence/inspect/inspector.ts'
import { stateScript } from '../../evidence/inspect/state-script.ts'
import type { Subject } from '../../evidence/inspect/subject.ts'
import { castLookedThrough } from '../../incidents/cast-second-pass.ts'
import type { FindSecrets } from '../../incidents/change.ts'
import type { BoxIdentity } from '../../incidents/entry.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import type { Recorded } from '../../incidents/recorder.ts'
import type { FindMore } from '../../incidents/redaction/index.ts'
import type { ShellSpool } from '../../incidents/shell-spool.ts'
import { problemOf } from '../../incidents/sqlite-failures.ts'
import { answerOf } from '../inspect/inspect.ts'
import type { Accepted } from '../inspect/inspect.ts'
import { notOne } from '../inspect/record-inspection.ts'
import { meantMachine, notRecorded, type MeantOptions } from '../machine.ts'
import { writtenDown } from '../shell.ts'
import { debuggerFor, debuggerTools, type NoDebugger } from './debugger-for.ts'
import { debugSession, type OpenDebugger, type SessionEnd } from './session.ts'

export interface DebugOptions extends MeantOptions {
  readonly subject: Subject
  /** As it was typed. */
  readonly asked: string
  readonly limits: DebugLimits
  /** Size of the terminal on the box. */
  readonly columns: number
  readonly rows: number
  /** TERM of the console's terminal. */
  readonly term: string | undefined
  readonly findSecrets: FindSecrets
  readonly findMore: FindMore
  readonly spool: (onBroken: (why: string) => void) => ShellSpool
  readonly onBroken: (why: string) => void
  readonly onLeftOut: () => void
  readonly clocks: Clocks
  /** What is let at the process, or why nothing is. Missing: gdb with a prompt. */
  readonly choose?: (target: Target) => Promise<Debugger | NoDebugger>
  /** What goes over the terminal is a protocol (`session.ts`). */
  readonly isProtocol?: boolean
  /** Asked before anything is attached: whether the price is paid, or why not. */
  readonly accepts: (tool: Debugger, target: Target, price: PriceTag) => Promise<Accepted>
  /** The terminal is there, and the debugger is being started in it. */
  readonly onOpen: (session: OpenDebugger, target: Target, tool: Debugger, seq: number | undefined) => void
  readonly onOutput: (chunk: Uint8Array) => void | Promise<void>
  readonly onTick: (tick: Tick) => void
  readonly signal: AbortSignal
}

export interface DebugEnd {
  readonly state: 'ended' | 'lost' | 'not-started'
  readonly failure: Failure | undefined
  readonly ended: GuardEnd | undefined
  readonly proof: Proof | undefined
  readonly still: StoodStill
  readonly exit: number | undefined
  readonly leftOutBytes: number
  readonly recorded: readonly Recorded[]
}

const ANSWER_MS = 30_000
const ANSWER_BYTES = 32 * 1024 * 1024

/**
 * A debugger by hand on one process of a box: on the machine that is meant, once its price was accepted, under the guard for attaching, written down before it begins, while it goes
 * on, and when it has ended, with what the guard found afterwards. Never rejects.
 */
export async function debugOn(box: Box, options: DebugOptions): Promise<DebugEnd> {
  const machine = await meantMachine(box, options, options.signal)
  if (machine.failure) return notStarted(box, options, machine.failure, machine.identity, machine.recorded)
  const { identity } = machine
  const chosen = await chosenOn(box, options)
  if ('kind' in chosen) return notStarted(box, options, chosen, identity, machine.recorded)
  const about = aboutOf(chosen, options)
  const startedAtMs = options.clocks.wall()
  const elapsed = elapsedSince(options.clocks)
  const begin = await record(box, options, identity, { ...about, state: 'running' })
  const recorded = [...machine.recorded, begin]
  if (begin.how === 'failed') return { ...NOTHING, failure: notRecorded(box.name, begin.problem), recorded }
  const seq = begin.how === 'recorded' ? begin.entry.seq : undefined
  const written =
    seq === undefined ? undefined : writtenDown(box.name, identity, seq, startedAtMs, { ...options, did: 'debugged' })
  if (written && 'kind' in written) {
    const refused = await record(box, options, identity, {
      ...about,
      state: 'not-started',
      why: written.message,
      of: seq,
    })
    return { ...NOTHING, failure: written, recorded: [...recorded, refused] }
  }
  const session = await debugSession(box, { ...options, ...chosen, recording: written?.recording, elapsed, seq })
  const tookMs = elapsed()
  const kept = written?.recording.ended(tookMs, session.exit)
  const broken = written?.spool.broken()
  const leftOutBytes = (kept?.leftOutBytes ?? 0) + (broken?.lostBytes ?? 0)
  const outcome = outcomeOf(session)
  let cast: Uint8Array | undefined
  try {
    if (written && session.began) cast = await castLookedThrough(written.spool.read(), options.findMore)
  } catch (error) {
    // It stays in the spool, where the next command finds it.
    const failed: Recorded = { how: 'failed', problem: problemOf(error, 'the session') }
    return { ...outcome, leftOutBytes, recorded: [...recorded, failed] }
  }
  const payload: PayloadOf<'debugged'> = {
    ...about,
    ...endPayload(outcome),
    why: outcome.failure?.message ?? (broken && `From some point on nothing could be written down: ${broken.why}`),
    of: seq,
    tookMs,
    commands: (kept?.commands ?? []).map(({ atMs, line }) => ({
      at: new Date(startedAtMs + atMs).toISOString(),
      line,
    })),
    ...(leftOutBytes > 0 ? { leftOutBytes } : {}),
  }
  const ended = await options.recorder.record(
    ([id]) => ({ did: 'debugged', box: box.name, identity, payload: { ...payload, cast: id } }),
    cast ? [cast] : [],
    { isRedacted: true },
  )
  if (ended.how === 'recorded') written?.spool.remove()
  return { ...outcome, leftOutBytes, recorded: [...recorded, ended] }
}

interface Chosen {
  readonly tool: Debugger
  readonly target: Target
  readonly price: PriceTag
}

/** The process that is meant and what is let at it, when that can be done and its price is accepted. */
async function chosenOn(box: Box, options: DebugOptions): Promise<Chosen | Failure> {
  const { subject, signal, limits } = options
  const boundary = randomHex(16)
  const result = await box.run(stateScript(subject, boundary, debuggerTools), {
    what: 'find a process',
    timeoutMs: ANSWER_MS,
    maxBytes: ANSWER_BYTES,
    signal,
  })
  if (result.failure) return result.failure
  const { found, state } = answerOf(result, boundary)
  const nothing = notOne({ box: box.name, subject, found, state })
  if (nothing) return { ...nothing, tryNext: nothing.tryNext.replace('halligan inspect', 'halligan debug') }
  if (!state) return refused('The box did not say what it is.', `halligan inspect ${box.name} ${options.asked}`)
  const target: Target = { process: state.process, runtime: state.runtime, box: state.box }
  const tool = await (options.choose ?? debuggerFor)(target)
  if ('why' in tool) return refused(`${nameOf(target)} on ${box.name}: ${tool.why}`, tool.hint)
  const price = tool.price(target, limits)
  const accepted = await options.accepts(tool, target, price)
  return accepted.accepted ? { tool, target, price } : refused(`Nothing was attached: ${accepted.why}.`, accepted.hint)
}

function refused(message: string, tryNext: string): Failure {
  return { kind: 'unknown', message, tryNext }
}

function nameOf({ process }: Target): string {
  return `${process.name} (${process.pid})`
}

function aboutOf({ tool, target, price }: Chosen, { asked, limits, columns, rows }: DebugOptions) {
  const { process, runtime } = target
  return {
    asked,
    pid: process.pid,
    name: process.name,
    runtime: [runtime.kind, runtime.version].filter((part) => part !== undefined).join(' '),
    debugger: tool.id,
    price: price.price,
    ...(price.residue === undefined ? {} : { residue: price.residue }),
    limitSeconds: limits.limitSeconds,
    commands: [],
    columns,
    rows,
  }
}

const NO_STOPS: StoodStill = { stops: 0, longestMs: 0, totalMs: 0 }
const NOTHING = {
  state: 'not-started',
  ended: undefined,
  proof: undefined,
  still: NO_STOPS,
  exit: undefined,
  leftOutBytes: 0,
} as const

type Outcome = Omit<DebugEnd, 'leftOutBytes' | 'recorded'>

function outcomeOf({ began, failure, guard, ticks, exit }: SessionEnd): Outcome {
  const proof = guard?.proof
  if (!began) return { ...NOTHING, failure }
  const still = stoodStill(ticks)
  if (proof?.refused) return { ...NOTHING, failure: refused(proofWords(proof).join(' '), ''), proof, ended: 'refused' }
  return {
    state: proof ? 'ended' : 'lost',
    failure: proof ? undefined : failure,
    ended: guard?.ended,
    proof,
    still,
    exit,
  }
}

function endPayload({ state, ended, proof, still }: Outcome) {
  return {
    state,
    stops: still.stops,
    longestStopMs: still.longestMs,
    stoodStillMs: still.totalMs,
    ...(ended === undefined ? {} : { ended }),
    ...(proof ? { isClean: isClean(proof), proof: [...proofWords(proof)] } : {}),
  }
}

async function notStarted(
  box: Box,
  options: DebugOptions,
  failure: Failure,
  identity: BoxIdentity | undefined,
  before: readonly Recorded[],
): Promise<DebugEnd> {
  const { asked, limits, columns, rows } = options
  const said = { asked, limitSeconds: limits.limitSeconds, commands: [], columns, rows }
  const recorded = await record(box, options, identity, { ...said, state: 'not-started', why: failure.message })
  return { ...NOTHING, failure, recorded: [...before, recorded] }
}

function record(
  box: Box,
  { recorder }: DebugOptions,
  identity: BoxIdentity | undefined,
  payload: PayloadOf<'debugged'>,
): Promise<Recorded> {
  return recorder.record(() => ({ did: 'debugged', box: box.name, identity, payload }))
}
