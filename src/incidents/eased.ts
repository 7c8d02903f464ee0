import { endsOf, toldOver } from './endings.ts'
import { reliefEnd } from './relief-end.ts'
import type { AnyEntry } from './store.ts'
import { told } from './told.ts'

/** A relief that worked and that nothing takes back: it bought time, and the cause is where it was. */
export interface Eased {
  readonly seq: number
  readonly box: string | undefined
  readonly what: string
}

/** Those of which nobody has said that they are over (`undone`), in their order. */
export function easedOf(entries: readonly AnyEntry[]): readonly Eased[] {
  const ends = endsOf(entries)
  const over = toldOver(entries, 'undone')
  return told(entries, 'relieved').flatMap(({ seq, box, payload }) => {
    const { what, undo, undoes } = payload
    const isMeant = undo === undefined && undoes === undefined && !over.has(seq)
    return isMeant && reliefEnd(payload, ends.get(seq)) === 'done' ? [{ seq, box, what }] : []
  })
}
