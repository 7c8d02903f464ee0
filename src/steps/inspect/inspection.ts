import type { Failure } from '../../boxes/box.ts'
import type { GivenBack } from '../../boxes/lend.ts'
import type { GuardEnd } from '../../boxes/guard.ts'
import type { Proof } from '../../boxes/proof.ts'
import type { PriceTag } from '../../evidence/inspect/inspector.ts'
import type { Found } from '../../evidence/inspect/candidates.ts'
import type { CoreEstimate, TakenCore } from '../../evidence/inspect/core/taken-core.ts'
import type { Crash } from '../../evidence/inspect/crash.ts'
import type { Stacks } from '../../evidence/inspect/stacks.ts'
import type { MemoryUse } from '../../evidence/inspect/memory-use.ts'
import type { Profile } from '../../evidence/inspect/profile.ts'
import type { Snapshot, SnapshotRequest } from '../../evidence/inspect/snapshot.ts'
import type { ProcessState } from '../../evidence/inspect/state.ts'
import type { Subject } from '../../evidence/inspect/subject.ts'
import type { Headline } from '../../findings/inspect/doing-now.ts'
import type { ComparedProfiles } from '../../findings/inspect/compared-profiles.ts'
import type { ProfileTops } from '../../findings/inspect/profile.ts'
import type { StackGroup } from '../../findings/inspect/stacks.ts'
import type { ThreadGroup } from '../../findings/inspect/thread-groups.ts'
import type { BoxIdentity } from '../../incidents/entry.ts'
import type { Recorded } from '../../incidents/recorder.ts'
import type { Way } from './ways.ts'

/** What looking into one process came to. Secrets are taken out. */
export interface Inspection {
  readonly box: string
  readonly subject: Subject
  /** Milliseconds since the epoch, clock of this console. */
  readonly startedAtMs: number
  readonly tookMs: number
  readonly identity: BoxIdentity | undefined
  /** The box could not be entered, or its answer was cut off. */
  readonly failure: Failure | undefined
  readonly found: Found
  /** Missing where no process, or not just one, fits. */
  readonly state: ProcessState | undefined
  readonly doing: readonly Headline[]
  readonly groups: readonly ThreadGroup[]
  readonly ways: readonly Way[]
  readonly stacks: ShownStacks | undefined
  /** Why there are no stacks although they were asked for. */
  readonly noStacks: Unseen | undefined
  readonly profile?: ShownProfile
  /** Why there is no profile although one was asked for. */
  readonly noProfile?: Unseen
  readonly memoryUse?: ShownMemory
  /** Why its memory was not watched although that was asked for. */
  readonly noMemory?: Unseen
  readonly snapshot?: ShownSnapshot
  /** Why there is no snapshot although one was asked for. */
  readonly noSnapshot?: Unseen
  readonly crash?: ShownCrash
  /** Why its end was not waited for although that was asked. */
  readonly noCrash?: Unseen
  readonly core?: ShownCore
  /** Why no core was taken although one was asked for. */
  readonly noCore?: Unseen
  readonly paid: readonly Paid[]
  /** Tools that were lent to the box, and whether their folder is gone, as the box itself said. */
  readonly lent?: {
    readonly tools: readonly { readonly name: string; readonly bytes: number }[]
    readonly folder: GivenBack['folder']
  }
  readonly blind: readonly Unseen[]
  readonly recorded: Recorded
}

export interface ShownStacks {
  readonly inspector: string
  readonly title: string
  readonly groups: readonly StackGroup[]
  readonly notes: readonly string[]
  /** Between the samples; 0 for a single one. Milliseconds. */
  readonly apartMs: number
  readonly stacks: Stacks
}

export interface ShownProfile {
  readonly inspector: string
  readonly title: string
  /** When it began. Milliseconds since the epoch, clock of this console. */
  readonly startedAtMs: number
  readonly profile: Profile
  readonly tops: ProfileTops
  /** What it was compared with: the name of a file. */
  readonly compared?: { readonly with: string; readonly changes: ComparedProfiles }
}

/** Its memory, watched over some time. */
export interface ShownMemory {
  readonly inspector: string
  readonly title: string
  /** Types in the order in which they matter: those that grow, then the biggest. */
  readonly use: MemoryUse
  readonly growsSteadily: boolean | undefined
}

export interface ShownSnapshot {
  readonly inspector: string
  readonly title: string
  /** When it began. Milliseconds since the epoch, clock of this console. */
  readonly startedAtMs: number
  readonly asked: SnapshotRequest
  /** Secrets are taken out. */
  readonly snapshot: Snapshot
}

export interface ShownCrash {
  readonly inspector: string
  readonly title: string
  /** When it began. Milliseconds since the epoch, clock of this console. */
  readonly startedAtMs: number
  readonly tookMs: number
  /** How long was asked for. Milliseconds. */
  readonly forMs: number
  /** The guard found it ended afterwards. */
  readonly isGone: boolean
  /** Secrets are taken out. */
  readonly crash: Crash
  /** Its captures as they are shown. */
  readonly captures: readonly ShownStacks[]
}

export interface ShownCore {
  readonly inspector: string
  readonly title: string
  readonly taken: TakenCore
  readonly estimate: CoreEstimate
}

/** What was done to the process, and what it cost. */
export interface Paid extends PriceTag {
  readonly inspector: string
  /** For how long it stood still, as the inspector measured it. Milliseconds. */
  readonly stoppedMs?: number
  /** What the guard found afterwards. Missing where nothing was attached, or where the box could not say it any more. */
  readonly proof?: Proof
  /** How it came to its end, where it ran under the guard. */
  readonly ended?: GuardEnd
}

/** Something that could not be seen. */
export interface Unseen {
  readonly what: string
  readonly why: string
  readonly hint: string
}
