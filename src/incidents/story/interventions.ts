import type { Price } from '../../boxes/price.ts'
import { endsOf } from '../endings.ts'
import type { AnyEntry } from '../store.ts'
import { told, type Told } from '../told.ts'
import { momentOf, type Moment } from './moment.ts'

/** What somebody ran on a box with a command of their own, or in a shell. */
export interface Intervention extends Moment {
  readonly how: 'ran' | 'shelled'
  readonly box: string | undefined
  /** The command; undefined where it was off the record, and of a shell. */
  readonly line: string | undefined
  /** As it was typed at the console. */
  readonly command: string | undefined
  readonly price: Price
  /** Lines typed in a shell. */
  readonly typed: number
  /**
   * It may have made something different on the box; the record cannot tell whether it did. Of commands: those that ended with 0, and of which nobody
   * said that they do not; and those of which somebody said that they do, however they ended (`pkill x; pidof x` ends with 1 when it worked). Of shells: those in which something was typed, or nobody knows what.
   */
  readonly mayHaveChanged: boolean
}

/** All of them, in order, each once although one entry says that it begins and another how it ended. */
export function interventionsOf(entries: readonly AnyEntry[]): readonly Intervention[] {
  const ends = endsOf(entries)
  return told(entries, 'ran', 'shelled').flatMap((entry) => {
    if (entry.payload.of !== undefined) return []
    const end = ends.get(entry.seq)
    return [entry.did === 'ran' ? commandOf(entry, end) : shellOf(entry, end)]
  })
}

function commandOf(entry: Told<'ran'>, end: AnyEntry | undefined): Intervention {
  const { line, price = 'change', priceSaid, command, offTheRecord } = entry.payload
  const { state, exit } = (end?.did === 'ran' ? end.payload : undefined) ?? entry.payload
  return {
    ...momentOf(entry),
    how: 'ran',
    box: entry.box,
    line: offTheRecord ? undefined : line,
    command,
    price,
    typed: 0,
    mayHaveChanged:
      (price === 'change' || price === 'pause') &&
      ((state === 'ended' && exit === 0) || (priceSaid === true && state !== 'not-started')),
  }
}

function shellOf(entry: Told<'shelled'>, end: AnyEntry | undefined): Intervention {
  const { commands, state, offTheRecord } = (end?.did === 'shelled' ? end.payload : undefined) ?? entry.payload
  return {
    ...momentOf(entry),
    how: 'shelled',
    box: entry.box,
    line: undefined,
    command: entry.payload.command,
    price: 'change',
    typed: commands.length,
    mayHaveChanged: commands.length > 0 || (offTheRecord === true && state !== 'not-started'),
  }
}
