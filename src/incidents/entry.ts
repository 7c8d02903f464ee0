import { sha256Hex } from '../base/sha256.ts'
import type { PayloadOf, Did } from './payloads.ts'

/**
 * One line of the record: who did what, when, on which box. The header is chained by its hash; what was said and seen is the payload, of which
 * the header holds only a salted hash, so that a payload can be purged and the chain still verifies (docs/record.md).
 */
export interface EntryOf<D extends Did> extends Header {
  readonly did: D
  /** Undefined once it was purged. */
  readonly payload: PayloadOf<D> | undefined
  /** Random, 32 hex digits; goes with the payload, so that nobody can try what a purged payload might have been. */
  readonly salt: string | undefined
}
export type Entry = { readonly [D in Did]: EntryOf<D> }[Did]

/** What is hashed and chained. */
export interface Header {
  /** Version of this form. */
  readonly v: number
  readonly incident: string
  /** 1 for the first entry of an incident, without gaps. This is the order; the clock may have been turned back. */
  readonly seq: number
  /** Console's clock, ISO 8601 in UTC with milliseconds. */
  readonly at: string
  /** Who: `alice@laptop`. */
  readonly by: string
  readonly did: string
  /** As the user named it. */
  readonly box?: string | undefined
  /** Which machine it turned out to be. */
  readonly identity?: BoxIdentity | undefined
  /** SHA-256 of salt and payload, 64 hex digits. */
  readonly payloadHash: string
  /** Hash of the entry before; 64 zeros before the first. */
  readonly prev: string
  readonly hash: string
}

export interface BoxIdentity {
  readonly hostname: string
  readonly machineId?: string | undefined
  readonly bootId?: string | undefined
}

/** What a caller gives; the store adds the place in the chain. */
export type Draft = { readonly [D in Did]: DraftOf<D> }[Did]
export interface DraftOf<D extends Did> {
  readonly at: string
  readonly by: string
  readonly did: D
  readonly box?: string | undefined
  readonly identity?: BoxIdentity | undefined
  readonly payload: PayloadOf<D>
}

/** An entry as it is stored and exported: the payload as text, since its hash is over those bytes. */
export interface StoredEntry extends Header {
  readonly salt: string | undefined
  readonly body: string | undefined
}

export const ENTRY_VERSION = 1
export const BEFORE_THE_FIRST = '0'.repeat(64)
/** Of one text of a header, so that nobody hides a book in the part that cannot be purged. UTF-16 units. */
const HEADER_TEXT_LIMIT = 1024
/** Of a payload as JSON: far above any real one; what is longer belongs into evidence. Bytes. */
export const PAYLOAD_LIMIT = 4 * 1024 * 1024
/** Of one piece of evidence: far above what is kept of any output, below SQLite's 1 GB for a value and V8's limit of a text. Bytes. */
export const EVIDENCE_LIMIT = 256 * 1024 * 1024

/**
 * SHA-256 over the UTF-8 bytes of a JSON array without blanks: `halligan.entry/1` (the form and its version), incident, seq, at, by, did, box, host
 * name, machine id and boot id (null where there is none), hash of the payload, hash of the entry before. Texts of a header have no control
 * characters and no lone surrogates, so every JSON writer gives the same bytes. Frozen with version 1.
 */
export function headerHash(header: Omit<Header, 'hash'>): string {
  const { v, incident, seq, at, by, did, box, identity, payloadHash, prev } = header
  const where = [box, identity?.hostname, identity?.machineId, identity?.bootId].map((text) => text ?? null)
  return sha256Hex(JSON.stringify([`halligan.entry/${v}`, incident, seq, at, by, did, ...where, payloadHash, prev]))
}

/** SHA-256 over the line `halligan.payload/1`, the line with the salt's hex digits, and the payload as it is stored. Frozen with version 1. */
export function payloadHash(salt: string, body: string): string {
  return sha256Hex(`halligan.payload/1\n${salt}\n${body}`)
}

/** Content address of a piece of raw evidence, its plain SHA-256: 64 hex digits. */
export function evidenceId(bytes: Uint8Array): string {
  return sha256Hex(bytes)
}

/** Text as a header has it: control characters and lone surrogates, of which databases and JSON writers think differently, are replaced. */
export function headerText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  const harmless = text.replaceAll(/[\u0000-\u001f\u007f]/g, '?')
  return (
    harmless.length > HEADER_TEXT_LIMIT ? `${harmless.slice(0, HEADER_TEXT_LIMIT - 1)}…` : harmless
  ).toWellFormed()
}
