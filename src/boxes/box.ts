import type { BoxTerminal, TerminalOptions } from './terminal.ts'

/**
 * A box is a machine (or a container, or a recording of one) that runs POSIX sh scripts for us.
 * `run` never throws and never rejects: a failure has the same fields as a success (rule 2).
 */
export interface Box {
  /** As the user named it: `local`, `web-1`, `user@host:port`, `docker:NAME`, `recorded:FILE`. */
  readonly name: string
  readonly kind: BoxKind
  /** Set when all is run as root, because the user asked for it. */
  readonly sudo?: boolean
  /**
   * Begins to connect, so that a login goes on while the console loads what it will ask; settled once it is on its way. The first `run` waits for it, and
   * has its failure.
   */
  readonly connect?: () => Promise<void>
  /** Runs one POSIX sh script, its standard input empty. Scripts run one after another over one connection. */
  run(script: string, options: RunOptions): Promise<RunResult>
  /**
   * Runs one script beside the others in a session of its own over the same connection (at most 8 at once, more wait);
   * `input` writes lines to the script's standard input while it runs. What may outlive one round trip goes under a guard.
   */
  start(script: string, options: RunOptions): Started
  /** Opens a terminal with the user's own shell over the same connection; undefined where there can be none (a recording). */
  readonly openTerminal?: (options: TerminalOptions) => Promise<BoxTerminal | Failure>
  /** Ends the connection and all that it carries. Safe to call twice. */
  close(): Promise<void>
  /** What a person should know though it worked: `a new host key was accepted, because your configuration says accept-new`. */
  readonly warnings?: () => readonly string[]
}

export type BoxKind = 'local' | 'ssh' | 'docker' | 'podman' | 'recorded'

export interface RunOptions {
  /** What is being done, in words for a person: `look`, `read the log of nginx`. */
  readonly what: string
  /** Wall-clock limit on the console in milliseconds; the box has its own, shorter ones. */
  readonly timeoutMs: number
  /** Standard output beyond this many bytes ends the run as `overflowed`; what came before is kept. */
  readonly maxBytes: number
  /** Aborting it ends the run as `cancelled`; what came before is kept. */
  readonly signal?: AbortSignal
  /**
   * Called with each piece of the script's standard output as it comes, without the frame around it. A promise that it gives holds
   * the output back until it is settled, on the box too; who reads slowly fills no memory.
   */
  readonly onOutput?: (chunk: Uint8Array) => void | Promise<void>
  /** The same for the script's standard error, byte for byte. */
  readonly onErrors?: (chunk: Uint8Array) => void | Promise<void>
  /** Output goes to `onOutput` alone: the result has none of it, so it may be endless (`maxBytes` is then without limit). */
  readonly streamed?: boolean
  /**
   * For `start`: the script ends itself, and what it runs, once its standard input closes (`guard.ts`); it is given 16 s
   * for that. Without it, the script and everything below it is killed at once when the connection or the console ends.
   */
  readonly guarded?: boolean
}

export interface RunResult {
  readonly box: string
  readonly what: string
  /** True when the script ran to its end, whatever its exit code. */
  readonly ok: boolean
  readonly stdout: Uint8Array
  /** Last 64 KiB of standard error, of the transport (ssh) and of the script alike. */
  readonly stderr: string
  /** Exit code of the script; undefined when its end was not seen. */
  readonly exitCode: number | undefined
  readonly timedOut: boolean
  readonly cancelled: boolean
  readonly overflowed: boolean
  /** The end marker did not come: the answer was cut off in the middle (or never began). */
  readonly truncated: boolean
  readonly startedAtMs: number
  /** When the box said that it was about to run the script; undefined when it never did. Milliseconds since the epoch, console clock. */
  readonly beganAtMs: number | undefined
  readonly durationMs: number
  readonly failure: Failure | undefined
}

/** A script that runs in a session of its own. */
export interface Started {
  /** Writes to the standard input of the script; ignored once it has ended. */
  input(text: string): void
  /** Closes the standard input of the script. */
  endInput(): void
  readonly result: Promise<RunResult>
}

/** Why a box could not be entered or did not answer, each kind with its own way out (`failures.ts`). */
export interface Failure {
  readonly kind: FailureKind
  /** What failed, on which box, in one sentence. */
  readonly message: string
  /** What to do about it. */
  readonly tryNext: string
}

export type FailureKind =
  | 'name-not-resolved'
  | 'unreachable'
  | 'refused'
  | 'timed-out'
  | 'banner-timed-out'
  | 'throttled'
  | 'no-common-algorithm'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'permission-denied'
  | 'jump-host-failed'
  | 'behind-jump-host-failed'
  | 'sudo-password-needed'
  | 'sudo-password-wrong'
  | 'sudo-refused'
  | 'sudo-missing'
  | 'no-shell'
  | 'login-disabled'
  | 'forced-command'
  | 'disk-full'
  | 'cut-off'
  | 'no-answer'
  | 'too-much-output'
  | 'cancelled'
  | 'bad-ssh-configuration'
  | 'client-missing'
  | 'container-not-found'
  | 'engine-not-running'
  | 'recording-unreadable'
  | 'wrong-box'
  | 'bad-name'
  | 'unknown'
