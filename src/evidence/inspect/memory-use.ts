import type { Frame } from './frame.ts'

/** The memory that a process has in use, watched over some time: what there is at the end, and how much more that is than at the beginning. Sizes in bytes. */
export interface MemoryUse {
  /** From the first look at its map to the last. Milliseconds. */
  readonly watchedMs: number
  /** What is resident, the biggest first. Empty where its map could not be read. */
  readonly byKind: readonly KindUse[]
  /** What is resident in all, again and again: whether it grows all the time, or did once. */
  readonly over: readonly ResidentAt[]
  /** What the runtime itself counts: spaces of V8, all that the heap of a JVM holds. */
  readonly heaps: readonly HeapUse[]
  /** Missing where there is no way to them, or it failed (`noTypes`). In no order. */
  readonly types?: readonly TypeUse[]
  /** Types count objects that are not collected yet though nobody needs them. */
  readonly hasGarbage?: true
  /** What holds memory that was allocated while it was watched, by the code that asked for it. In no order. */
  readonly sites?: readonly SiteUse[]
  /** Why there are no types although they were looked for, and what would help. */
  readonly noTypes?: { readonly why: string; readonly hint: string }
  /** What to know of the figures, and what could not be read, in sentences for a person. */
  readonly notes: readonly string[]
}

export const MEMORY_USES = [
  'heap',
  'arenas',
  'stacks',
  'jit',
  'anonymous',
  'files',
  'shared',
  'kernel',
  /** Mappings beyond those that are told one by one. */
  'others',
] as const
/**
 * `heap`: what brk gives; `arenas`: those of glibc's malloc beside it; `jit`: anonymous memory that may be run; `anonymous`: all else without a file, the heaps of runtimes among
 * it; `files`: private mappings, libraries among them.
 */
export type MemoryUseKind = (typeof MEMORY_USES)[number]

export interface KindUse {
  readonly kind: MemoryUseKind
  readonly mappings: number
  readonly residentBytes: number
  readonly swapBytes: number
  /** Resident and in swap, more than at the beginning. */
  readonly grewBytes: number
}

export interface ResidentAt {
  /** After the first. Milliseconds. */
  readonly atMs: number
  /** Without what is in swap. */
  readonly anonymousBytes: number
  readonly fileBytes: number
  readonly sharedBytes: number
  readonly swapBytes: number
}

export interface HeapUse {
  /** As the runtime calls it: `old_space`. */
  readonly name: string
  readonly bytes: number
  readonly grewBytes: number
}

export interface TypeUse {
  /** As the program writes it: `shop.Order`, `byte[]`. */
  readonly name: string
  readonly count: number
  /** Of the objects themselves, without what they point to. */
  readonly bytes: number
  /** Missing where both looks cannot be compared. */
  readonly grewCount?: number
  readonly grewBytes?: number
}

export interface SiteUse {
  readonly frame: Frame
  /** Of which isolate, worker or thread; missing where there is one alone. */
  readonly thread?: string
  readonly bytes: number
}
