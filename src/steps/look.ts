import { randomHex } from '../base/random.ts'
import { version } from '../base/version.ts'
import type { Box, Failure, FailureKind, RunResult } from '../boxes/box.ts'
import { boxCpuMs, expandedAnswer, readFrames } from '../evidence/answer.ts'
import { collectorScript, COLLECTION_LIMIT_SECONDS, type Compression } from '../evidence/collector.ts'
import { probesOf, readEvidence, type Evidence } from '../evidence/evidence.ts'
import type { Probe } from '../evidence/probe.ts'
import { lookFromOutside, type OutsideView } from '../boxes/outside.ts'
import {
  readRecording,
  recordingBytes,
  resultOfRecording,
  type Recording,
  type RecordingHeader,
} from '../boxes/recorded.ts'
import type { Identity } from '../evidence/probes/identity.ts'
import type { Reading } from '../evidence/reading.ts'
import type { Price } from '../boxes/price.ts'
import * as checks from '../findings/checks/index.ts'
import { conclude, type Conclusion } from '../findings/conclude.ts'
import type { Finding, State } from '../findings/finding.ts'
import { throughSudo } from '../findings/next.ts'
import { markBeyondPolicy } from '../findings/policy.ts'
import type { PayloadOf } from '../incidents/payloads.ts'
import type { Recorded, Recorder } from '../incidents/recorder.ts'
import { keepingBoundary, redactedAbout, type Redact } from '../incidents/redaction/index.ts'
import { rehearsal } from './rehearsal.ts'

export interface LookOptions {
  /** No other box is looked at meanwhile, whose answer would come while this process reads half of this one. */
  readonly isOnly?: boolean
  readonly deep: boolean
  /** Seconds between the two samples. */
  readonly windowSeconds: number
  readonly compression: Compression
  /** What is asked before and after the probes of a look, in the same round trip; its answers are in `answer`. */
  readonly also?: { readonly before: readonly Probe<unknown>[]; readonly after: readonly Probe<unknown>[] }
  /** The collection ends by itself after this long. Whole seconds. */
  readonly limitSeconds?: number
  /** Takes the secrets out of the answer before anything is read from it. */
  readonly redact: Redact
  /** What it is written into. */
  readonly recorder?: Recorder | undefined
  /** The policy of the box: next steps that cost more are marked. */
  readonly highestPrice?: Price | undefined
  /** All of it, the way into the box too, ends by then; default: what a starved box needs. Milliseconds. */
  readonly limitMs?: number | undefined
  /** Aborting it gives what is known so far. */
  readonly signal?: AbortSignal
  /** Told when the box is entered, and when it could not be and is looked at from outside. */
  readonly onStage?: (stage: LookStage) => void
}

/** Where a look is: on its way into the box, waiting for its samples, or knocking from outside. */
export type LookStage = 'reaching' | 'answering' | 'outside'

/** What one look at one box came to. A box that could not be entered has a failure in place of identity and findings. */
export interface BoxLook {
  readonly box: string
  readonly state: State
  readonly startedAtMs: number
  readonly tookMs: number
  readonly windowMs: number | undefined
  readonly bytesReceived: number
  /** CPU that the collection used on the box, children included; undefined when the box did not say. */
  readonly boxCpuMs: number | undefined
  readonly identity: Identity | undefined
  readonly clockSkewMs: number | undefined
  readonly conclusion: Conclusion
  /** Probes that could not be read, with why and what would help. */
  readonly blind: readonly BlindProbe[]
  /** Set when the box could not be entered, or when its answer was cut off (then what came before is used). */
  readonly failure: Failure | undefined
  /** What was seen of the box without a login, when it could not be entered. */
  readonly outside: readonly OutsideView[]
  /** What a person should know though it worked: a new host key that the configuration accepts by itself. */
  readonly warnings: readonly string[]
  readonly evidence: Evidence
  /** The raw answer, for a recording. */
  readonly answer: Answer
  readonly recorded: Recorded
}

/** What of a look stands on a screen; one of which only the entry is left has it too. */
export type ShownLook = Pick<
  BoxLook,
  | 'box'
  | 'state'
  | 'startedAtMs'
  | 'tookMs'
  | 'identity'
  | 'conclusion'
  | 'blind'
  | 'failure'
  | 'outside'
  | 'warnings'
  | 'evidence'
>

export interface BlindProbe {
  readonly probe: string
  readonly why: string
  readonly hint: string
}

export interface Answer {
  readonly boundary: string
  readonly asked: readonly string[]
  readonly result: RunResult
  /** What the box said, uncompressed and without secrets. */
  readonly told: Uint8Array
}

/** A box that is starved still answers within this, beside the window. Milliseconds. */
const ANSWER_LIMIT_MS = (COLLECTION_LIMIT_SECONDS + 10) * 1000
/** Far above any real answer (5,000 processes: under 1 MB compressed). Bytes. */
const ANSWER_BYTES = 64 * 1024 * 1024

/** sshd let us in, or nothing was tried: knocking from outside would tell nothing more. */
const SEEN_ALREADY: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'sudo-password-needed',
  'sudo-password-wrong',
  'sudo-refused',
  'sudo-missing',
  'no-shell',
  'login-disabled',
  'forced-command',
  'cancelled',
  'bad-ssh-configuration',
  'bad-name',
  'client-missing',
])

/** One round trip: identity first, then all probes, two samples a window apart; concludes from what came back, and records it. */
export async function lookAt(box: Box, options: LookOptions): Promise<BoxLook> {
  const look = await lookedAt(box, options)
  const { recorder } = options
  if (!recorder?.incident) return look
  const entered = look.answer.result.beganAtMs !== undefined
  const recorded = await recorder.record(
    (evidence) => ({ did: 'looked', box: look.box, identity: look.identity, payload: lookPayload(look, evidence) }),
    entered ? [recordingBytes(recordingOf(look, options))] : [],
    { ids: idsOf(look) },
  )
  return { ...look, recorded }
}

/** What the record keeps of a look; each finding points at the raw answer that it rests on. */
export function lookPayload(look: BoxLook, evidence: readonly string[]): PayloadOf<'looked'> {
  const { conclusion, failure, state, tookMs, windowMs, blind, outside, warnings } = look
  const findings = conclusion.findings.map((finding) => ({ ...finding, evidence }))
  const seen = {
    ...(outside.length > 0 ? { outside } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  }
  return { state, findings, cleared: conclusion.cleared, blind, failure, ...seen, tookMs, windowMs, evidence }
}

async function lookedAt(box: Box, options: LookOptions): Promise<BoxLook> {
  const [identity, ...probes] = probesOf(options.deep ? 'deep' : 'fast')
  const { before = [], after = [] } = options.also ?? {}
  const asked = [...(identity ? [identity] : []), ...before, ...probes, ...after]
  const boundary = randomHex(16)
  const { windowSeconds, limitSeconds } = options
  const limits = limitSeconds === undefined ? {} : { limitSeconds }
  const ids = asked.map(({ id }) => id)
  const rehearsed = rehearsal((stdout) => {
    concludeLook(box.name, { boundary, asked: ids, result: soFar(box.name, stdout) }, { redact: options.redact })
  })
  const ask = (compression: Compression): Promise<RunResult> =>
    box.run(collectorScript(asked, { boundary, windowSeconds, compression, ...limits }), {
      what: 'look',
      timeoutMs: options.limitMs ?? options.windowSeconds * 1000 + ANSWER_LIMIT_MS,
      maxBytes: ANSWER_BYTES,
      onOutput: (chunk) => {
        options.onStage?.('answering')
        if (options.isOnly) rehearsed.hear(chunk)
      },
      ...(options.signal ? { signal: options.signal } : {}),
    })
  const first = await ask(options.compression).finally(() => rehearsed.over())
  const broken = options.compression !== 'none' && box.kind !== 'recorded' && isUnreadable(first, boundary)
  const result = broken ? await ask('none') : first
  const warnings = [...(box.warnings?.() ?? []), ...(broken ? [COMPRESSOR_BROKEN(box.name)] : [])]
  const recording = box.kind === 'recorded' ? readRecording(box.name.slice('recorded:'.length)) : undefined
  if (recording && !('kind' in recording)) {
    const { redact, highestPrice } = options
    const more = { redact, highestPrice, warnings: [...warnings, recordedWords(recording.header)] }
    return concludeRecorded(box.name, recording, result, more)
  }
  const notEntered =
    box.kind === 'ssh' && result.failure && result.beganAtMs === undefined && !SEEN_ALREADY.has(result.failure.kind)
  if (notEntered) options.onStage?.('outside')
  const outside = notEntered ? await lookFromOutside(box.name) : []
  return concludeLook(
    box.name,
    { boundary, asked: ids, result },
    { redact: options.redact, warnings, outside, highestPrice: options.highestPrice, sudo: box.sudo },
  )
}

/** An answer of which that much has come. */
function soFar(box: string, stdout: Uint8Array): RunResult {
  const now = Date.now()
  const nothing = { exitCode: undefined, timedOut: false, cancelled: false, overflowed: false, failure: undefined }
  const times = { startedAtMs: now, beganAtMs: now, durationMs: 0 }
  return { box, what: 'look', ok: false, truncated: true, stderr: '', ...nothing, ...times, stdout }
}

/** The look that a recording was made of, as it stood on the screen then. */
export function lookOfRecording(recording: Recording, redact: Redact): BoxLook {
  const { box, warnings } = recording.header
  return concludeRecorded(box, recording, resultOfRecording(box, { what: 'look' }, recording), { redact, warnings })
}

function concludeRecorded(
  box: string,
  { header }: Recording,
  result: RunResult,
  more: Pick<Parameters<typeof concludeLook>[2], 'redact' | 'highestPrice' | 'warnings'>,
): BoxLook {
  return concludeLook(
    box,
    { boundary: header.boundary, asked: header.asked, result },
    { ...more, recordedOf: header.box },
  )
}

/** Whoever takes over has to know that time has passed, and where the suggested commands belong. */
function recordedWords({ box, identity, startedAtMs }: RecordingHeader): string {
  const hostname = identity?.['hostname']
  const host = hostname && hostname !== box ? ` (${hostname})` : ''
  return `a recording of ${box}${host}, made ${new Date(startedAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC: processes may be gone since, and the commands below are for that box`
}

const COMPRESSOR_BROKEN = (box: string): string =>
  `${box}: the zstd or gzip there does not work, so the answer came uncompressed. Does \`echo x | zstd -c | zstd -d\` work?`

/** The box ran it, to its end or to the limit, and not one probe could be read of it: what packs the answer is broken or hangs. */
function isUnreadable({ ok, timedOut, beganAtMs, stdout }: RunResult, boundary: string): boolean {
  return (ok || timedOut) && beganAtMs !== undefined && readFrames(stdout, boundary).length === 0
}

/** What `--save` keeps of a look: enough to conclude the same again. */
export function recordingOf(look: BoxLook, options: Pick<LookOptions, 'deep' | 'windowSeconds'>): Recording {
  const { boundary, asked, result } = look.answer
  const { identity } = look
  return {
    header: {
      schema: 'halligan.recording/1',
      box: look.box,
      ...(identity
        ? { identity: { hostname: identity.hostname, machineId: identity.machineId, bootId: identity.bootId } }
        : {}),
      boundary,
      startedAtMs: result.startedAtMs,
      beganAtMs: result.beganAtMs ?? result.startedAtMs,
      durationMs: result.durationMs,
      deep: options.deep,
      windowSeconds: options.windowSeconds,
      asked: [...asked],
      version,
      truncated: result.truncated,
      warnings: [...look.warnings],
    },
    answer: look.answer.told,
  }
}

/** proc_sys_kernel(5). */
const BOOT_ID = /^[0-9a-f-]{36}$/

/** What stays in the record of a look whatever patterns fit it. */
export function idsOf({ answer, identity }: BoxLook): readonly (string | undefined)[] {
  return [answer.boundary, identity?.machineId, identity?.bootId]
}

/** The same conclusions from an answer that was given earlier: live and replayed are one path (rule 7). */
function concludeLook(
  box: string,
  asking: Omit<Answer, 'told'>,
  more: {
    readonly redact: Redact
    readonly warnings?: readonly string[] | undefined
    readonly outside?: readonly OutsideView[]
    readonly highestPrice?: Price | undefined
    readonly sudo?: boolean | undefined
    /** Of a recording: the box that it was made of, where the suggested commands belong. */
    readonly recordedOf?: string
  },
): BoxLook {
  const { result, boundary } = asking
  const asked = probesOf('deep').filter(({ id }) => asking.asked.includes(id))
  const answered = expandedAnswer(result.stdout, boundary)
  // Secrets are taken out of the answer itself, so that no view, no command and no message has them. It is kept uncompressed for that.
  const told = Buffer.from(keepingBoundary(boundary, more.redact)(answered))
  const times = { beganAtMs: result.beganAtMs ?? result.startedAtMs }
  const evidence = readEvidence(told, boundary, asked, times)
  const entered = result.beganAtMs !== undefined
  const shown = valueOf(evidence.identity)
  // Which machine it is stays, whatever pattern of halligan.yaml fits its id: another one would be another machine.
  const isHidden = shown !== undefined && (shown.machineId === '' || !BOOT_ID.test(shown.bootId))
  const meant = isHidden
    ? valueOf(
        readEvidence(
          Buffer.from(answered),
          boundary,
          asked.filter(({ id }) => id === 'identity'),
          times,
        ).identity,
      )
    : shown
  const identity = shown && meant ? { ...shown, machineId: meant.machineId, bootId: meant.bootId } : shown
  const concluded = conclude(Object.values(checks), evidence, { box: more.recordedOf ?? box })
  const findings = markBeyondPolicy(
    more.sudo ? concluded.findings.map(followedAsRoot) : concluded.findings,
    more.highestPrice,
  )
  const conclusion = { ...concluded, findings }
  return {
    box,
    state: entered ? conclusion.state : 'unknown',
    startedAtMs: result.startedAtMs,
    tookMs: result.durationMs,
    windowMs: windowMs(evidence),
    bytesReceived: result.stdout.length,
    boxCpuMs: boxCpuMs(result.stdout, boundary),
    identity,
    clockSkewMs: valueOf(evidence.clock)?.skewMs,
    conclusion: entered ? conclusion : { state: 'unknown', findings: [], cleared: [], unknown: [] },
    blind: entered ? blindProbes(evidence, asking) : [],
    failure: result.failure && { ...result.failure, message: redactedAbout(box, result.failure.message, more.redact) },
    outside: more.outside ?? [],
    warnings: more.warnings ?? [],
    evidence,
    answer: { ...asking, told },
    recorded: { how: 'no-incident' },
  }
}

function followedAsRoot(finding: Finding): Finding {
  return { ...finding, next: finding.next.map(throughSudo) }
}

function windowMs(evidence: Evidence): number | undefined {
  const seconds = valueOf(evidence['process-stat'])?.windowSeconds ?? valueOf(evidence.disks)?.windowSeconds
  return seconds === undefined ? undefined : Math.round(seconds * 1000)
}

function blindProbes(evidence: Evidence, { asked, result }: Omit<Answer, 'told'>): readonly BlindProbe[] {
  // What a cut-off answer leaves unreadable is no mistake of a parser.
  const garbledHint = result.truncated ? 'try again' : 'please report it with a recording (look --save)'
  return Object.entries(evidence).flatMap(([probe, reading]: [string, Reading<unknown>]): BlindProbe[] => {
    if (reading.kind === 'seen' || !asked.includes(probe)) return []
    return [
      {
        probe,
        why: reading.why,
        hint: reading.kind === 'blind' ? reading.hint : garbledHint,
      },
    ]
  })
}

function valueOf<T>(reading: Reading<T>): T | undefined {
  return reading.kind === 'seen' ? reading.value : undefined
}
