import type { Frame } from './frame.ts'

/**
 * What an inspector of stacks found: one sample, or two a moment apart, which tell who is stuck from who is busy. Grouping and its judgement are
 * not the inspector's (findings/inspect/stacks.ts).
 */
export interface Stacks {
  /** In the order in which they were taken, at most two. */
  readonly samples: readonly StackSample[]
  /** What could not be read, in sentences for a person: `2 threads had ended meanwhile`. */
  readonly notes: readonly string[]
  /** Circles of threads that wait for each other, as the runtime itself says; a sentence each. They will never go on. */
  readonly deadlocks?: readonly string[]
}

export interface StackSample {
  /** Milliseconds since the first sample; 0 for the first. */
  readonly atMs: number
  readonly threads: readonly ThreadStack[]
  /** Stacks that belong to no thread of the system now: coroutines that wait, threads whose number is not known. */
  readonly apart?: readonly ApartStack[]
  /** For how long the target stood still for this sample, as far as the inspector can say. Milliseconds. */
  readonly stoppedMs?: number
}

export interface ThreadStack {
  /** As the box numbers it (in the PID namespace of the box). */
  readonly tid: number
  readonly name?: string
  /** Innermost first. */
  readonly frames: readonly Frame[]
  /** Frames beyond the bound of the inspector were left out, or the stack could not be followed to its end; in words. */
  readonly cut?: string
  /** CPU time that this thread had used when the sample was taken. Milliseconds. */
  readonly cpuMs?: number
  /** What else its runtime says of it, in words: `holds the GIL`, `daemon`. */
  readonly says?: readonly string[]
}

export interface ApartStack {
  /** What it is, in words: `asyncio task Task-7`. */
  readonly name: string
  /** Innermost first. */
  readonly frames: readonly Frame[]
  readonly cut?: string
  /** `awaits a Future`. */
  readonly says: readonly string[]
}
