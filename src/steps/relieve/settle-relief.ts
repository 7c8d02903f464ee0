import type { Box, Failure } from '../../boxes/box.ts'
import { settleRelief } from '../../findings/next.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import type { Accepted } from '../inspect/inspect.ts'
import { answerIn, type Before } from '../../evidence/reliefs/relief.ts'
import { meantMachine, type MeantOptions } from '../machine.ts'
import { checked, LONGEST_MS, NOTHING, perform, recordUndone, type DeedStage, type Done } from './perform.ts'
import type { RecordedRelief } from './recorded-relief.ts'

export interface SettleReliefOptions extends MeantOptions {
  readonly recorded: RecordedRelief
  readonly redact: Redact
  readonly signal: AbortSignal
  readonly onStage: (stage: DeedStage) => void
}

export interface UndoReliefOptions extends SettleReliefOptions {
  /** @param another the sentence that says that another machine answers, which is meant all the same */
  readonly accepts: (does: string, another: string | undefined) => Promise<Accepted>
}

/** Takes a relief back, and looks whether it is. It proves on the box that all is as the relief left it, and does nothing else. Never rejects. */
export async function undoRelief(box: Box, options: UndoReliefOptions): Promise<Done> {
  const { seq, relief, target } = options.recorded
  const { undo } = relief
  if (!undo)
    return {
      ...NOTHING,
      failure: failed(
        `Nothing takes back #${seq}: ${relief.does(target)}. It is over when you say so.`,
        `halligan undone ${seq} "how it ended"`,
      ),
    }
  const machine = await meantMachine(box, options, options.signal)
  if (machine.failure) return { ...NOTHING, failure: machine.failure, recorded: machine.recorded }
  const does = undo.does(target, options.recorded.before)
  const accepted = await options.accepts(does, machine.another)
  if (!accepted.accepted)
    return {
      ...NOTHING,
      failure: failed(
        `Nothing was taken back on ${box.name}: ${accepted.why}.`,
        `${settleRelief(box.name, box.sudo ?? false, 'undo', seq)} ${accepted.hint}`,
      ),
      recorded: machine.recorded,
    }
  const now = await stateNow(box, options)
  if (now.failure) return { ...NOTHING, failure: now.failure, recorded: machine.recorded }
  const before = { ...options.recorded.before, ...now.before }
  const intent: PayloadOf<'relieved'> = {
    what: `take back #${seq}: ${does}`,
    price: relief.price,
    relief: relief.id,
    target: [...target],
    before: Object.entries(before).map(([name, value]) => ({ name, value })),
    undoes: seq,
    sudo: box.sudo || undefined,
  }
  const done = await perform(box, { ...options, act: undo, target, before, identity: machine.identity, intent })
  return { ...done, recorded: [...machine.recorded, ...done.recorded] }
}

/** Looks how a relief ended whose end nobody saw, and writes that down. It reads only. Never rejects. */
export async function checkRelief(box: Box, options: SettleReliefOptions): Promise<Done> {
  const { recorded, recorder, redact, signal, onStage } = options
  const { seq, relief, target, before, payload } = recorded
  const act = payload.undoes === undefined ? relief.act : relief.undo
  if (!act)
    return {
      ...NOTHING,
      failure: failed(
        `#${seq} cannot be looked at. Say what you saw yourself.`,
        `halligan undone ${seq} "how it ended"`,
      ),
    }
  const machine = await meantMachine(box, options, signal)
  if (machine.failure) return { ...NOTHING, failure: machine.failure, recorded: machine.recorded }
  onStage('checking')
  const verdict = await checked(box, { act, target, before, redact, signal })
  if ('kind' in verdict) return { ...NOTHING, state: 'lost', failure: verdict, recorded: machine.recorded }
  const { worked, says } = verdict
  const { identity } = machine
  const open = (failure: Failure): Done => ({ ...NOTHING, state: 'lost', says, failure, recorded: machine.recorded })
  if (verdict.unseen) return open(notShown(box, recorded, says))
  // Nothing that is still being done may be written down as a failure: the first end that the record has counts.
  const sureAtMs = Date.parse(recorded.at) + LONGEST_MS
  if (!worked && !(Date.now() >= sureAtMs)) return open(tooEarly(box, recorded, says, sureAtMs))
  const { what, price } = payload
  const end: PayloadOf<'relieved'> = {
    what,
    price,
    relief: relief.id,
    undoes: payload.undoes,
    state: 'ended',
    of: seq,
    worked,
    says: [...says],
  }
  const ended = await recorder.record(() => ({ did: 'relieved', box: box.name, identity, payload: end }))
  const undone = worked ? await recordUndone(box, { recorder, identity }, payload, says[0]) : []
  return { state: 'ended', worked, says, failure: undefined, recorded: [...machine.recorded, ended, ...undone], seq }
}

/** What its undo reads right before; nothing where it needs nothing. */
async function stateNow(
  box: Box,
  { recorded, signal }: UndoReliefOptions,
): Promise<{ readonly before: Before; readonly failure: Failure | undefined }> {
  const { target, relief } = recorded
  const { nowScript, now } = relief.undo ?? {}
  if (!nowScript || !now) return { before: {}, failure: undefined }
  const result = await box.run(nowScript(target), {
    what: 'see what is there now',
    timeoutMs: NOW_MS,
    maxBytes: NOW_BYTES,
    signal,
  })
  if (result.failure) return { before: {}, failure: result.failure }
  return { before: now(answerIn(Buffer.from(result.stdout).toString('utf8'))), failure: undefined }
}

/** As that of a plan. Milliseconds. */
const NOW_MS = 60_000
const NOW_BYTES = 256 * 1024

function notShown(box: Box, { seq }: RecordedRelief, says: readonly string[]): Failure {
  return failed(
    `How #${seq} ended cannot be seen: ${says.join('; ')}. Look again in a while${box.sudo ? '' : ', as root'}; or if you have seen it yourself: halligan undone ${seq} "how it ended".`,
    settleRelief(box.name, true, 'check', seq),
  )
}

function tooEarly(
  { name, sudo = false }: Box,
  { seq }: RecordedRelief,
  says: readonly string[],
  sureAtMs: number,
): Failure {
  const minutes = LONGEST_MS / 60_000
  const after = Number.isFinite(sureAtMs) ? ` after ${new Date(sureAtMs).toISOString().slice(11, 16)} UTC` : ''
  return failed(
    `#${seq} has not worked so far: ${says.join('; ')}. It was begun less than ${minutes} minutes ago and may still be going on: its end stays open.`,
    `${settleRelief(name, sudo, 'check', seq)}${after}`,
  )
}

function failed(message: string, tryNext: string): Failure {
  return { kind: 'unknown', message, tryNext }
}
