import { randomHex } from '../base/random.ts'
import type { Attach } from './attach.ts'
import { attachScript } from './attach-script.ts'
import type { Box, RunResult } from './box.ts'
import { guardScript, type GuardLimits } from './guard-script.ts'
import { readProof, type Proof } from './proof.ts'

export interface GuardOptions extends Partial<GuardLimits> {
  /** What is being done, in words for a person. */
  readonly what: string
  /** POSIX sh text. It has no standard input; its standard output and error come back together. */
  readonly command: string
  readonly maxSeconds: number
  /** The command attaches to processes: then they decide how it is ended, and the result has the proof. `stopSignal` and `graceSeconds` are not heeded. */
  readonly attach?: Attach
  /** Called with each piece of what the command printed, as it comes; of what attaches the proof comes that way too, at the end. */
  readonly onOutput?: (chunk: Uint8Array) => void
}

export type GuardEnd =
  /** The command ended by itself; its exit code is in the result. */
  | 'exited'
  | 'stopped'
  | 'console-gone'
  | 'heartbeat'
  | 'max-time'
  | 'max-bytes'
  | 'signal'
  /** The box had no room for the spool. */
  | 'spool'
  /** A target stood still for longer than was announced. */
  | 'frozen'
  /** All targets have ended, and the tool had not. */
  | 'target-gone'
  /** The keeper was killed, and another one did what was left to do. */
  | 'guard-killed'
  /** Nothing was started; the proof says why. */
  | 'refused'
  /** The last line did not come (the link is gone): the guard on the box has ended or will end what ran. */
  | 'not-seen'

export interface GuardedResult extends RunResult {
  readonly ended: GuardEnd
  /** Exit code of the command (128 + signal if a signal ended it, as in sh); undefined when it was not seen. */
  readonly commandExit: number | undefined
  /** Of what attaches: how its targets are now, and what is left. Undefined when it was not seen. */
  readonly proof?: Proof
}

export interface Guarded {
  /** Ends it in good order; the result says `stopped`. */
  stop(): void
  /** Of what attaches: lays an empty file of that name (`ask-…`) beside the command, which looks for it by itself. */
  ask(word: GuardWord): void
  readonly result: Promise<GuardedResult>
}

/** What a console may ask of a command that attaches, while it runs. */
export type GuardWord = 'ask-stop' | 'ask-size'

/** A link that is gone is noticed after this; a flap of a second or two is borne. Seconds. */
const HEARTBEAT_SECONDS = 4
const BEAT_EVERY_MS = 1_000
const MAX_BYTES = 8 * 1024 * 1024
const GRACE_SECONDS = 3
/** The guard's own time after the last limit: stop signal, SIGKILL, the rest of the output. Milliseconds. */
const AFTERWARDS_MS = 15_000
/** A debugger that does not heed its signal is waited for, the targets are looked at, things are cleaned up. Milliseconds. */
const ATTACHED_AFTERWARDS_MS = 30_000

/**
 * Runs a command on a box under a guard: whatever happens to the console, the link or the guard itself, what ran is ended
 * and nothing is left on the box. Never rejects.
 */
export function guarded(box: Box, options: GuardOptions): Guarded {
  const nonce = randomHex(16)
  const limits: GuardLimits = {
    heartbeatSeconds: options.heartbeatSeconds ?? HEARTBEAT_SECONDS,
    maxSeconds: options.maxSeconds,
    maxBytes: options.maxBytes ?? MAX_BYTES,
    stopSignal: options.stopSignal ?? 'TERM',
    graceSeconds: options.graceSeconds ?? GRACE_SECONDS,
  }
  const { attach } = options
  const script = attach
    ? attachScript(options.command, nonce, limits, attach)
    : guardScript(options.command, nonce, limits)
  const started = box.start(script, {
    what: options.what,
    timeoutMs: (limits.maxSeconds + limits.graceSeconds) * 1_000 + (attach ? ATTACHED_AFTERWARDS_MS : AFTERWARDS_MS),
    // The guard looks once a second; what a fast command writes in between comes too.
    maxBytes: limits.maxBytes * 2 + 64 * 1024 * 1024,
    guarded: true,
    ...(options.onOutput ? { onOutput: options.onOutput } : {}),
  })
  const beat = setInterval(() => started.input('h\n'), BEAT_EVERY_MS)
  return {
    stop: () => started.input('q\n'),
    ask: (word) => started.input(`${word}\n`),
    result: started.result.then((result) => {
      clearInterval(beat)
      return attach ? readAttachedEnd(result, nonce) : readEnd(result, nonce)
    }),
  }
}

const ENDS: ReadonlySet<string> = new Set<GuardEnd>([
  'exited',
  'stopped',
  'console-gone',
  'heartbeat',
  'max-time',
  'max-bytes',
  'signal',
  'spool',
  'frozen',
  'target-gone',
  'guard-killed',
  'refused',
])

/** Takes the guard's last line off the output and reads it. */
function readEnd(result: RunResult, nonce: string): GuardedResult {
  const output = Buffer.from(result.stdout)
  const at = output.lastIndexOf(`\n${nonce} ended `)
  const [, ended = '', code = ''] =
    at < 0 ? [] : (/ ended ([\w-]+) (\d+|-)\n/.exec(output.subarray(at).toString('latin1')) ?? [])
  if (!isEnd(ended)) return { ...result, ended: 'not-seen', commandExit: undefined }
  return { ...result, stdout: output.subarray(0, at), ended, commandExit: code === '-' ? undefined : Number(code) }
}

/** Takes the proof off the output and reads it. */
function readAttachedEnd(result: RunResult, nonce: string): GuardedResult {
  const output = Buffer.from(result.stdout)
  const at = output.indexOf(`\n${nonce} proof\n`)
  const told = at < 0 ? '' : output.subarray(at).toString('latin1')
  const [, ended = '', code = ''] = new RegExp(`\n${nonce} ended ([\\w-]+) (\\d+|-)\n`).exec(told) ?? []
  if (!isEnd(ended)) return { ...result, ended: 'not-seen', commandExit: undefined }
  return {
    ...result,
    stdout: output.subarray(0, at),
    ended,
    commandExit: code === '-' ? undefined : Number(code),
    proof: readProof(told, nonce),
  }
}

function isEnd(text: string): text is GuardEnd {
  return ENDS.has(text)
}
