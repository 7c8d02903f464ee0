import { evidenceId, type Draft } from './entry.ts'
import { keepingNames, redactedBytes, redactedDeep, type RedactThoroughly } from './redaction/index.ts'
import { problemOf } from './sqlite-failures.ts'
import type { AnyEntry, Store, StoreProblem } from './store.ts'

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
  /** As it was typed: `halligan look web-1`; written into each payload that does not name one. */
  readonly command: string
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

export function recorderOf({ incident, store, by, command, redact, now, onRecorded }: RecorderParts): Recorder {
  return {
    incident,
    record: async (draft, bytes = [], { after, isRedacted = false } = {}) => {
      try {
        const evidence: Uint8Array[] = []
        for (const each of bytes) evidence.push(isRedacted ? each : await redactedBytes(each, redact))
        const made = draft(evidence.map(evidenceId))
        const at = new Date(now()).toISOString()
        const written = { ...made, payload: { command, ...made.payload }, at, by } as Draft
        const options = { ...(after === undefined ? {} : { after }), evidence }
        const entry = await store().append(
          incident,
          await redactedDeep(written, await keepingNames(written, redact)),
          options,
        )
        onRecorded?.(entry)
        return { how: 'recorded', entry }
      } catch (error) {
        return { how: 'failed', problem: problemOf(error, 'the data folder') }
      }
    },
  }
}
