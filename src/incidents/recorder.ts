import { evidenceId, type Draft } from './entry.ts'
import { keepingIds, keepingNames, redactedBytes, redactedDeep, type RedactThoroughly } from './redaction/index.ts'
import { problemOf } from './sqlite-failures.ts'
import type { AnyEntry, Store, StoreProblem } from './store.ts'
import { typedCommand } from './typed-command.ts'

/**
 * What a step writes into the record with. It never rejects: a step that only reads shows its answer even where the record cannot be written, and
 * the view says so loudly; one that changes something writes what it is about to do first, and does not go on without that entry.
 */
export interface Recorder {
  /** The incident that is being recorded; undefined when none is current. */
  readonly incident: string | undefined
  /**
   * Writes one entry, redacted, with the raw bytes that it rests on; the payload is made from their content addresses. With `after` only if the last
   * entry still has that number: else it fails as `moved-on`.
   */
  record(
    draft: (evidence: readonly string[]) => RecordDraft,
    bytes?: readonly Uint8Array[],
    options?: RecordOptions,
  ): Promise<Recorded>
}

export interface RecordOptions {
  readonly after?: number
  /** The bytes have been redacted in a way that knows their form (`cast-redaction.ts`). */
  readonly isRedacted?: boolean
  /** Stay in the bytes, whatever patterns fit them: the boundary of an answer, which machine it is. */
  readonly ids?: readonly (string | undefined)[]
}

type WithoutAuthor<T> = T extends unknown ? Omit<T, 'at' | 'by'> : never
export type RecordDraft = WithoutAuthor<Draft>

export type Recorded =
  | { readonly how: 'recorded'; readonly entry: AnyEntry }
  /** No incident is current: nothing was to be recorded. */
  | { readonly how: 'no-incident' }
  | { readonly how: 'failed'; readonly problem: StoreProblem }

export interface RecorderParts {
  readonly incident: string
  /** Opened by the first entry. */
  readonly store: () => Store
  /** Who: `alice@laptop`. */
  readonly by: string
  /**
   * The words of the command that its entries name, as a person would type it again: `halligan`, `look`, `web-1`. Said by who makes the recorder, since
   * what was typed may be what must not be written down. A payload that names a command of its own keeps that.
   */
  readonly typed: readonly string[]
  readonly redact: RedactThoroughly
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Told of each entry once it is on disk; must not throw. */
  readonly onRecorded?: ((entry: AnyEntry) => void) | undefined
}

/** Without an incident. */
export const noRecorder: Recorder = {
  incident: undefined,
  record: () => Promise.resolve({ how: 'no-incident' }),
}

export function recorderOf({ incident, store, by, typed, redact, now, onRecorded }: RecorderParts): Recorder {
  return {
    incident,
    record: async (draft, bytes = [], { after, isRedacted = false, ids = [] } = {}) => {
      try {
        const evidence: Uint8Array[] = []
        const redactBytes = keepingIds(ids, redact)
        for (const each of bytes) evidence.push(isRedacted ? each : await redactedBytes(each, redactBytes))
        const made = draft(evidence.map(evidenceId))
        const at = new Date(now()).toISOString()
        const redactHere = await keepingNames({ ...made, by }, redact)
        const command = await typedCommand(typed, redactHere)
        const written = { ...made, payload: { command, ...made.payload }, at, by } as Draft
        const options = { ...(after === undefined ? {} : { after }), evidence }
        const entry = await store().append(incident, await redactedEntry(written, redactHere), options)
        onRecorded?.(entry)
        return { how: 'recorded', entry }
      } catch (error) {
        return { how: 'failed', problem: problemOf(error, 'the data folder') }
      }
    },
  }
}

/**
 * By whom, on which box, and what it says. What the record itself goes by stays, whatever patterns of halligan.yaml fit it: when, what kind of entry, which
 * machine, states, and ids.
 */
async function redactedEntry(entry: Draft, redact: RedactThoroughly): Promise<Draft> {
  const { by, box, identity, payload } = entry
  const said = await redactedDeep({ by, box, hostname: identity?.hostname, payload }, redact, isOfTheRecord)
  return {
    ...entry,
    by: said.by,
    ...(said.box === undefined ? {} : { box: said.box }),
    ...(identity === undefined ? {} : { identity: { ...identity, hostname: said.hostname ?? '' } }),
    payload: said.payload,
  } as Draft
}

/** Texts of payloads (payloads.ts) that are no text of a person or of a box, by their key; no secret has the form. */
const KEPT: Readonly<Record<string, RegExp>> = {
  evidence: /^[0-9a-f]{64}$/,
  cast: /^[0-9a-f]{64}$/,
  head: /^[0-9a-f]{64}$/,
  job: /^[0-9a-z][0-9a-z-]{0,63}$/,
  at: /^\d{4}-\d{2}-\d{2}T[\d:.]{8,15}Z$/,
  since: /^\d{4}-\d{2}-\d{2}T[\d:.]{8,15}Z$/,
  from: /^std(?:out|err)$/,
  state: /^[a-z-]{1,20}$/,
  able: /^[a-z]{1,10}$/,
  price: /^[a-z]{1,10}$/,
  check: /^[a-z][a-z-]{0,40}$/,
  symptomOf: /^[a-z][a-z-]{0,40}$/,
  probe: /^[a-z][a-z-]{0,40}$/,
  resource: /^[a-z]{1,20}$/,
  kind: /^[a-z][a-z-]{0,40}$/,
}

function isOfTheRecord(text: string, key: string): boolean {
  return Object.hasOwn(KEPT, key) && KEPT[key]?.test(text) === true
}
