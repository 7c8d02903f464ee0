/** What one probe came back with. "Nothing wrong" and "could not look" are never the same value (rule 1). */
export type Reading<T> = Seen<T> | Blind | Garbled

export interface Seen<T> {
  readonly kind: 'seen'
  readonly value: T
}

export interface Blind {
  readonly kind: 'blind'
  /** In words for a person: `dmesg: Operation not permitted`. */
  readonly why: string
  /** What would help: `run with --sudo`. Empty when nothing is known to. */
  readonly hint: string
}

export interface Garbled {
  readonly kind: 'garbled'
  readonly why: string
  /** The text that could not be read, at most 2,000 characters of it. */
  readonly raw: string
}

export function seen<T>(value: T): Seen<T> {
  return { kind: 'seen', value }
}

export function blind(why: string, hint = ''): Blind {
  return { kind: 'blind', why, hint }
}

const RAW_KEPT = 2_000

export function garbled(why: string, raw: string): Garbled {
  return { kind: 'garbled', why, raw: raw.slice(0, RAW_KEPT) }
}
