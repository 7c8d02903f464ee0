import type { AnyEntry } from './store.ts'
import { told, type Told } from './told.ts'

/** Entries that tell how what another entry began has ended. */
export type End = Told<'ran' | 'shelled' | 'debugged' | 'stopped' | 'relieved'>

/**
 * By the number of the entry that says that a command, a shell, a stop or a relief begins: the entry that says how it ended. Where several say so it is the first
 * that knows the end, else the last: a session that its console had recorded, and could not clear away, looks lost afterwards.
 */
export function endsOf(entries: readonly AnyEntry[]): ReadonlyMap<number, End> {
  const kinds = new Map(entries.map(({ seq, did }) => [seq, did]))
  const ends = new Map<number, End>()
  for (const entry of told(entries, 'ran', 'shelled', 'debugged', 'stopped', 'relieved')) {
    const of = entry.did === 'stopped' ? entry.payload.wanted : endOf(entry)
    if (of === undefined || kinds.get(of) !== entry.did) continue
    const before = ends.get(of)
    if (before === undefined || !knowsEnd(before)) ends.set(of, entry)
  }
  return ends
}

function knowsEnd({ payload }: End): boolean {
  return payload.state !== 'lost'
}

type Ending = Extract<AnyEntry, { readonly did: 'ran' | 'shelled' | 'debugged' | 'relieved' | 'undone' | 'linked' }>

/** The entry of which this one tells that what it began is over, or settled. */
export function endOf(entry: AnyEntry): number | undefined {
  if (!isEnding(entry) || !entry.payload) return undefined
  return 'state' in entry.payload && entry.payload.state === 'running' ? undefined : entry.payload.of
}

function isEnding(entry: AnyEntry): entry is Ending {
  return (
    entry.did === 'ran' ||
    entry.did === 'shelled' ||
    entry.did === 'debugged' ||
    entry.did === 'relieved' ||
    entry.did === 'undone' ||
    entry.did === 'linked'
  )
}

/** Entries of which one of these kinds tells that they are over, also where that was purged since and its tombstone still says so. */
export function toldOver(entries: readonly AnyEntry[], ...kinds: readonly Ending['did'][]): ReadonlySet<number> {
  const telling = entries.filter((entry) => isEnding(entry) && kinds.includes(entry.did))
  const purged = new Set(telling.filter(({ payload }) => payload === undefined).map(({ seq }) => seq))
  const tombstones = told(entries, 'purged').filter(({ payload }) => purged.has(payload.seq))
  const all = [...telling.map(endOf), ...tombstones.map(({ payload }) => payload.of)]
  return new Set(all.filter((seq) => seq !== undefined))
}

/**
 * The entries that tell of the same command, shell or relief: that it was begun, and all that say how it ended (`ran`, `shelled`, `debugged` and `relieved`). With the one that is asked
 * for, in order; that one alone where there is no other.
 */
export function pairOf(entries: readonly AnyEntry[], seq: number): readonly AnyEntry[] {
  const entry = entries.find((each) => each.seq === seq)
  if (!entry) return []
  const first = begunIn(entry) ?? seq
  const both = entries.filter((each) => each.did === entry.did && (each.seq === first || begunIn(each) === first))
  return both.length > 0 ? both : [entry]
}

function begunIn(entry: AnyEntry): number | undefined {
  const isPaired =
    entry.did === 'ran' || entry.did === 'shelled' || entry.did === 'debugged' || entry.did === 'relieved'
  return isPaired ? endOf(entry) : undefined
}
