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
   * Writes one entry at the end of its incident, and with it raw bytes, all of which its payload names by their content address (`evidenceId`): each is
   * kept once, compressed. The first of an incident must be `opened`. With `after` only if the last entry still has that number (0: there is none),
   * else `moved-on`.
   */
  append(incident: string, draft: Draft, options?: AppendOptions): Promise<Entry>
  /** Entries of an incident in order. Those of a kind or with a payload that this version does not know come as `other`. */
  read(incident: string, range?: ReadRange): Promise<readonly AnyEntry[]>
  /** One line for each incident, the one that was written to last first. */
  list(): Promise<readonly IncidentSummary[]>
  /** Entries after that number as they are written, by whichever process; ends when the signal is aborted. */
  subscribe(incident: string, after: number, signal: AbortSignal): AsyncIterable<AnyEntry>
  /** Raw bytes that were put with an entry. */
  getEvidence(id: string): Promise<Uint8Array | undefined>
  /** Entries in which all the words stand (a prefix is enough for the last), best first. */
  search(words: string, limit: number): Promise<readonly AnyEntry[]>
  /** Takes the payload of an entry out for good, with the evidence that nothing else names, and appends the tombstone. */
  purge(incident: string, seq: number, tombstone: Purge): Promise<Purged>
  /** The whole incident as it was at one moment: its entries in order, then each piece of evidence that they name, once. */
  copy(incident: string): AsyncIterable<CopyItem>
  /**
   * Writes an incident that was copied elsewhere, entry by entry as it was; what is here already stays. All is verified before anything is written, and
   * all of its entries are written or none; others write on meanwhile. The copy is read several times.
   */
  adopt(copy: () => AsyncIterable<CopyItem>): Promise<Adopted>
  /** Goes through the chain of one incident and all that belongs to it; undefined when all is as it was written. */
  audit(incident: string): Promise<Broken | undefined>
  /** What is wrong with the record beside the chains of its incidents, in sentences: its file, its guards, its index, what belongs to no entry. */
  examine(): Promise<readonly string[]>
  close(): Promise<void>
}

export interface AppendOptions {
  readonly after?: number
  readonly evidence?: readonly Uint8Array[]
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
  /** As it was typed. */
  readonly command?: string
  /** What of it still counts; see `purged` in payloads.ts. */
  readonly of?: number | undefined
  readonly over?: boolean | undefined
}

/** What came of a purge. */
export interface Purged {
  readonly tombstone: Entry
  /** Evidence that went with the payload. */
  readonly removed: readonly string[]
  /** Evidence that stays, since other entries rest on it too, perhaps of other incidents. */
  readonly shared: readonly { readonly evidence: string; readonly by: readonly EntryName[] }[]
  /** False while another reader keeps old pages in the store's own log: what was purged is there until the next purge or close. */
  readonly overwritten: boolean
}

export interface EntryName {
  readonly incident: string
  readonly seq: number
}

/** What a copy of an incident consists of. */
export type CopyItem =
  | { readonly entry: StoredEntry }
  /** A piece of evidence, and its content address. */
  | { readonly evidence: string; readonly bytes: Uint8Array }

export interface Adopted {
  readonly incident: string
  /** Entries of the copy, and how many of them were new here. */
  readonly entries: number
  readonly added: number
  readonly evidence: number
  /** Hash of the copy's last entry. */
  readonly head: string
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
  | 'disk-failed'
  | 'newer'
  | 'no-such-incident'
  | 'no-such-entry'
  | 'already-there'
  | 'moved-on'
  | 'too-large'
  /** A copy that is not as it was written. */
  | 'not-intact'
  /** A file beside the record, to export to or to import from. */
  | 'file'
  | 'unknown'
