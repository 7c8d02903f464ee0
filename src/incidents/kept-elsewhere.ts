import type { AnyEntry } from './store.ts'

/** Files made of an incident that may have in them what an entry said: those that were written after it. */
export function keptElsewhere(entries: readonly AnyEntry[], seq: number): readonly string[] {
  const takenBack = new Set(
    entries.flatMap((entry) => (entry.did === 'undone' && entry.payload ? [entry.payload.of] : [])),
  )
  return entries.flatMap((entry) => {
    if (entry.seq <= seq || takenBack.has(entry.seq)) return []
    if (entry.did === 'exported') return [`the export ${entry.payload?.file ?? ''} (#${entry.seq})`]
    if (entry.did === 'wrote-up') return [`the write-up ${entry.payload?.file ?? ''} (#${entry.seq})`]
    return []
  })
}
