import { BEFORE_THE_FIRST, evidenceId, headerHash, payloadHash, type StoredEntry } from '../../src/incidents/entry.ts'
import type { CopyItem } from '../../src/incidents/store.ts'

/** What an entry of a made copy says; the rest has a usual value. */
export interface Forged {
  readonly did: string
  readonly payload: unknown
  readonly header?: Partial<StoredEntry>
  /** Without salt and body, as after a purge. */
  readonly silent?: boolean
}

export const FORGED_INCIDENT = '20260102-bcdf'

/** Entries whose chain verifies, made without a store. */
export function forgedEntries(entries: Iterable<Forged>): readonly StoredEntry[] {
  let prev = BEFORE_THE_FIRST
  let seq = 0
  return Array.from(entries, ({ did, payload, header = {}, silent = false }) => {
    seq += 1
    const salt = seq.toString(16).padStart(32, '0')
    const body = JSON.stringify(payload)
    const at = new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + seq * 1000).toISOString()
    const own = {
      v: 1,
      incident: FORGED_INCIDENT,
      seq,
      at,
      by: 'amy@web-1',
      did,
      payloadHash: payloadHash(salt, body),
      prev,
    }
    const whole = { ...own, ...header }
    const hash = headerHash(whole)
    prev = hash
    return { ...whole, hash, salt: silent ? undefined : salt, body: silent ? undefined : body }
  })
}

export function forgedEvidence(bytes: Uint8Array): CopyItem {
  return { evidence: evidenceId(bytes), bytes }
}

/** As `Store.adopt` takes it. */
export function asCopy(items: readonly CopyItem[]): () => AsyncIterable<CopyItem> {
  return async function* () {
    yield* items
  }
}

export const OPENED: Forged = { did: 'opened', payload: { title: 'checkout returns 500s', boxes: ['web-1'] } }

export function noted(text: string, evidence?: readonly string[]): Forged {
  return { did: 'noted', payload: { text, evidence } }
}
