import { PRICES, type Price } from '../../boxes/price.ts'
import type { AnyEntry } from '../store.ts'

/** Where and when something stands in the record: number of the entry, and its time (ISO 8601, UTC). */
export interface Moment {
  readonly seq: number
  readonly at: string
}

export function momentOf({ seq, at }: Moment): Moment {
  return { seq, at }
}

/** By the number of the entry that says that a command, a shell or a stop begins: the entry that says how it ended. */
export function endsOf(entries: readonly AnyEntry[]): ReadonlyMap<number, AnyEntry> {
  const ends = new Map<number, AnyEntry>()
  for (const entry of entries) {
    const of = numberIn(entry.payload, entry.did === 'stopped' ? 'wanted' : 'of')
    if (entry.did !== 'ran' && entry.did !== 'shelled' && entry.did !== 'stopped') continue
    if (of !== undefined) ends.set(of, entry)
  }
  return ends
}

/** What a command was said to cost. */
export function priceOf({ payload }: AnyEntry): Price | undefined {
  const said = typeof payload === 'object' && payload !== null && 'price' in payload ? payload.price : undefined
  return PRICES.find((price) => price === said)
}

function numberIn(payload: unknown, key: string): number | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const found: unknown = Object.entries(payload).find(([name]) => name === key)?.[1]
  return typeof found === 'number' ? found : undefined
}

/** Milliseconds from one moment to the other; undefined where a clock was turned back between them, or a time is none. */
export function spanMs(from: Pick<Moment, 'at'>, to: Pick<Moment, 'at'>): number | undefined {
  const span = Date.parse(to.at) - Date.parse(from.at)
  return span >= 0 ? span : undefined
}
