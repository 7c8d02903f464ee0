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

/** What a command was said to cost. */
export function priceOf({ payload }: AnyEntry): Price | undefined {
  const said = typeof payload === 'object' && payload !== null && 'price' in payload ? payload.price : undefined
  return PRICES.find((price) => price === said)
}

/** Milliseconds from one moment to the other; undefined where a clock was turned back between them, or a time is none. */
export function spanMs(from: Pick<Moment, 'at'>, to: Pick<Moment, 'at'>): number | undefined {
  const span = Date.parse(to.at) - Date.parse(from.at)
  return span >= 0 ? span : undefined
}
