import type { Draft, Entry, EntryOf, StoredEntry } from './entry.ts'
import type { Did } from './payloads.ts'

/**
 * Where the record is kept. Append-only; what `append` has given back is on disk and survives a crash and a power loss. Every implementation
 * passes the conformance suite (test/record/conformance.ts). Methods reject with a `StoreProblem`, and with nothing else.
 */
export interface Store {
  /** Where it is, for messages: a file, a host and a database. */
  readonly place: string
  /**
   * Writes one entry at the end of its incident; the first of an incident must be `opened`. With `after` only if the last entry still has that
   * number, else `moved-on`. Evidence that the payload names must have been put before.
   */
  append(incident: string, draft: Draft, condition?: { readonly after: number }): Promise<Entry>
  /** Entries of an incident in order. Payloads of a form that this version does not know are left out of the typed union and come as `other`. */
  read(incident: string, range?: ReadRange): Promise<readonly AnyEntry[]>
  /** One line for each incident, the one with the newest entry first. */
  list(): Promise<readonly IncidentSummary[]>
  /** Entries after that number as they are written, by whichever process; ends when the signal is aborted. */
  subscribe(incident: string, after: number, signal: AbortSignal): AsyncIterable<AnyEntry>
  /** Keeps raw bytes under the hash of their content, compressed, once; gives that hash. */
  putEvidence(bytes: Uint8Array): Promise<string>
  getEvidence(id: string): Promise<Uint8Array | undefined>
  /** Entries in which all the words stand (a prefix is enough for the last), best first. */
  search(words: string, limit: number): Promise<readonly AnyEntry[]>
  /** Takes the payload of an entry out for good, with the evidence that nothing else names, and appends the tombstone. */
  purge(incident: string, seq: number, tombstone: Purge): Promise<Entry>
  /** Writes an incident that another console recorded, entry by entry as it was; all of it or nothing. */
  adopt(copy: IncidentCopy): Promise<void>
  /** The whole incident with its evidence, for an export. */
  copy(incident: string): Promise<IncidentCopy>
  /** Goes through the chain of one incident and its evidence; undefined when all is as it was written. */
  audit(incident: string): Promise<Broken | undefined>
  close(): Promise<void>
}

/** An entry of this version's kinds, or one of a kind, or with a payload, that it does not know. */
export type AnyEntry = Entry | OtherEntry
export interface OtherEntry extends Omit<EntryOf<Did>, 'did' | 'payload'> {
  readonly did: 'other'
  /** As it stands in the record. */
  readonly saysDid: string
  readonly payload: unknown
}

export interface ReadRange {
  /** Only entries with a greater number. */
  readonly after?: number
  /** At most so many. */
  readonly limit?: number
  /** The last ones instead of the first ones, still in order. */
  readonly last?: boolean
}

export interface IncidentSummary {
  readonly id: string
  readonly title: string
  readonly openedAt: string
  readonly openedBy: string
  /** Who has it: opened it, or took it over last. */
  readonly holder: string
  readonly closedAt: string | undefined
  readonly entries: number
  readonly lastAt: string
  /** Hash of the last entry. */
  readonly head: string
}

export interface Purge {
  readonly at: string
  readonly by: string
  readonly why: string
}

/** What an export holds. */
export interface IncidentCopy {
  readonly incident: string
  readonly entries: readonly StoredEntry[]
  /** By content address. */
  readonly evidence: ReadonlyMap<string, Uint8Array>
}

export interface Broken {
  readonly seq: number
  /** What does not fit, in one sentence. */
  readonly why: string
}

/** Why the record could not be written or read; nothing that was acknowledged is lost by it. */
export class StoreProblem extends Error {
  override readonly name = 'StoreProblem'
  readonly kind: StoreProblemKind
  /** What to do about it. */
  readonly tryNext: string
  constructor(kind: StoreProblemKind, message: string, tryNext: string) {
    super(message)
    this.kind = kind
    this.tryNext = tryNext
  }
}

export type StoreProblemKind =
  | 'disk-full'
  | 'not-writable'
  | 'locked'
  | 'corrupt'
  | 'newer'
  | 'no-such-incident'
  | 'no-such-entry'
  | 'already-there'
  | 'moved-on'
  | 'too-large'
  | 'unknown'
