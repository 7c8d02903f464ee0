import { fitting } from '../base/shape.ts'
import { BEFORE_THE_FIRST, ENTRY_VERSION, headerHash, payloadHash, type StoredEntry } from './entry.ts'
import { payloads } from './payloads.ts'
import type { Broken } from './store.ts'

/**
 * Goes through the entries of one incident in order, as they come; the first that does not fit, or undefined.
 *
 * @param beside what does not fit in what belongs to an entry and stands elsewhere: its evidence, its words in the search index; of a purged one
 *   nothing is to be there
 */
export function auditChain(
  entries: Iterable<StoredEntry>,
  beside: (entry: StoredEntry) => string | undefined,
): Broken | undefined {
  const audit = chainAudit()
  for (const entry of entries) audit.next(entry, beside)
  return audit.result()
}

/** The same for entries that come one at a time. */
export interface ChainAudit {
  next(entry: StoredEntry, beside: (entry: StoredEntry) => string | undefined): void
  /** Of the entries so far; a payload that is gone may still be explained by a later one. */
  result(): Broken | undefined
  /** The first entry that does not fit whatever comes later. */
  broken(): Broken | undefined
}

export function chainAudit(): ChainAudit {
  /** Entries without a payload, and those that a tombstone names. */
  const silent = new Set<number>()
  const purged = new Set<number>()
  let before = { seq: 0, hash: BEFORE_THE_FIRST }
  let broken: Broken | undefined
  return {
    next: (entry, beside) => {
      const seq = before.seq + 1
      const why = broken ? undefined : (placeMistake(entry, before) ?? payloadMistake(entry))
      const target = entry.did === 'purged' || why !== undefined ? targetOf(entry) : undefined
      if (why !== undefined) {
        broken = { seq, why }
        // It may be the one that said who purged an earlier payload: that one is not to blame.
        if (entry.seq !== seq || entry.did === 'purged') silent.clear()
      }
      if (target !== undefined) purged.add(target)
      if (target !== undefined && target < seq && !silent.has(target) && !broken)
        broken = { seq: target, why: `entry ${seq} says that it was purged, and what it says is still here` }
      if (!broken && entry.body === undefined) silent.add(seq)
      const besides = broken ? undefined : beside(entry)
      if (besides !== undefined) broken = { seq, why: besides }
      before = { seq, hash: entry.hash }
    },
    result: () => {
      const [unexplained] = [...silent].filter((seq) => !purged.has(seq))
      if (unexplained === undefined || (broken && broken.seq < unexplained)) return broken
      return { seq: unexplained, why: 'what it says is gone, and no entry says who purged it' }
    },
    broken: () => broken,
  }
}

/** What in the header does not fit, to itself or to the entry before. */
function placeMistake(entry: StoredEntry, before: { readonly seq: number; readonly hash: string }): string | undefined {
  const seq = before.seq + 1
  if (entry.seq !== seq) return `it is missing: the next one has the number ${entry.seq}`
  if (entry.v !== ENTRY_VERSION) return `it has the form ${entry.v}, which this version does not know`
  if (entry.hash !== headerHash(entry)) return 'its header was changed after it was written'
  if (entry.prev !== before.hash) return 'it does not follow the entry before it: one was exchanged or taken out'
  return undefined
}

function payloadMistake({ did, salt, body, payloadHash: expected }: StoredEntry): string | undefined {
  if (salt === undefined || body === undefined)
    return did === 'purged' ? 'it says what was purged, and that is gone' : undefined
  return payloadHash(salt, body) === expected ? undefined : 'what it says was changed after it was written'
}

/** The entry whose payload this one, a tombstone, says was purged. */
export function targetOf({ body }: StoredEntry): number | undefined {
  if (body === undefined) return undefined
  return fitting(payloads.purged, parsedBody(body))?.seq
}

/** What a payload says; one that is no JSON (it was tampered with) says nothing. */
export function parsedBody(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
