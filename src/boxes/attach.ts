/**
 * What a guard has to know of a tool that attaches to a process (gdb, eu-stack, strace, perf): what it holds, for how long it may, and how it is ended
 * without harm to what it holds. `attach-script.ts` has what is done on the box, `proof.ts` what the box says of it afterwards.
 */
export interface Attach {
  /** At most 16. The guard starts nothing unless each is there, is who it was, and is traced by nobody. */
  readonly targets: readonly AttachTarget[]
  readonly tool: AttachedTool
  /** A target that has stood still in one stop for so long is let go. The announced pause, rounded up. Whole seconds. */
  readonly freezeSeconds: number
  /** POSIX sh text that is evaluated at the end, whatever happened: takes out probes, closes ports, removes files. Ended after 5 s. */
  readonly cleanUp?: string
  /** POSIX sh text that prints a line for each thing that is still there: after the clean-up it should print nothing. */
  readonly residue?: string
}

/** A process by its number and its start time (field 22 of /proc/PID/stat): another one that took the number has another. */
export interface AttachTarget {
  readonly pid: number
  readonly startTicks: number
}

/**
 * How a tool is ended.
 *
 * - `debugger`: it may have breakpoints in the code of its target, which kill the target at the next hit once the debugger is gone. SIGHUP makes gdb
 *   take them out and detach (0 of 60 targets died, also with SIGINT blocked); SIGTERM does not always (6 of 60 died, 22 were left stopped), SIGKILL never, and
 *   SIGINT may reach the target itself. SIGKILL comes only when the target has stood in one stop for 2 s: gdb has no breakpoint in then.
 * - `tracer`: it changes no code. SIGTERM, then SIGKILL: the kernel lets go of what it held.
 */
export type AttachedTool = 'debugger' | 'tracer'

/** What ends each in good order; kill(1) names without SIG. */
export const STOP_SIGNAL: Readonly<Record<AttachedTool, string>> = { debugger: 'HUP', tracer: 'TERM' }
