import { randomHex } from '../../base/random.ts'
import type { Box, RunResult } from '../../boxes/box.ts'
import type { GivenBack } from '../../boxes/lend.ts'
import { readFound, type Found } from '../../evidence/inspect/candidates.ts'
import type { Inspector, Target } from '../../evidence/inspect/inspector.ts'
import type { CoreOrder } from '../../evidence/inspect/core/taken-core.ts'
import type { CrashRequest } from '../../evidence/inspect/crash.ts'
import type { SnapshotRequest } from '../../evidence/inspect/snapshot.ts'
import { readState } from '../../evidence/inspect/read-state.ts'
import { sectionsOf, textOf } from '../../evidence/inspect/sections.ts'
import { stateScript } from '../../evidence/inspect/state-script.ts'
import type { ProcessState } from '../../evidence/inspect/state.ts'
import type { Subject } from '../../evidence/inspect/subject.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import { crashSays } from '../../findings/inspect/crash-says.ts'
import { doingNow, type Headline } from '../../findings/inspect/doing-now.ts'
import { memoryHeadlines } from '../../findings/inspect/memory-growth.ts'
import { threadGroups } from '../../findings/inspect/thread-groups.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { identityIn } from '../machine.ts'
import { unseenParts } from './blind-parts.ts'
import type { Inspection } from './inspection.ts'
import { memoryOf, type MemoryRequest } from './memory-of.ts'
import { profileOf, type ProfileRequest } from './profile-of.ts'
import { recordInspection } from './record-inspection.ts'
import { redactedState } from './redacted-state.ts'
import { coreOf } from './core-of.ts'
import { crashOf } from './crash-of.ts'
import { snapshotOf } from './snapshot-of.ts'
import { stacksOf } from './stacks-of.ts'
import { toolsAskedFor, waysInto } from './ways.ts'

export interface InspectRequest {
  readonly subject: Subject
  /** As it was typed. */
  readonly asked: string
  /** Stacks were asked for: also where they have a price. Without it they are taken where they are free. */
  readonly stacks: boolean
  /** Where it spends its time is watched; its stacks are then taken only when they were asked for. */
  readonly profile?: ProfileRequest
  /** Its memory is watched; its stacks are then taken only when they were asked for. */
  readonly memory?: MemoryRequest
  /** Values of variables at a statement; as for the profile. */
  readonly at?: SnapshotRequest
  /** Its end is waited for. */
  readonly onCrash?: CrashRequest
  /** A core of it is taken. */
  readonly core?: CoreOrder
  /** Only by the inspector of this id. */
  readonly by: string | undefined
  /** Time on the box for each round trip. Milliseconds. */
  readonly timeoutMs: number
  readonly recorder: Recorder
  /** What the incident knows so far. */
  readonly entries: () => Promise<readonly AnyEntry[]>
  readonly redact: Redact
  readonly signal: AbortSignal
  /** Called once the box has said of which process it is: what follows looks into it, and may take its time. */
  readonly reached?: () => void
  /** Tools that were lent to the box for this: given back before what was seen is written down. */
  readonly lent?: LentTools
  /** Asked before anything that is not free: whether its price is paid, or why not. */
  readonly accepts: (inspector: Inspector<unknown>, target: Target) => Promise<Accepted>
}

export type Accepted =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly why: string; readonly hint: string }

/** What a process of thousands of threads and descriptors takes. Bytes. */
const ANSWER_BYTES = 32 * 1024 * 1024

/**
 * Finds a process, reads what /proc says of it in one round trip, and its stacks in a second one where that is free or its price was accepted.
 * Never rejects; what could not be seen is blind.
 */
export async function inspectProcess(box: Box, request: InspectRequest): Promise<Inspection> {
  const { subject, redact, signal, timeoutMs } = request
  const startedAtMs = Date.now()
  const boundary = randomHex(16)
  const result = await box.run(stateScript(subject, boundary, toolsAskedFor), {
    what: 'inspect a process',
    timeoutMs,
    maxBytes: ANSWER_BYTES,
    signal,
  })
  const { identity, found, state, isCut } = answerOf(result, boundary)
  const target = state && { process: state.process, runtime: state.runtime, box: state.box }
  if (target) request.reached?.()
  const seen = target && !isCut ? await seenIn(box, target, identity, request) : NOTHING_SEEN
  const clean = state && redactedState(state, redact)
  const inspection: Omit<Inspection, 'recorded'> = {
    box: box.name,
    subject,
    startedAtMs,
    tookMs: Date.now() - startedAtMs,
    identity,
    failure: result.failure,
    found: {
      ...found,
      candidates: found.candidates.map((each) => ({
        ...each,
        name: redact(each.name),
        commandLine: redact(each.commandLine),
      })),
    },
    state: clean,
    doing: clean ? [...saidBy(seen), ...doingNow(clean)] : [],
    groups: clean ? threadGroups(clean) : [],
    // Of a process that was only half read nothing can be said: who interrupted it would be told that it is a thread of the kernel.
    ways: target && !(isCut && result.cancelled) ? waysInto(target) : [],
    ...seen,
    blind: clean && !(isCut && result.cancelled) ? unseenParts(clean) : [],
    ...(request.lent ? { lent: await returned(request.lent) } : {}),
  }
  return { ...inspection, recorded: await recordInspection(inspection, request) }
}

/** Tools that are lent to a box, and how they are taken away again. */
export interface LentTools {
  readonly tools: readonly { readonly name: string; readonly bytes: number }[]
  readonly giveBack: () => Promise<GivenBack>
}

async function returned({ tools, giveBack }: LentTools): Promise<NonNullable<Inspection['lent']>> {
  return { tools, folder: (await giveBack()).folder }
}

type Seen = Pick<
  Inspection,
  | 'stacks'
  | 'noStacks'
  | 'profile'
  | 'noProfile'
  | 'snapshot'
  | 'noSnapshot'
  | 'memoryUse'
  | 'noMemory'
  | 'crash'
  | 'noCrash'
  | 'core'
  | 'noCore'
  | 'paid'
>

const NOTHING_SEEN: Seen = { stacks: undefined, noStacks: undefined, paid: [] }

/** Its stacks, and what was asked for besides: one after the other, so that none is seen in another. */
async function seenIn(
  box: Box,
  target: Target,
  identity: Identity | undefined,
  request: InspectRequest,
): Promise<Seen> {
  const stacked = await stacksOf(box, target, identity, request)
  const profiled = await profileOf(box, target, identity, request)
  const caught = await snapshotOf(box, target, identity, request)
  const remembered = await memoryOf(box, target, identity, request)
  const watched = await crashOf(box, target, identity, request)
  const dumped = await coreOf(box, target, identity, request)
  const paid = [stacked, profiled, caught, remembered, watched, dumped].flatMap((each) => each.paid)
  return { ...stacked, ...profiled, ...caught, ...remembered, ...watched, ...dumped, paid }
}

/** How it died, what its runtime says of its own locks (which /proc cannot tell), what grows: most telling first. */
function saidBy({ crash, stacks, memoryUse }: Seen): readonly Headline[] {
  const deadlocks = (stacks?.stacks.deadlocks ?? []).map((says): Headline => ({
    state: 'critical',
    says: `DEADLOCK: ${says}. None of them will ever go on.`,
  }))
  return [...(crash ? crashSays(crash.crash) : []), ...deadlocks, ...(memoryUse ? memoryHeadlines(memoryUse.use) : [])]
}

/** What a box said of the process that was asked for. */
export interface Answer {
  readonly identity: Identity | undefined
  readonly found: Found
  readonly state: ProcessState | undefined
  /** It ended before its end. */
  readonly isCut: boolean
}

export function answerOf(result: RunResult, boundary: string): Answer {
  const sections = sectionsOf(result.stdout, boundary)
  const machine = identityIn(textOf(sections, 'identity') ?? '', result.startedAtMs)
  const identity = machine.kind === 'seen' ? machine.value : undefined
  const found = readFound(sections)
  const state =
    found.count === 1
      ? readState(sections, { architecture: identity?.arch ?? '', uid: identity?.uid ?? NOBODY })
      : undefined
  return { identity, found, state, isCut: !sections.has('end') }
}

/** Who inspects is not known: nothing that needs root is offered. */
const NOBODY = 65_534
