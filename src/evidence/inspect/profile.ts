import type { Frame } from './frame.ts'

/** Where something goes over some seconds: processor time, waiting, memory that is allocated. What is shown of it is findings/inspect and views. */
export interface Profile {
  readonly of: 'cpu' | 'off-cpu' | 'allocations'
  /** What the weights are. */
  readonly unit: 'samples' | 'milliseconds' | 'bytes'
  /** How long it was watched. Milliseconds. */
  readonly tookMs: number
  /** Time from one sample to the next, of what is sampled by time. Microseconds. */
  readonly intervalUs?: number
  readonly stacks: readonly WeightedStack[]
  /** Samples in which nothing ran, by the word of the runtime; they are in no stack. 0 where waiting itself is what was watched. */
  readonly idle: number
  /** What could not be read, in sentences for a person. */
  readonly notes: readonly string[]
}

export interface WeightedStack {
  /** Whose: a thread, a worker, an isolate; missing where there is one alone, or it is not known. */
  readonly thread?: string
  /** Innermost first, without values of variables. */
  readonly frames: readonly Frame[]
  /** Above 0, in the unit of the profile. */
  readonly weight: number
}
