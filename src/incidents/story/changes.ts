import type { Price } from '../../boxes/price.ts'
import type { AnyEntry } from '../store.ts'
import { told } from '../told.ts'
import { momentOf, type Moment } from './moment.ts'

/** Something that was made different on a box, and all that is known of it since. */
export interface Change extends Moment {
  /** `relieved`: to stop the bleeding; `changed`: the fix, or an attempt at it. */
  readonly how: 'relieved' | 'changed'
  readonly box: string | undefined
  readonly what: string
  readonly price: Price
  readonly command: string | undefined
  /** Unified diff. */
  readonly diff: string | undefined
  /** How to take it back. */
  readonly undo: string | undefined
  /** It belongs into the repository. */
  readonly debt: boolean
  /** It goes on on the box until it is undone. */
  readonly running: boolean
  readonly undone: (Moment & { readonly why: string | undefined }) | undefined
  readonly linked: readonly Link[]
  readonly verified: readonly Verification[]
}

export interface Link extends Moment {
  readonly of: number
  readonly commit: string | undefined
  readonly url: string | undefined
}

export interface Verification extends Moment {
  readonly good: boolean
  readonly text: string
  readonly of: number | undefined
}

export function changesOf(entries: readonly AnyEntry[]): readonly Change[] {
  const links = linksOf(entries)
  const verifications = verificationsOf(entries)
  return told(entries, 'relieved', 'changed').map((entry) => {
    const { seq, did, box, payload } = entry
    const back = told(entries, 'undone').find((each) => each.payload.of === seq)
    return {
      ...momentOf(entry),
      how: did,
      box,
      what: payload.what,
      price: payload.price,
      command: payload.command,
      diff: 'diff' in payload ? payload.diff : undefined,
      undo: payload.undo,
      debt: 'debt' in payload && payload.debt === true,
      running: 'running' in payload && payload.running === true,
      undone: back && { ...momentOf(back), why: back.payload.why },
      linked: links.filter(({ of }) => of === seq),
      verified: verifications.filter(({ of }) => of === seq),
    }
  })
}

export function verificationsOf(entries: readonly AnyEntry[]): readonly Verification[] {
  return told(entries, 'verified').map((entry) => {
    const { good, text, of } = entry.payload
    return { ...momentOf(entry), good, text, of }
  })
}

function linksOf(entries: readonly AnyEntry[]): readonly Link[] {
  return told(entries, 'linked').map((entry) => {
    const { of, commit, url } = entry.payload
    return { ...momentOf(entry), of, commit, url }
  })
}
