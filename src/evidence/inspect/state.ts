import type { Reading } from '../reading.ts'
import type { CallMeaning } from './call-meaning.ts'
import type { ChangedFile } from './changed-files.ts'
import type { Descriptors } from './descriptors.ts'
import type { FileLockWait } from './file-lock-waits.ts'
import type { TargetBox } from './inspector.ts'
import type { Limit } from './limits.ts'
import type { LockOwner } from './lock-owners.ts'
import type { Mapping, Memory } from './memory-map.ts'
import type { InspectedProcess, ProcessName } from './process.ts'
import type { Runtime } from './runtime.ts'

/** All that /proc says of one process, each part with its reason where it could not be seen. */
export interface ProcessState {
  readonly process: InspectedProcess
  readonly runtime: Runtime
  readonly box: TargetBox
  /** Clock of the box when it was read, milliseconds since the epoch; missing where /proc/stat gave no boot time. */
  readonly readAtMs?: number
  /** User that it runs as, by name; missing where /etc/passwd of the box does not know it. */
  readonly user?: string
  /** Between both samples of CPU time; 0 when there was one. Milliseconds. */
  readonly windowMs: number
  /** What the system call of each thread means, by TID; those that run, and where it could not be read, are missing. */
  readonly calls: ReadonlyMap<number, CallMeaning>
  readonly noCalls: string | undefined
  readonly lockOwners: readonly LockOwner[]
  readonly descriptors: Reading<Descriptors>
  readonly limits: Reading<readonly Limit[]>
  readonly mappings: Reading<readonly Mapping[]>
  readonly memory: Memory
  readonly environment: Reading<readonly string[]>
  readonly changed: Reading<readonly ChangedFile[]>
  /** Parent first, up to init. */
  readonly parents: readonly ProcessName[]
  readonly children: Reading<Children>
  readonly fileLocks: Reading<readonly FileLockWait[]>
  /** Why a zombie ended, as wait(2) gives it. */
  readonly exitCode?: number
  /** What happened to it while it was read: it ended, or another process has its number now. */
  readonly lost?: 'gone' | 'reused'
}

export interface Children {
  readonly count: number
  /** The first hundred. */
  readonly listed: readonly (ProcessName & { readonly state: string })[]
}
