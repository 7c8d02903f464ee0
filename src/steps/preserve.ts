import type { Box } from '../boxes/box.ts'
import type { Price } from '../boxes/price.ts'
import { recordingBytes } from '../boxes/recorded.ts'
import { expandedAnswer } from '../evidence/answer.ts'
import { collectorScript } from '../evidence/collector.ts'
import {
  boxItems,
  byHaste,
  keptOf,
  probesOfItems,
  processItems,
  type Kept,
  type KeepItem,
} from '../evidence/preservation.ts'
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
/** Somebody waits to restart it: what has not come by then is said to be missing. From the moment at which the connection stands. Milliseconds. */
const WITHIN_MS = 5_000
/** The box counts whole seconds, and needs some time to end what hangs and to send what it has. Milliseconds. */
const MARGIN_MS = 600
/** What cannot hang comes within this, and is asked first. Milliseconds. */
const LEAST_MS = 500
/** Of a single round trip; with a second one, which what burns needs, the first leaves it what it takes. Seconds. */
const ONE_TRIP_SECONDS = 4
const FIRST_TRIP_SECONDS = 3
const NO_TIME = 'the time was up before it could be asked for'
/** What burns most; each process costs the box some milliseconds. */
const PROCESSES = 3
const ANSWER_BYTES = 64 * 1024 * 1024

/**
 * Everything about a box, and a process on it, that costs nothing to read and is gone after a restart: a whole look and the raw state, each thing
 * with its reason where it could not be seen. One round trip; a second one where the look has first to say which processes burn.
 */
export async function preserve(box: Box, options: PreserveOptions): Promise<Preserved> {
  const { pid, recorder, signal, highestPrice, redact } = options
  const asked = [...(pid === undefined ? [] : processItems(pid)), ...boxItems]
  const { quick, slow } = byHaste(asked)
  const also = { before: probesOfItems(quick), after: probesOfItems(slow) }
  const limitSeconds = pid === undefined ? FIRST_TRIP_SECONDS : ONE_TRIP_SECONDS
  const first = await lookAt(box, { ...LOOK, redact, also, limitSeconds, signal, highestPrice })
  const pids = pid !== undefined ? [pid] : signal.aborted ? [] : burningProcesses(first)
  const more = pid === undefined ? pids.flatMap(processItems) : []
  const second = more.length > 0 ? await withMore(box, first, more, options) : undefined
  const look = second ?? first
  const answered = second ? [...more, ...asked] : asked
  const kept = [
    ...(second ? [] : more.map(({ what }) => ({ what, text: undefined, blind: NO_TIME }))),
    ...keptOf(look.answer.result.stdout, look.answer.boundary, answered),
  ]
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

/** How long the box may still take for a second round trip; 0: there is no time for one. Whole seconds. */
export function secondsLeft(connectedAtMs: number, nowMs: number): number {
  const leftMs = connectedAtMs + WITHIN_MS - nowMs
  if (leftMs < LEAST_MS) return 0
  return Math.max(1, Math.min(FIRST_TRIP_SECONDS, Math.floor((leftMs - MARGIN_MS) / 1000)))
}

/** The look with a second answer in it, framed by the same boundary, so that a recording has both; undefined when there was no time for one. */
async function withMore(
  box: Box,
  look: BoxLook,
  items: readonly KeepItem[],
  { signal, redact }: PreserveOptions,
): Promise<BoxLook | undefined> {
  const { answer, startedAtMs } = look
  const { boundary, result } = answer
  const connectedAtMs = result.beganAtMs ?? startedAtMs
  const limitSeconds = secondsLeft(connectedAtMs, Date.now())
  if (limitSeconds === 0) return undefined
  const { quick, slow } = byHaste(items)
  // Where this console may have to cut it off, what came by then has to be readable: a compressor gives all at its end.
  const compression = limitSeconds > 1 ? 'auto' : 'none'
  const limits = { windowSeconds: 0, compression, limitSeconds } as const
  const { stdout, ok } = await box.run(collectorScript(probesOfItems([...quick, ...slow]), { boundary, ...limits }), {
    what: 'keep what the processes take with them',
    timeoutMs: Math.max(1, connectedAtMs + WITHIN_MS - Date.now()),
    maxBytes: ANSWER_BYTES,
    signal,
  })
  // A block that was cut off ends here, and does not take in the first answer.
  const second = Buffer.concat([stdout, Buffer.from(ok ? '' : `\n${boundary} ]\n`)])
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
