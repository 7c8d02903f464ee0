import type { AnyEntry } from './store.ts'

/** Numbers of the entries of the same incident that an entry speaks of: what it ends, undoes, links, purges, or rests on. */
export function entriesNamedIn({ payload }: AnyEntry): readonly number[] {
  if (typeof payload !== 'object' || payload === null) return []
  const named = Object.entries(payload).flatMap(([key, value]: [string, unknown]): readonly unknown[] => {
    if (key === 'of' || key === 'seq') return [value]
    return key === 'by' && Array.isArray(value) ? value : []
  })
  return [...new Set(named.filter((each) => typeof each === 'number' && Number.isSafeInteger(each)))] as number[]
}

/**
 * The entries that tell of the same command or shell: that it was begun, and how it ended (`ran` and `shelled`). With the one that is asked for, in
 * order; that one alone where there is no other.
 */
export function pairOf(entries: readonly AnyEntry[], seq: number): readonly AnyEntry[] {
  const entry = entries.find((each) => each.seq === seq)
  if (!entry) return []
  const first = beginningOf(entry) ?? seq
  const both = entries.filter((each) => each.did === entry.did && (each.seq === first || beginningOf(each) === first))
  return both.length > 0 ? both : [entry]
}

function beginningOf(entry: AnyEntry): number | undefined {
  return entry.did === 'ran' || entry.did === 'shelled' ? entry.payload?.of : undefined
}
