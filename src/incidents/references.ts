import type { AnyEntry } from './store.ts'

/** Numbers of the entries of the same incident that an entry speaks of: what it ends, undoes, links, purges, or rests on. */
export function entriesNamedIn({ payload }: AnyEntry): readonly number[] {
  if (typeof payload !== 'object' || payload === null) return []
  const named = Object.entries(payload).flatMap(([key, value]: [string, unknown]): readonly unknown[] => {
    if (key === 'of' || key === 'seq' || key === 'undoes') return [value]
    return key === 'by' && Array.isArray(value) ? value : []
  })
  return [...new Set(named.filter((each) => typeof each === 'number' && Number.isSafeInteger(each)))] as number[]
}
