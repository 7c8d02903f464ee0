import type { Attach } from '../../boxes/attach.ts'
import type { Able, BoxTool, PriceTag, Target } from '../inspect/inspector.ts'

/**
 * A debugger that a person uses by hand: `halligan debug`. It runs on the box, started by the guard for attaching, with its standard input and output on
 * the terminal that the console opened there. The guard alone ends it, so that no lost line, no sudo and no sshd does it in a way that harms what it holds.
 */
export interface Debugger {
  readonly id: string
  /** `gdb`: a noun for a person. */
  readonly title: string
  readonly tools: readonly BoxTool[]
  readonly attaches: (target: Target, limits: DebugLimits) => Omit<Attach, 'targets'>
  readonly able: (target: Target) => Able
  readonly price: (target: Target, limits: DebugLimits) => PriceTag
  /** POSIX sh, run by the guard as a file of its folder. It tells the clock (`clock.ts`) on its standard output. */
  readonly script: (target: Target, at: DebugTerminal & DebugLimits) => string
  /** What to know before the first word is typed. */
  readonly hints: (target: Target) => readonly string[]
}

export interface DebugTerminal {
  /** The process on the box that has the terminal. */
  readonly terminalPid: number
  /** TERM of the console's terminal. */
  readonly term: string
}

export interface DebugLimits {
  /** For so long the process may stand still in one stop; then it is let go. Whole seconds. */
  readonly limitSeconds: number
}
