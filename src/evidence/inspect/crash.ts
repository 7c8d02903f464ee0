import type { CoreSignal } from './core/core-notes.ts'
import type { Stacks } from './stacks.ts'

/** What a watch for the end of a process came to. */
export interface Crash {
  /** Stacks at the moments that it waited for, in their order; none where nothing happened, or where the end cannot be waited for (SIGKILL). */
  readonly captures: readonly CrashCapture[]
  /** How the process ended, as far as the watch saw it; missing where it had not. */
  readonly end?: CrashEnd
  /** What it could not catch, and what could not be read, in sentences for a person. */
  readonly notes: readonly string[]
}

export interface CrashCapture {
  readonly why: CrashEnd
  /** The thread in which it happened. */
  readonly tid?: number
  /** How its stacks were read, where that is not as the title of the inspector says: `Python stacks, from its memory`. */
  readonly stacksBy?: string
  /** Of all threads at that moment, that one first. */
  readonly stacks: Stacks
}

export type CrashEnd =
  | { readonly by: 'signal'; readonly signal: CoreSignal; readonly isHandled?: true }
  | { readonly by: 'exit'; readonly code?: number }
  | { readonly by: 'exec' }
  /** Of a runtime: nothing of the program catches it. `says` is its kind and its message. */
  | { readonly by: 'exception'; readonly says: string }
  /** It ended, and nobody could say how. */
  | { readonly by: 'unknown' }
  /** Of a capture: it was looked at so long before its end, at most, and what it did after that was not seen. */
  | { readonly by: 'sampled'; readonly beforeEndMs: number }

/** How long it is watched. */
export interface CrashRequest {
  readonly forMs: number
}
