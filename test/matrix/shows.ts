import type { TaskMeta } from 'vitest'

/** Runtimes of the matrix in docs/inspect.md, a row each, in its order. */
export const RUNTIMES = ['native', 'CPython', 'Node.js', 'JVM', 'Go', 'Ruby', 'PHP', '.NET', 'shell'] as const
/** What can be had of a running process, a column each. */
export const CAPABILITIES = [
  'state',
  'stacks',
  'locals',
  'profile',
  'off-CPU',
  'snapshot',
  'on-crash',
  'memory',
  'core',
] as const

export type Shown = (typeof RUNTIMES)[number]
export type Capability = (typeof CAPABILITIES)[number]

/** The Node that runs the tests, and is looked into. */
export const NODE = process.versions.node.split('.')[0] ?? ''

/** A cell that a live test stands for: the process that it looked into, and what came of it. */
export interface Cell {
  readonly runtime: Shown
  /** Of the runtime, `3.11`; of native code the tool, `gdb`; empty where neither matters. */
  readonly version: string
  readonly capability: Capability
  /** Why it is not done: that it is refused is what the test shows. */
  readonly refused?: string
}

declare module 'vitest' {
  interface TaskMeta {
    shows?: readonly Cell[]
  }
}

/** Options of a live test: what it shows of a runtime. The matrix in docs/inspect.md is made of these (`npm run inspect-matrix`). */
export function shows(
  runtime: Shown,
  version: string,
  ...capabilities: readonly Capability[]
): { readonly meta: Partial<TaskMeta> } {
  return together(capabilities.map((capability) => ({ runtime, version, capability })))
}

/** As `shows`, of a test of several runtimes. */
export function together(cells: readonly Cell[]): { readonly meta: Partial<TaskMeta> } {
  return { meta: { shows: cells } }
}

/** Options of a test that shows that something is refused, with the reason in a few words. */
export function refuses(runtime: Shown, capability: Capability, refused: string): { readonly meta: Partial<TaskMeta> } {
  return together([{ runtime, version: '', capability, refused }])
}
