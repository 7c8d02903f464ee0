import { randomHex } from '../base/random.ts'
import type { Box, Failure, RunResult } from '../boxes/box.ts'
import {
  JOB_FOLDERS,
  LIST_JOBS,
  readJobScript,
  removeJobScript,
  startJobScript,
  stopFileOf,
  stopJobScript,
  type JobLimits,
} from '../boxes/job-script.ts'
import type { Price } from '../boxes/price.ts'
import { bothEnds } from '../incidents/kept-output.ts'
import type { BoxIdentity } from '../incidents/entry.ts'
import type { PayloadOf } from '../incidents/payloads.ts'
import type { Recorded } from '../incidents/recorder.ts'
import type { StoreProblem } from '../incidents/store.ts'
import { meantMachine, notRecorded, type MeantOptions } from './machine.ts'
import { shownOf } from './run.ts'

export interface DetachOptions extends MeantOptions {
  readonly line: string
  readonly price: Price
  readonly priceSaid?: boolean | undefined
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal
}

export interface Detached {
  readonly box: string
  readonly job: string
  /** Where its output lies on the box; undefined when it was not started. */
  readonly folder: string | undefined
  readonly failure: Failure | undefined
  readonly recorded: readonly Recorded[]
}

/** What is said of a detached command before it is started, and holds then. */
export const JOB_LIMITS: JobLimits = {
  // 4 MiB of each stream: a small box can spare it, /dev/shm being memory.
  endBytes: 2 * 1024 * 1024,
  maxSeconds: 24 * 60 * 60,
  keepSeconds: 24 * 60 * 60,
}
export { JOB_FOLDERS }

/** Every step of it is a short script; a starved box takes its time. Milliseconds. */
const ANSWER_LIMIT_MS = 60_000
const ANSWER_BYTES = 4 * JOB_LIMITS.endBytes + 64 * 1024
/** Exit codes of the scripts (`job-script.ts`). */
const NO_FOLDER = 97
const NOT_BEGUN = 98
const NO_SUCH_JOB = 44

/** Starts a command that goes on by itself on the box, written down before it starts. */
export async function detach(box: Box, options: DetachOptions): Promise<Detached> {
  const { recorder, line, price, priceSaid, signal, timeoutMs } = options
  const job = randomHex(4)
  const base = { box: box.name, job, folder: undefined }
  const machine = await meantMachine(box, options, signal)
  const begun = { state: 'running', printedBytes: 0, keptBytes: 0, shown: '' } as const
  const payload: PayloadOf<'ran'> = { line, price, priceSaid, job, ...begun }
  const write = (more: Partial<PayloadOf<'ran'>>): Promise<Recorded> =>
    recorder.record(() => ({ did: 'ran', box: box.name, identity: machine.identity, payload: { ...payload, ...more } }))
  if (machine.failure) {
    const refused = await write({ state: 'not-started', why: machine.failure.message })
    return { ...base, failure: machine.failure, recorded: [refused] }
  }
  const intent = await write({})
  const recorded = [...machine.recorded, intent]
  if (intent.how === 'failed') return { ...base, failure: notRecorded(box.name, intent.problem), recorded }
  const maxSeconds = timeoutMs === undefined ? JOB_LIMITS.maxSeconds : Math.ceil(timeoutMs / 1000)
  const result = await ask(box, startJobScript(job, line, { ...JOB_LIMITS, maxSeconds }), 'start the command', signal)
  const folder = Buffer.from(result.stdout).toString('utf8').trim()
  if (result.exitCode === 0 && folder !== '') return { ...base, folder, failure: undefined, recorded }
  const failure = notStartedFailure(box.name, job, result)
  // A line that was lost in between leaves it open: it may have begun.
  if (result.exitCode === undefined && result.beganAtMs !== undefined) return { ...base, failure, recorded }
  const of = intent.how === 'recorded' ? intent.entry.seq : undefined
  return { ...base, failure, recorded: [...recorded, await write({ state: 'not-started', why: failure.message, of })] }
}

function notStartedFailure(box: string, job: string, { exitCode, failure, stderr }: RunResult): Failure {
  if (failure)
    return {
      ...failure,
      message: `${failure.message} Whether ${job} was started is not known.`,
      tryNext: `When the box answers again: halligan run ${box} --jobs`,
    }
  const why =
    exitCode === NO_FOLDER
      ? `neither ${JOB_FOLDERS.join(' nor ')} has room for its output`
      : exitCode === NOT_BEGUN
        ? 'its supervisor did not begin'
        : `exit ${exitCode} ${stderr.trim()}`
  return {
    kind: 'unknown',
    message: `The command was not started on ${box}: ${why}.`,
    tryNext: 'Without --detach it needs no room there, and ends with the line.',
  }
}

export interface JobState {
  readonly job: string
  /** `lost`: its supervisor is gone and no end was written (killed, out of memory, the box was restarted). */
  readonly state: 'running' | 'ended' | 'stopped' | 'timed-out' | 'lost'
  readonly exit: number | undefined
}

export interface ListedJob extends JobState {
  readonly secondsSinceStart: number
  readonly bytes: number
}

/** The detached commands of this user on a box, as the box knows them. */
export async function jobsOn(box: Box, signal: AbortSignal): Promise<readonly ListedJob[] | Failure> {
  const result = await ask(box, LIST_JOBS, 'list detached commands', signal)
  if (result.failure) return result.failure
  return Buffer.from(result.stdout)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [, job = '', state = '', code = '', seconds = '', bytes = ''] = JOB_LINE.exec(line) ?? []
      return isState(state)
        ? [{ job, state, exit: exitOf(code), secondsSinceStart: Number(seconds), bytes: Number(bytes) }]
        : []
    })
}

const JOB_LINE = /^([0-9a-f]{8}) ([\w-]+) (-|\d{1,3}) (-?\d{1,12}) *(\d{1,12})$/

export interface Collected extends Partial<JobState> {
  readonly job: string
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly failure: Failure | undefined
  readonly recorded: readonly Recorded[]
  /** Nothing of it is left on the box. */
  readonly isRemoved: boolean
}

export interface JobOptions extends MeantOptions {
  readonly job: string
  /** Entry that it began with, and what that says of it. */
  readonly began: { readonly seq: number; readonly line: string } | undefined
  readonly signal: AbortSignal
}

/**
 * Fetches the output of a detached command from the machine that is meant, writes it down, and only then takes it off the box. One that still runs is
 * left alone.
 */
export async function collect(box: Box, options: JobOptions): Promise<Collected> {
  const { job, began, recorder, signal } = options
  const machine = await meantMachine(box, options, signal)
  const none = { job, stdout: EMPTY, stderr: EMPTY, recorded: machine.recorded, isRemoved: false }
  if (machine.failure) return { ...none, failure: machine.failure }
  const result = await ask(box, readJobScript(job), 'collect a detached command', signal)
  const failure = collectFailure(box.name, job, result)
  if (failure) return { ...none, failure }
  const read = readOutput(Buffer.from(result.stdout))
  if (!read) return { ...none, failure: unreadable(box.name, job) }
  const { state, exit, stdout, stderr } = read
  const base = { job, state, exit, stdout: stdout.bytes, stderr: stderr.bytes, failure: undefined }
  if (state === 'running') return { ...base, recorded: machine.recorded, isRemoved: false }
  const kept = await recordCollected(box.name, read, { job, began, recorder, identity: machine.identity })
  const recorded = [...machine.recorded, kept]
  // What could not be written down stays on the box.
  if (recorded.some(({ how }) => how === 'failed')) return { ...base, recorded, isRemoved: false }
  const removed = await ask(box, removeJobScript(job), 'remove what it left', signal)
  return { ...base, recorded, isRemoved: removed.exitCode === 0 }
}

export interface StoppedJob {
  readonly failure: Failure | undefined
  readonly recorded: readonly Recorded[]
}

/** Ends a detached command on the machine that is meant, written down before, as its time limit would; it is collected afterwards as any. */
export async function stopJob(box: Box, options: JobOptions): Promise<StoppedJob> {
  const { job, began, recorder, signal } = options
  const machine = await meantMachine(box, options, signal)
  const write = (more: Pick<PayloadOf<'stopped'>, 'state' | 'why' | 'wanted'>): Promise<Recorded> =>
    recorder.record(() => ({
      did: 'stopped',
      box: box.name,
      identity: machine.identity,
      payload: { job, of: began?.seq, ...more },
    }))
  if (machine.failure)
    return {
      failure: machine.failure,
      recorded: [...machine.recorded, await write({ state: 'not-told', why: machine.failure.message })],
    }
  const intent = await write({ state: 'wanted' })
  const before = [...machine.recorded, intent]
  const refused = before.find(({ how }) => how === 'failed')
  if (refused?.how === 'failed') return { failure: notStopped(box.name, job, refused.problem), recorded: before }
  const failure = collectFailure(box.name, job, await ask(box, stopJobScript(job), 'stop a detached command', signal))
  const wanted = intent.how === 'recorded' ? intent.entry.seq : undefined
  const end = await write({ state: failure ? 'not-told' : 'told', why: failure?.message, wanted })
  return { failure, recorded: [...before, end] }
}

function notStopped(box: string, job: string, { message, tryNext }: StoreProblem): Failure {
  return {
    kind: 'unknown',
    message: `${job} on ${box} was not told to end: it could not be recorded (${message}).`,
    tryNext: `${tryNext} If it cannot wait: halligan run ${box} --off-the-record -- 'touch ${stopFileOf(job)}' ends it unrecorded.`,
  }
}

interface ReadOutput extends Omit<JobState, 'job'> {
  readonly stdout: ReadStream
  readonly stderr: ReadStream
}

/** What came back of one of its outputs. */
export interface ReadStream {
  readonly bytes: Uint8Array
  readonly printedBytes: number
  readonly keptBytes: number
  /** It printed more than was kept, and nobody counted how much: `printedBytes` is what is known of it. */
  readonly isAtLeast: boolean
}

const EMPTY = new Uint8Array(0)

/** The answer of `readJobScript`; undefined when it is none. */
export function readOutput(answer: Buffer): ReadOutput | undefined {
  const lineEnd = answer.indexOf(0x0a)
  const head = answer.subarray(0, Math.max(0, lineEnd)).toString('latin1')
  const [, state = '', code = '', ...figures] = HEAD.exec(head) ?? []
  if (!isState(state)) return undefined
  let at = lineEnd + 1
  const [out = '', outEnd = '', outRest = '', err = '', errEnd = '', errRest = ''] = figures
  const piece = (size: string): Buffer => answer.subarray(at, (at += Number(size)))
  const stdout = streamOf(piece(out), piece(outEnd), outRest)
  const stderr = streamOf(piece(err), piece(errEnd), errRest)
  return { state, exit: exitOf(code), stdout, stderr }
}

const STREAM = String.raw`(\d{1,9}) +(\d{1,9}) +(\d{1,15}|-|lost)`
const HEAD = new RegExp(String.raw`^([\w-]+) (-|\d{1,3}) +${STREAM} +${STREAM}$`)

/** @param rest what `countOf` printed */
function streamOf(beginning: Buffer, end: Buffer, rest: string): ReadStream {
  const cameBack = beginning.length + end.length
  const printedBytes = beginning.length + Number(rest)
  if (!Number.isInteger(printedBytes)) {
    // Where nobody counted, an end that has all that may be kept of it is the end of something longer, and none may only not be written yet.
    const { endBytes } = JOB_LIMITS
    const isWhole = rest !== 'lost' && (beginning.length < endBytes || (end.length > 0 && end.length < endBytes))
    if (isWhole) return whole(beginning, end)
    return { ...bothEnds(beginning, end, undefined), printedBytes: cameBack, isAtLeast: true }
  }
  if (printedBytes <= cameBack) return whole(beginning, end)
  return { ...bothEnds(beginning, end, printedBytes), printedBytes, isAtLeast: false }
}

function whole(beginning: Buffer, end: Buffer): ReadStream {
  const bytes = Buffer.concat([beginning, end])
  return { bytes, printedBytes: bytes.length, keptBytes: bytes.length, isAtLeast: false }
}

function recordCollected(
  box: string,
  { state, exit, stdout, stderr }: ReadOutput,
  {
    job,
    began,
    recorder,
    identity,
  }: Pick<JobOptions, 'job' | 'began' | 'recorder'> & { readonly identity: BoxIdentity },
): Promise<Recorded> {
  const outputs = (
    [
      ['stdout', stdout],
      ['stderr', stderr],
    ] as const
  ).filter(([, { bytes }]) => bytes.length > 0)
  return recorder.record(
    (evidence) => ({
      did: 'ran',
      box,
      identity,
      payload: {
        line: began?.line ?? '',
        state: state === 'stopped' ? 'interrupted' : state === 'running' ? 'lost' : state,
        why: state === 'lost' ? 'its supervisor on the box was gone and had written no end' : undefined,
        exit,
        job,
        of: began?.seq,
        ...figuresOf([stdout, stderr]),
        evidence,
        outputs: outputs.map(([from, stream], at) => ({ from, evidence: evidence[at] ?? '', ...figuresOf([stream]) })),
        shown: shownOf(outputs[0]?.[1].bytes),
      },
    }),
    outputs.map(([, { bytes }]) => bytes),
  )
}

function figuresOf(
  streams: readonly ReadStream[],
): Pick<PayloadOf<'ran'>, 'printedBytes' | 'keptBytes' | 'printedAtLeast'> {
  const sum = (of: (stream: ReadStream) => number): number => streams.reduce((total, each) => total + of(each), 0)
  return {
    printedBytes: sum(({ printedBytes }) => printedBytes),
    keptBytes: sum(({ keptBytes }) => keptBytes),
    printedAtLeast: streams.some(({ isAtLeast }) => isAtLeast) ? true : undefined,
  }
}

function collectFailure(box: string, job: string, { failure, exitCode, stderr }: RunResult): Failure | undefined {
  if (failure) return failure
  if (exitCode === 0) return undefined
  if (exitCode !== NO_SUCH_JOB) return { ...unreadable(box, job), message: `${box}: ${job}: ${stderr.trim()}` }
  return {
    kind: 'unknown',
    message: `${box} has no detached command ${job} of this user (any more): it was collected, or removed itself after its time, or the box was restarted.`,
    tryNext: `halligan run ${box} --jobs lists those that are there; as another user they are not seen.`,
  }
}

function unreadable(box: string, job: string): Failure {
  return {
    kind: 'unknown',
    message: `What ${box} said of ${job} could not be read.`,
    tryNext: `Look at ${JOB_FOLDERS[0]} and ${JOB_FOLDERS[1]} on the box by hand.`,
  }
}

function ask(box: Box, script: string, what: string, signal: AbortSignal): Promise<RunResult> {
  return box.run(script, { what, timeoutMs: ANSWER_LIMIT_MS, maxBytes: ANSWER_BYTES, signal })
}

function exitOf(code: string): number | undefined {
  return code === '-' ? undefined : Number(code)
}

function isState(text: string): text is JobState['state'] {
  return ['running', 'ended', 'stopped', 'timed-out', 'lost'].includes(text)
}
