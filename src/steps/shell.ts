import { elapsedSince, type Clocks } from '../base/elapsed.ts'
import type { Box, Failure } from '../boxes/box.ts'
import type { BoxTerminal, TerminalEnd } from '../boxes/terminal.ts'
import { toldOver } from '../incidents/endings.ts'
import type { BoxIdentity } from '../incidents/entry.ts'
import type { PayloadOf } from '../incidents/payloads.ts'
import type { Recorded, Recorder } from '../incidents/recorder.ts'
import { castLookedThrough } from '../incidents/cast-second-pass.ts'
import { applied, type FindSecrets } from '../incidents/change.ts'
import { redactedAbout, type FindMore } from '../incidents/redaction/index.ts'
import { shellRecording, type ShellRecording, type TypedCommand } from '../incidents/shell-recording.ts'
import { problemOf } from '../incidents/sqlite-failures.ts'
import type { AnyEntry, Store } from '../incidents/store.ts'
import { spoolRemark, type LostShell, type ShellSpool } from '../incidents/shell-spool.ts'
import { meantMachine, notRecorded, type MeantOptions } from './machine.ts'

export interface ShellOptions extends MeantOptions {
  readonly columns: number
  readonly rows: number
  /** TERM of the console's terminal. */
  readonly term: string | undefined
  readonly sudo: boolean
  readonly findSecrets: FindSecrets
  /** The second pass over it, once it is over. */
  readonly findMore: FindMore
  /** Where the session lies while it goes on; throws when there can be none. Told once when it can take nothing more: the session goes on. */
  readonly spool: (onBroken: (why: string) => void) => ShellSpool
  readonly onBroken: (why: string) => void
  /** Told once when output is left out of the recording from here on. */
  readonly onLeftOut: () => void
  readonly offTheRecord: boolean
  readonly clocks: Clocks
  /** The shell is there. */
  readonly onOpen: (shell: OpenShell) => void
  readonly onOutput: (chunk: Uint8Array) => void | Promise<void>
  readonly signal: AbortSignal
}

/** What the terminal of the console does with a shell on a box. */
export interface OpenShell extends Omit<BoxTerminal, 'ended' | 'pid'> {
  /** Number of the entry that it began with; undefined where nothing is recorded. */
  readonly seq: number | undefined
}

export interface ShellEnd {
  readonly state: 'ended' | 'lost' | 'not-started'
  readonly exit: number | undefined
  readonly failure: Failure | undefined
  /** What the box printed and the recording has not. */
  readonly leftOutBytes: number
  readonly recorded: readonly Recorded[]
}

/** A terminal session on a box: on the machine that is meant, written down before it begins, while it goes on, and when it has ended. */
export async function shellOn(box: Box, options: ShellOptions): Promise<ShellEnd> {
  const machine = await meantMachine(box, options, options.signal)
  if (machine.failure) return notStarted(box, options, machine.failure, machine.identity)
  const { identity } = machine
  const startedAtMs = options.clocks.wall()
  const elapsed = elapsedSince(options.clocks)
  const begin = await record(options, box.name, identity, { ...emptySession(options), state: 'running' })
  const recorded = [...machine.recorded, begin]
  const failed = recorded.find(({ how }) => how === 'failed')
  if (failed?.how === 'failed' && !options.offTheRecord)
    return { ...NOT_STARTED, failure: notRecorded(box.name, failed.problem), recorded }
  const seq = begin.how === 'recorded' ? begin.entry.seq : undefined
  const written =
    seq === undefined || options.offTheRecord ? undefined : writtenDown(box.name, identity, seq, startedAtMs, options)
  if (written && 'kind' in written) {
    const payload = { ...emptySession(options), state: 'not-started', why: written.message, of: seq } as const
    const refused = await record(options, box.name, identity, payload)
    return { ...NOT_STARTED, failure: written, recorded: [...recorded, refused] }
  }
  const end = await sessionOn(box, options, written?.recording, elapsed, seq)
  const tookMs = elapsed()
  const kept = written?.recording.ended(tookMs, end.exit)
  const broken = written?.spool.broken()
  const leftOutBytes = (kept?.leftOutBytes ?? 0) + (broken?.lostBytes ?? 0)
  const state = end.began ? (end.failure ? 'lost' : 'ended') : 'not-started'
  let cast: Uint8Array | undefined
  try {
    if (written && end.began) cast = await castLookedThrough(written.spool.read(), options.findMore)
  } catch (error) {
    // It stays in the spool, where the next command finds it.
    const failed: Recorded = { how: 'failed', problem: problemOf(error, 'the session') }
    return { state, exit: end.exit, failure: end.failure, leftOutBytes, recorded: [...recorded, failed] }
  }
  const ended = await options.recorder.record(
    ([id]) => ({
      did: 'shelled',
      box: box.name,
      identity,
      payload: {
        ...emptySession(options),
        state,
        exit: end.exit,
        why: end.failure?.message ?? (broken && `From some point on nothing could be written down: ${broken.why}`),
        of: seq,
        tookMs,
        commands: (kept?.commands ?? []).map((command) => commandAt(command, startedAtMs)),
        leftOutBytes: leftOutBytes > 0 ? leftOutBytes : undefined,
        cast: id,
      },
    }),
    cast ? [cast] : [],
    { isRedacted: true },
  )
  // What could not be put into the record stays where it is, and is taken in by the next command that can.
  if (ended.how === 'recorded') written?.spool.remove()
  return { state, exit: end.exit, failure: end.failure, leftOutBytes, recorded: [...recorded, ended] }
}

/**
 * Writes what a console left that was killed while it recorded a shell. One that was killed after it had written the end has left only what is `known`.
 * Never rejects.
 */
export async function recordLostShell(
  store: Store,
  recorder: Recorder,
  shell: LostShell,
  findMore: FindMore,
): Promise<Recorded | { readonly how: 'known' }> {
  const { incident, box, identity, seq, columns, rows, tookMs, commands, cast, did = 'shelled' } = shell
  let whole: Uint8Array
  let begun: AnyEntry | undefined
  try {
    // Nobody else can write it meanwhile: the console is gone, and what it left is given to one taker only.
    const entries = await store.read(incident)
    if (toldOver(entries, did).has(seq)) return { how: 'known' }
    begun = entries.find((entry) => entry.seq === seq)
    whole = await castLookedThrough(cast, findMore)
  } catch (error) {
    return { how: 'failed', problem: problemOf(error, store.place) }
  }
  const lost = {
    state: 'lost',
    takenIn: true,
    why: 'The console ended without a word (killed, or without power); this is what it had recorded by then.',
    of: seq,
    columns,
    rows,
    tookMs,
    commands,
  } as const
  return recorder.record(
    ([cast]) =>
      did === 'shelled'
        ? { did, box, identity, payload: { ...lost, cast } }
        : { did, box, identity, payload: { ...debuggedBefore(begun), ...lost, cast } },
    [whole],
    { isRedacted: true },
  )
}

/** What the entry said with which it began; of one that was purged that is not known any more. */
function debuggedBefore(
  entry: AnyEntry | undefined,
): Partial<PayloadOf<'debugged'>> & Pick<PayloadOf<'debugged'>, 'asked' | 'limitSeconds'> {
  const payload = entry?.did === 'debugged' ? entry.payload : undefined
  if (!payload) return { asked: 'a process', limitSeconds: 0 }
  const { asked, pid, name, runtime, debugger: tool, price, limitSeconds } = payload
  return { asked, limitSeconds, pid, name, runtime, debugger: tool, price }
}

const NOT_STARTED = { state: 'not-started', exit: undefined, leftOutBytes: 0 } as const

interface Session extends TerminalEnd {
  readonly began: boolean
}

async function sessionOn(
  box: Box,
  options: ShellOptions,
  recording: ShellRecording | undefined,
  at: () => number,
  seq: number | undefined,
): Promise<Session> {
  const { columns, rows, sudo } = options
  const incident = options.recorder.incident
  const environment: Record<string, string> = recording && incident ? { HALLIGAN_RECORDING: incident } : {}
  const onOutput = (chunk: Uint8Array): void | Promise<void> => {
    recording?.output(at(), chunk)
    return options.onOutput(chunk)
  }
  const terminal = await box.openTerminal?.({ columns, rows, environment, sudo, onOutput })
  if (!terminal) return { began: false, exit: undefined, failure: noTerminal(box.name) }
  if ('kind' in terminal) return { began: false, exit: undefined, failure: terminal }
  options.onOpen({
    seq,
    hangUp: terminal.hangUp,
    write: (keys) => {
      recording?.pressed(at(), keys)
      terminal.write(keys)
    },
    resize: (toColumns, toRows) => {
      recording?.resized(at(), toColumns, toRows)
      terminal.resize(toColumns, toRows)
    },
  })
  return { began: true, ...(await terminal.ended) }
}

/** Where a session is written down while it goes on: redacted, into a spool that survives this console. */
export function writtenDown(
  box: string,
  identity: BoxIdentity,
  seq: number,
  startedAtMs: number,
  options: Written,
): { readonly recording: ShellRecording; readonly spool: ShellSpool } | Failure {
  const { columns, rows, term, findSecrets, recorder, onLeftOut } = options
  try {
    const spool = options.spool(options.onBroken)
    const redact = (text: string): string => applied(text, findSecrets(text))
    const told = redactedAbout(box, box, redact)
    const hostname = redact(identity.hostname)
    const remark = spoolRemark({
      incident: recorder.incident ?? '',
      box: told,
      identity: { ...identity, hostname },
      seq,
      did: options.did,
    })
    const write = spool.write
    return {
      spool,
      recording: shellRecording({
        columns,
        rows,
        term,
        startedAtMs,
        title: `${options.did === 'debugged' ? 'debugger' : 'shell'} on ${told}`,
        remark,
        findSecrets,
        write,
        onLeftOut,
      }),
    }
  } catch (error) {
    return notRecorded(box, {
      message: error instanceof Error ? error.message : String(error),
      tryNext: 'Is there room on the file system of the record, and may you write there?',
    })
  }
}

export interface Written extends Pick<
  ShellOptions,
  'columns' | 'rows' | 'term' | 'findSecrets' | 'recorder' | 'onLeftOut' | 'spool' | 'onBroken'
> {
  /** Missing: `shelled`. */
  readonly did?: 'debugged'
}

function emptySession({ columns, rows, offTheRecord }: ShellOptions) {
  return { columns, rows, commands: [], ...(offTheRecord ? { offTheRecord } : {}) }
}

function commandAt({ atMs, line }: TypedCommand, startedAtMs: number) {
  return { at: new Date(startedAtMs + atMs).toISOString(), line }
}

function record(
  { recorder }: ShellOptions,
  box: string,
  identity: BoxIdentity | undefined,
  payload: PayloadOf<'shelled'>,
): Promise<Recorded> {
  return recorder.record(() => ({ did: 'shelled', box, identity, payload }))
}

async function notStarted(
  box: Box,
  options: ShellOptions,
  failure: Failure,
  identity?: BoxIdentity,
): Promise<ShellEnd> {
  const payload = { ...emptySession(options), state: 'not-started', why: failure.message } as const
  return { ...NOT_STARTED, failure, recorded: [await record(options, box.name, identity, payload)] }
}

function noTerminal(box: string): Failure {
  return { kind: 'no-shell', message: `${box} has no terminal: nothing runs there.`, tryNext: 'Name the box itself.' }
}
