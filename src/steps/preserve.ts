import type { Box } from '../boxes/box.ts'
import type { Price } from '../boxes/price.ts'
import { recordingBytes } from '../boxes/recorded.ts'
import { expandedAnswer } from '../evidence/answer.ts'
import { collectorScript } from '../evidence/collector.ts'
import { boxItems, keptOf, probesOfItems, processItems, type Kept, type KeepItem } from '../evidence/preservation.ts'
import type { Recorded, Recorder } from '../incidents/recorder.ts'
import { keepingBoundary, type Redact } from '../incidents/redaction/index.ts'
import { idsOf, lookAt, lookPayload, recordingOf, type BoxLook } from './look.ts'

export interface PreserveOptions {
  /** Whose state is kept; undefined: of the processes that the look finds burning. */
  readonly pid: number | undefined
  readonly recorder: Recorder
  readonly redact: Redact
  readonly highestPrice?: Price | undefined
  readonly signal: AbortSignal
}

export interface Preserved {
  readonly look: BoxLook
  /** Processes whose state was asked for. */
  readonly pids: readonly number[]
  readonly kept: readonly Kept[]
  readonly recorded: Recorded
}

const LOOK = { deep: true, windowSeconds: 1, compression: 'auto' } as const
/** Somebody waits to restart it: what has not come by then is said to be missing. Seconds, for each of at most two round trips. */
const LIMIT_SECONDS = 3
/** What burns most; each process costs the box some milliseconds. */
const PROCESSES = 3
const ANSWER_LIMIT_MS = 15_000
const ANSWER_BYTES = 64 * 1024 * 1024

/**
 * Everything about a box, and a process on it, that costs nothing to read and is gone after a restart: a whole look and the raw state, each thing
 * with its reason where it could not be seen. One round trip; a second one where the look has first to say which processes burn.
 */
export async function preserve(box: Box, options: PreserveOptions): Promise<Preserved> {
  const { pid, recorder, signal, highestPrice, redact } = options
  const asked = [...(pid === undefined ? [] : processItems(pid)), ...boxItems]
  const also = probesOfItems(asked)
  const first = await lookAt(box, { ...LOOK, redact, also, limitSeconds: LIMIT_SECONDS, signal, highestPrice })
  const pids = pid === undefined && !signal.aborted ? burningProcesses(first) : [pid ?? 0]
  const more = pid === undefined ? pids.flatMap(processItems) : []
  const look = more.length > 0 ? await withMore(box, first, more, options) : first
  const kept = keptOf(look.answer.result.stdout, look.answer.boundary, [...more, ...asked])
  const recorded = await record(look, kept, pids[0], recorder)
  return { look, pids, kept, recorded }
}

/** Those that are still there: the kernel's log also names processes that it has killed. */
function burningProcesses({ conclusion, evidence }: BoxLook): readonly number[] {
  const stats = evidence['process-stat']
  const isThere = (pid: number): boolean => stats.kind !== 'seen' || stats.value.byPid.has(pid)
  const pids = conclusion.findings.flatMap(({ subject }) => (subject.pid === undefined ? [] : [subject.pid]))
  return [...new Set(pids)].filter(isThere).slice(0, PROCESSES)
}

/** The look with a second answer in it, framed by the same boundary, so that a recording has both. */
async function withMore(
  box: Box,
  look: BoxLook,
  items: readonly KeepItem[],
  { signal, redact }: PreserveOptions,
): Promise<BoxLook> {
  const { answer, startedAtMs } = look
  const { boundary, result } = answer
  const limits = { windowSeconds: 0, compression: 'auto', limitSeconds: LIMIT_SECONDS } as const
  const { stdout } = await box.run(collectorScript(probesOfItems(items), { boundary, ...limits }), {
    what: 'keep what the processes take with them',
    timeoutMs: ANSWER_LIMIT_MS,
    maxBytes: ANSWER_BYTES,
    signal,
  })
  const second = Buffer.from(stdout)
  const times = second.lastIndexOf(`\n${boundary} times `)
  // Before the first one, at whose end the processor times of the look stand.
  const both = Buffer.concat([times < 0 ? second : second.subarray(0, times), result.stdout])
  const asked = [...answer.asked, ...items.map(({ id }) => id)]
  const told = Buffer.from(keepingBoundary(boundary, redact)(expandedAnswer(both, boundary)))
  const answered = { boundary, asked, told, result: { ...result, stdout: both } }
  return { ...look, tookMs: Date.now() - startedAtMs, answer: answered }
}

function record(look: BoxLook, kept: readonly Kept[], pid: number | undefined, recorder: Recorder): Promise<Recorded> {
  const entered = look.answer.result.beganAtMs !== undefined
  const texts = entered ? kept.filter(({ text }) => text !== undefined && text !== '') : []
  const bytes = texts.map(({ text = '' }) => Buffer.from(text))
  return recorder.record(
    ([ofLook, ...others]) => {
      const evidenceOf = new Map(texts.map((each, at) => [each, others[at]]))
      const things = kept.map((each) => ({ what: each.what, evidence: evidenceOf.get(each), blind: each.blind }))
      const payload = { ...lookPayload(look, ofLook ? [ofLook] : []), pid, kept: entered ? things : [] }
      return { did: 'preserved', box: look.box, identity: look.identity, payload }
    },
    entered ? [recordingBytes(recordingOf(look, LOOK)), ...bytes] : [],
    { ids: idsOf(look) },
  )
}
