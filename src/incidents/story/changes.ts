import type { Price } from '../../boxes/price.ts'
import { endsOf } from '../endings.ts'
import type { AnyEntry } from '../store.ts'
import { reliefEnd } from '../relief-end.ts'
import { told, type Told } from '../told.ts'
import { interventionsOf } from './interventions.ts'
import { momentOf, type Moment } from './moment.ts'

/** Something that was made different on a box, and all that is known of it since. */
export interface Change extends Moment {
  /** `relieved`: to stop the bleeding; `changed`: the fix, or an attempt at it; `ran`, `shelled`: a command or a shell that is linked to a commit. */
  readonly how: 'relieved' | 'changed' | 'ran' | 'shelled'
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
  const known = (seq: number) => ({
    undone: undoneIn(entries, seq),
    linked: links.filter(({ of }) => of === seq),
    verified: verifications.filter(({ of }) => of === seq),
  })
  const ends = endsOf(entries)
  const wasMade = (entry: Told<'relieved' | 'changed'>): boolean => {
    if (entry.did === 'changed') return true
    const end = reliefEnd(entry.payload, ends.get(entry.seq))
    return end !== undefined && end !== 'not-started' && entry.payload.undoes === undefined
  }
  const made = told(entries, 'relieved', 'changed')
    .filter(wasMade)
    .map((entry): Change => {
      const { seq, did, box, payload } = entry
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
        ...known(seq),
      }
    })
  const linked = interventionsOf(entries)
    .filter(({ seq }) => links.some(({ of }) => of === seq))
    .map(({ seq, at, how, box, line, command, price }): Change => ({
      seq,
      at,
      how,
      box,
      price,
      command,
      what: line ?? (how === 'ran' ? 'a command off the record' : 'what was typed in a shell'),
      diff: undefined,
      undo: undefined,
      debt: false,
      running: false,
      ...known(seq),
    }))
  return [...made, ...linked].toSorted((a, b) => a.seq - b.seq)
}

function undoneIn(entries: readonly AnyEntry[], seq: number): Change['undone'] {
  const back = told(entries, 'undone').find(({ payload }) => payload.of === seq)
  return back && { ...momentOf(back), why: back.payload.why }
}

export function verificationsOf(entries: readonly AnyEntry[]): readonly Verification[] {
  return told(entries, 'verified').map((entry) => {
    const { good, text, of } = entry.payload
    return { ...momentOf(entry), good, text, of }
  })
}

/** What is linked to the entry that says how a command ended belongs to the one that says that it began. */
function linksOf(entries: readonly AnyEntry[]): readonly Link[] {
  const begun = new Map([...endsOf(entries)].map(([began, { seq }]) => [seq, began]))
  return told(entries, 'linked').map((entry) => {
    const { of, commit, url } = entry.payload
    return { ...momentOf(entry), of: begun.get(of) ?? of, commit, url }
  })
}
