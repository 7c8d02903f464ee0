import type { Box, Failure, RunResult } from '../../boxes/box.ts'
import { ANOTHER_BOOT, finishingScript, NOT_FINISHED } from '../../boxes/finishing-script.ts'
import { answerIn, MOVED, type Act, type Before, type Verdict } from '../../evidence/reliefs/relief.ts'
import { quoted, settleRelief } from '../../findings/next.ts'
import type { BoxIdentity } from '../../incidents/entry.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import type { Recorded, Recorder } from '../../incidents/recorder.ts'
import type { Redact } from '../../incidents/redaction/index.ts'

/** An act that is about to be done, on the machine that was proved. */
export interface Deed {
  readonly act: Act
  readonly target: readonly string[]
  readonly before: Before
  readonly identity: BoxIdentity
  /** What is written down before it begins; its end has the same words. */
  readonly intent: PayloadOf<'relieved'>
  readonly recorder: Recorder
  readonly redact: Redact
  readonly signal: AbortSignal
  readonly onStage: (stage: DeedStage) => void
}

export type DeedStage = 'acting' | 'checking'

export interface Done {
  /** `lost`: how it ended was not seen; what had begun finishes by itself on the box. */
  readonly state: 'ended' | 'lost' | 'not-started'
  readonly worked: boolean
  /** What shows it. */
  readonly says: readonly string[]
  readonly failure: Failure | undefined
  readonly recorded: readonly Recorded[]
  /** The entry that was written before. */
  readonly seq: number | undefined
}

/** What acts has its own limits, of which that of a job of systemd is the longest; the check waits for such a job too. Milliseconds. */
const ACT_MS = 300_000
const CHECK_MS = 300_000
/** So long one that was begun may still be going on, and its console still be waiting for it. Milliseconds. */
export const LONGEST_MS = ACT_MS + CHECK_MS
/** Far above what any of them prints. Bytes. */
const ANSWER_BYTES = 256 * 1024

/** What came of one that was not done. */
export const NOTHING = {
  state: 'not-started',
  worked: false,
  says: [],
  failure: undefined,
  recorded: [],
  seq: undefined,
} as const

/** Written down, done, looked at, written down. Where it cannot be written down first it is not done. Never rejects. */
export async function perform(box: Box, deed: Deed): Promise<Done> {
  const { act, target, before, identity, intent, signal, onStage } = deed
  const begun = await write(box, deed, { ...intent, state: 'running' })
  if (begun.how === 'failed') return { ...NOTHING, failure: unrecorded(box.name, begun.problem), recorded: [begun] }
  const seq = begun.how === 'recorded' ? begun.entry.seq : undefined
  const startedAtMs = Date.now()
  onStage('acting')
  const { machineId, bootId } = identity
  const result = await box.run(
    finishingScript(act.script(target, before), { machineId: machineId || undefined, bootId: bootId || undefined }),
    {
      what: 'relieve it',
      timeoutMs: ACT_MS,
      maxBytes: ANSWER_BYTES,
      signal,
    },
  )
  const outcome = await outcomeOf(box, result, deed, seq)
  const { state, worked, says, failure } = outcome
  const ended = await write(box, deed, {
    ...intent,
    undo: undefined,
    before: undefined,
    preserved: undefined,
    state,
    of: seq,
    why: failure?.message,
    worked: state === 'ended' ? worked : undefined,
    says: [...says],
    tookMs: Date.now() - startedAtMs,
  })
  const undone = seq !== undefined && state === 'ended' && worked ? await recordUndone(box, deed, intent, says[0]) : []
  return { ...outcome, seq, recorded: [begun, ended, ...undone] }
}

/** That another entry is taken back, where that is what was done; nothing else is. */
export async function recordUndone(
  box: Box,
  { recorder, identity }: Pick<Deed, 'recorder' | 'identity'>,
  { undoes }: PayloadOf<'relieved'>,
  why: string | undefined,
): Promise<readonly Recorded[]> {
  if (undoes === undefined) return []
  return [await recorder.record(() => ({ did: 'undone', box: box.name, identity, payload: { of: undoes, why } }))]
}

function write(box: Box, { recorder, identity }: Deed, payload: PayloadOf<'relieved'>): Promise<Recorded> {
  return recorder.record(() => ({ did: 'relieved', box: box.name, identity, payload }))
}

type Outcome = Omit<Done, 'recorded' | 'seq'>

async function outcomeOf(box: Box, result: RunResult, deed: Deed, seq: number | undefined): Promise<Outcome> {
  const { exitCode } = result
  const isLost = (failure: Failure | undefined): Outcome => ({
    ...NOTHING,
    state: 'lost',
    failure: lost(box, failure, seq),
  })
  if (exitCode === undefined) return isLost(result.failure)
  const said = deed
    .redact(Buffer.from(result.stdout).toString('utf8').trim())
    .split('\n')
    .slice(-5)
    .filter((line) => line !== '')
  if (exitCode === ANOTHER_BOOT)
    return refusal('wrong-box', `${box.name} is another machine than a moment ago, or it was booted anew.`, box.name)
  if (exitCode === NOT_FINISHED) return isLost(undefined)
  if (exitCode === MOVED)
    return refusal(
      'unknown',
      `${box.name}: ${said.join(' ') || 'it is not what the plan saw any more'}.`,
      box.name,
      // What is taken back has no plan: it has to be as the relief left it.
      deed.intent.undoes === undefined ? ' The same command again makes a new plan.' : '',
    )
  deed.onStage('checking')
  const verdict = await checked(box, deed)
  if ('kind' in verdict) return isLost(verdict)
  const failed = exitCode === 0 ? [] : [`it ended with ${exitCode}${said.length > 0 ? `: ${said.join(' ')}` : ''}`]
  const says = [...failed, ...verdict.says]
  if (verdict.unseen) return { ...NOTHING, state: 'lost', says, failure: notShown(box, seq) }
  return { state: 'ended', worked: verdict.worked && exitCode === 0, says, failure: undefined }
}

function refusal(kind: Failure['kind'], why: string, box: string, again = ''): Outcome {
  return {
    ...NOTHING,
    failure: { kind, message: `${why} Nothing was done.${again}`, tryNext: `halligan look ${quoted(box)}` },
  }
}

/** Whether it worked, as the box shows it now; or why nobody could see. */
export async function checked(
  box: Box,
  { act, target, before, redact, signal }: Pick<Deed, 'act' | 'target' | 'before' | 'redact' | 'signal'>,
): Promise<Verdict | Failure> {
  const result = await box.run(act.check(target, before), {
    what: 'see whether it worked',
    timeoutMs: CHECK_MS,
    maxBytes: ANSWER_BYTES,
    signal,
  })
  if (result.failure) return result.failure
  const verdict = act.judge(answerIn(Buffer.from(result.stdout).toString('utf8')), target, before)
  return { ...verdict, says: verdict.says.map(redact) }
}

function lost(box: Box, failure: Failure | undefined, seq: number | undefined): Failure {
  const { name } = box
  return {
    kind: failure?.kind ?? 'unknown',
    message: `${failure?.message ?? `${name} did not say how it ended.`} What had begun on ${name} finishes there by itself; how it ended was not seen.${unwritten(seq)}`,
    tryNext: howToSee(box, seq),
  }
}

function notShown(box: Box, seq: number | undefined): Failure {
  return {
    kind: 'unknown',
    message: `It was done on ${box.name}, which does not show how it ended, or not yet.${unwritten(seq)}`,
    tryNext: howToSee(box, seq),
  }
}

function unwritten(seq: number | undefined): string {
  return seq === undefined ? ' No incident is open, so nothing was written down: check and undo do not know of it.' : ''
}

function howToSee({ name, sudo = false }: Box, seq: number | undefined): string {
  return seq === undefined
    ? `halligan look ${quoted(name)}`
    : `${settleRelief(name, sudo, 'check', seq)} shows how it ended.`
}

function unrecorded(
  box: string,
  { message, tryNext }: { readonly message: string; readonly tryNext: string },
): Failure {
  return { kind: 'unknown', message: `Nothing was done on ${box}: it could not be recorded (${message}).`, tryNext }
}
