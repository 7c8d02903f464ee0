import type { Box, BoxKind, Failure, RunOptions, RunResult } from './box.ts'

/** A box that cannot be tried at all: each run says why. */
export function failedBox(name: string, kind: BoxKind, failure: Failure): Box {
  const run = (_script: string, options: RunOptions): Promise<RunResult> =>
    Promise.resolve(failed(name, options, failure))
  return {
    name,
    kind,
    run,
    start: (script, options) => ({ input: () => {}, endInput: () => {}, result: run(script, options) }),
    close: () => Promise.resolve(),
  }
}

/** A result for what never reached a shell; it has the shape of any other (rule 2). */
export function failed(box: string, options: RunOptions, failure: Failure): RunResult {
  return {
    box,
    what: options.what,
    ok: false,
    stdout: new Uint8Array(0),
    stderr: '',
    exitCode: undefined,
    timedOut: failure.kind === 'no-answer',
    cancelled: failure.kind === 'cancelled',
    overflowed: false,
    truncated: true,
    startedAtMs: Date.now(),
    beganAtMs: undefined,
    durationMs: 0,
    failure,
  }
}
