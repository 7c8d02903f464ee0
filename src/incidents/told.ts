import type { EntryOf } from './entry.ts'
import type { Did, PayloadOf } from './payloads.ts'
import type { AnyEntry } from './store.ts'

/** An entry of a kind that this version knows, whose payload is still there. */
export type Told<D extends Did = Did> = { readonly [Kind in D]: ToldOf<Kind> }[D]
interface ToldOf<D extends Did> extends EntryOf<D> {
  readonly payload: PayloadOf<D>
}

/** The entries of these kinds, in order; what was purged, and what this version does not know, is left out. */
export function told<D extends Did>(entries: readonly AnyEntry[], ...kinds: readonly D[]): readonly Told<D>[] {
  const wanted: ReadonlySet<string> = new Set(kinds)
  const found: readonly unknown[] = entries.filter(({ did, payload }) => wanted.has(did) && payload !== undefined)
  // The kind decides the payload; the compiler cannot see that through the set.
  return found as readonly Told<D>[]
}
