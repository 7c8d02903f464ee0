import { endsOf } from '../incidents/endings.ts'
import { piecesOf, type Piece } from '../incidents/pieces.ts'
import type { Redact } from '../incidents/redaction/index.ts'
import { entriesNamedIn } from '../incidents/references.ts'
import type { AnyEntry, Store } from '../incidents/store.ts'
import type { Told } from '../incidents/told.ts'
import type { ShownLook } from './look.ts'

/** One entry with all that belongs to it. */
export interface ShownEntry {
  readonly entry: AnyEntry
  readonly pieces: readonly ShownPiece[]
  /** Of a look. */
  readonly look: ShownLook | undefined
  /** Entries that it speaks of. */
  readonly about: readonly AnyEntry[]
  /** Later ones that speak of it. */
  readonly later: readonly AnyEntry[]
  /** Where it says only that something was begun: the entry that tells how it ended. */
  readonly end: AnyEntry | undefined
}

export interface ShownPiece extends Piece {
  /** Undefined: the record has not got it. */
  readonly bytes: Uint8Array | undefined
}

/** Reads an entry with its evidence; undefined when the incident has none of that number. Rejects with a `StoreProblem`. */
export async function showEntry(
  store: Store,
  incident: string,
  seq: number,
  redact: Redact,
): Promise<ShownEntry | undefined> {
  const entries = await store.read(incident)
  const entry = entries.find((each) => each.seq === seq)
  if (!entry) return undefined
  const named = new Set(entriesNamedIn(entry))
  const pieces = await piecesWithBytes(store, entry)
  return {
    entry,
    pieces,
    look: await lookIn(entry, pieces, redact),
    about: entries.filter((each) => named.has(each.seq)),
    later: entries.filter((each) => each.seq > seq && entriesNamedIn(each).includes(seq)),
    end: endsOf(entries).get(seq),
  }
}

/** The evidence of an entry. Rejects with a `StoreProblem`. */
export async function piecesWithBytes(store: Store, entry: AnyEntry): Promise<readonly ShownPiece[]> {
  const pieces: ShownPiece[] = []
  for (const piece of piecesOf(entry)) pieces.push({ ...piece, bytes: await store.getEvidence(piece.evidence) })
  return pieces
}

async function lookIn(entry: AnyEntry, pieces: readonly ShownPiece[], redact: Redact): Promise<ShownLook | undefined> {
  if ((entry.did !== 'looked' && entry.did !== 'preserved') || entry.payload === undefined) return undefined
  const { storedLook } = await import('./stored-look.ts')
  const answer = pieces.find(({ evidence }) => evidence === entry.payload?.evidence?.[0])?.bytes
  return storedLook(entry as Told<'looked' | 'preserved'>, answer, redact)
}
