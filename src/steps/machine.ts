import type { Box, Failure } from '../boxes/box.ts'
import { identity, type Identity } from '../evidence/probes/identity.ts'
import type { Reading } from '../evidence/reading.ts'
import { readSamples } from '../evidence/evidence.ts'
import { anotherMachine } from '../incidents/known-machine.ts'
import type { Recorded, Recorder } from '../incidents/recorder.ts'
import type { AnyEntry } from '../incidents/store.ts'

/** A box that answers says who it is at once; one that is starved takes its time. Milliseconds. */
const ANSWER_LIMIT_MS = 30_000
const ANSWER_BYTES = 64 * 1024

/** Asks a shell which machine it is on. */
export const IDENTITY_SCRIPT = `cd /proc && {\n${identity.script}\n}`

/** What the machine answered to that. */
export function identityIn(text: string, beganAtMs: number): Reading<Identity> {
  return readSamples(identity, { during: { atSeconds: 0, text } }, { beganAtMs })
}

type Machine =
  | { readonly identity: Identity; readonly failure: undefined }
  /** The box could not be entered, or did not say which machine it is. */
  | { readonly identity: undefined; readonly failure: Failure }

/** Which machine answers to the name of this box, in one round trip: asked before anything that may touch it (rule 5). */
async function machineOf(box: Box, signal?: AbortSignal): Promise<Machine> {
  const result = await box.run(IDENTITY_SCRIPT, {
    what: 'which machine is this',
    timeoutMs: ANSWER_LIMIT_MS,
    maxBytes: ANSWER_BYTES,
    ...(signal ? { signal } : {}),
  })
  if (result.failure) return { identity: undefined, failure: result.failure }
  // Shown as it is and redacted by the recorder, as every entry.
  const reading = identityIn(Buffer.from(result.stdout).toString('utf8'), result.startedAtMs)
  if (reading.kind === 'seen') return { identity: reading.value, failure: undefined }
  return {
    identity: undefined,
    failure: {
      kind: 'wrong-box',
      message: `${box.name} did not say which machine it is: ${reading.why}.`,
      tryNext: `See what \`halligan look ${box.name}\` says of it.`,
    },
  }
}

export interface MeantOptions {
  readonly recorder: Recorder
  /** What the incident knows so far. */
  readonly entries: () => Promise<readonly AnyEntry[]>
  /** Why it is done although another machine answers by that name, or the policy of the box forbids it. */
  readonly anyway?: string | undefined
  /** What the policy forbids of it, in a sentence; with `anyway`. */
  readonly beyondPolicy?: string | undefined
}

export type MeantMachine =
  /** With what was recorded when it was another one and meant all the same, and the sentence that says so. */
  | {
      readonly identity: Identity
      readonly recorded: readonly Recorded[]
      readonly failure: undefined
      readonly another?: string | undefined
    }
  | { readonly identity: Identity | undefined; readonly recorded: readonly Recorded[]; readonly failure: Failure }

/** The machine that answers, if it is the one that this incident means by the name of the box, or is meant in spite of it. */
export async function meantMachine(
  box: Box,
  { recorder, entries, anyway, beyondPolicy }: MeantOptions,
  signal: AbortSignal,
): Promise<MeantMachine> {
  const { identity, failure } = await machineOf(box, signal)
  if (failure) return { identity, failure, recorded: [] }
  const another = anotherMachine(await entries(), box.name, identity)
  if (another && anyway === undefined) return { identity, failure: wrongBox(another), recorded: [] }
  const what = [another, beyondPolicy].filter((each) => each !== undefined).join(' ')
  if (what === '') return { identity, failure, recorded: [] }
  const payload = { what, reason: anyway ?? '' }
  const overrode = await recorder.record(() => ({ did: 'overrode', box: box.name, identity, payload }))
  return { identity, failure, recorded: [overrode], another }
}

function wrongBox(message: string): Failure {
  return {
    kind: 'wrong-box',
    message: `${message} Nothing was done there.`,
    tryNext:
      'Find out which one is meant (DNS, a moved address, a rebuilt box?). If it is this one: --anyway "why", which is recorded.',
  }
}

/** Rule 9: what may change something is not done without its entry. */
export function notRecorded(box: string, problem: { readonly message: string; readonly tryNext: string }): Failure {
  return {
    kind: 'unknown',
    message: `Nothing was started on ${box}: it could not be recorded (${problem.message}).`,
    tryNext: `${problem.tryNext} If it cannot wait: --off-the-record does it unrecorded.`,
  }
}
