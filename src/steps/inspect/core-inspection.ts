import type { Failure } from '../../boxes/box.ts'
import type { CoreFile } from '../../evidence/inspect/core/core-file.ts'
import type { Headline } from '../../findings/inspect/doing-now.ts'
import type { BoxIdentity } from '../../incidents/entry.ts'
import type { Recorded } from '../../incidents/recorder.ts'
import type { ShownStacks, Unseen } from './inspection.ts'

/** What reading a core came to. Secrets are taken out. */
export interface CoreInspection {
  readonly box: string
  /** As it was named. */
  readonly file: string
  /** Milliseconds since the epoch, clock of this console. */
  readonly startedAtMs: number
  readonly tookMs: number
  readonly identity: BoxIdentity | undefined
  /** The box could not be entered, there is no such file, or it is no core. */
  readonly failure: Pick<Failure, 'kind' | 'message' | 'tryNext'> | undefined
  readonly core: CoreFile | undefined
  /** The binary by which stacks were read. */
  readonly binary: string | undefined
  readonly doing: readonly Headline[]
  readonly stacks: ShownStacks | undefined
  readonly noStacks: Unseen | undefined
  /** Of a program whose code a runtime interprets: its stacks as that runtime has them. */
  readonly runtimeStacks: ShownStacks | undefined
  readonly noRuntimeStacks: Unseen | undefined
  readonly recorded: Recorded
}
