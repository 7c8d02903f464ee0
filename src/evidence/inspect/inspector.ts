import type { Attach } from '../../boxes/attach.ts'
import type { Price } from '../../boxes/price.ts'
import type { Reading } from '../reading.ts'
import type { InspectedProcess } from './process.ts'
import type { Runtime, RuntimeKind } from './runtime.ts'
import type { SnapshotRequest } from './snapshot.ts'

/**
 * One way of looking into a running process: a piece of POSIX sh and a pure function that reads what it printed. The step asks `able`, then
 * `price`, shows both, and runs `script`: a free one as it is, all others under the guard for attaching.
 *
 * The script starts by proving its target with `proveTarget` (prove-target.ts): the PID still has the start time that was inspected, or the script
 * prints one line that says so and ends. It writes nothing on the box, reads standard input only to learn that
 * its end is asked for (watch-end.ts), and bounds its own output and time.
 */
export interface Inspector<T> {
  readonly id: string
  /** A noun phrase for a person: `stacks by eu-stack`. */
  readonly title: string
  readonly does: Way
  readonly runtimes: readonly RuntimeKind[] | 'any'
  /** What must be on the box. */
  readonly tools: readonly BoxTool[]
  /** It attaches to the process: what the guard has to know of it (boxes/attach.ts). Missing for what only reads. */
  readonly attaches?: (target: Target) => Omit<Attach, 'targets'>
  /** Of what attaches and watches: asked for its end (watch-end.ts) it comes to it, and tells what it saw by then. Missing: it is ended by its signal. */
  readonly endsWhenAsked?: true
  /** Of stacks: whether this process can be looked into in this way is found out on the box alone; where it cannot, the next way is gone. */
  readonly mayNotFit?: true
  /** Whether it can be used on this process here; it may refuse for reasons of its own. Missing tools are seen to by the step. */
  readonly able: (target: Target) => Able
  /** `at`: what a snapshot is asked for; its hits cost. Missing where only what there is is told. */
  readonly price: (target: Target, at?: SnapshotRequest) => PriceTag
  readonly script: (target: Target, options: InspectOptions) => string
  /** Never throws: what it does not understand is `garbled`. The options are those of its script. */
  readonly parse: (output: Uint8Array, target: Target, options?: InspectOptions) => Reading<T>
}

/** What an inspector tells; `off-cpu` is a profile of waiting, `crash` a watch for the end. */
export type Way = 'state' | 'stacks' | 'profile' | 'off-cpu' | 'snapshot' | 'memory' | 'core' | 'crash'

export interface BoxTool {
  /** As `command -v` finds it: `eu-stack`. */
  readonly name: string
  /** Which package gives it, by family of distribution. */
  readonly packages: { readonly debian?: string; readonly fedora?: string; readonly alpine?: string }
}

export type Able = { readonly able: true } | { readonly able: false; readonly why: string; readonly hint: string }

/** What it costs the target, said before it is paid. */
export interface PriceTag {
  readonly price: Price
  /** For how long the target stands still, at most. Milliseconds; for `pause` alone. */
  readonly pauseMs?: number
  /** What stays afterwards: `a thread "Attach Listener" in the JVM`. */
  readonly residue?: string
  /** The reason in one sentence: `reads its memory from outside; nothing is attached`. */
  readonly why: string
}

/** The process that is looked into, and what matters of its box. */
export interface Target {
  readonly process: InspectedProcess
  readonly runtime: Runtime
  readonly box: TargetBox
}

export interface TargetBox {
  /** User on the box who inspects; 0 with --sudo. */
  readonly uid: number
  /** Of `uname -m`: `x86_64`, `aarch64`. */
  readonly architecture: string
  /** Those of the tools that inspectors name which are on the box. */
  readonly tools: ReadonlySet<string>
  /** /proc/sys/kernel/yama/ptrace_scope; missing where there is none. */
  readonly ptraceScope?: number
  /** /proc/sys/kernel/perf_event_paranoid; missing where there is none. */
  readonly perfParanoid?: number
  /** First of ID and ID_LIKE in os-release that packages are known for. */
  readonly distribution?: 'debian' | 'fedora' | 'alpine'
}

export interface InspectOptions {
  /** Time for the whole script on the box. Milliseconds. */
  readonly timeoutMs: number
  /** How often it looks, and how long it waits in between (stacks: 2 and 200 ms). */
  readonly samples: number
  readonly betweenMs: number
  /** How long a profile watches; missing for what does not watch. Milliseconds. */
  readonly forMs?: number
  /** For snapshots alone: where, of what, and how often. */
  readonly at?: SnapshotRequest
  /** At most so many threads and frames a thread are told. */
  readonly maxThreads: number
  readonly maxFrames: number
}
