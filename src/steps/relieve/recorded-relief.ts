import { reliefNamed } from '../../evidence/reliefs/index.ts'
import type { Before, Relief } from '../../evidence/reliefs/relief.ts'
import { settleRelief } from '../../findings/next.ts'
import { endsOf, toldOver } from '../../incidents/endings.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import { reliefEnd, type ReliefEnd } from '../../incidents/relief-end.ts'
import type { AnyEntry } from '../../incidents/store.ts'

/** A relief that the record has, with all that its scripts are made of. */
export interface RecordedRelief {
  readonly seq: number
  /** When it was begun, by the clock of the console that did it. ISO 8601. */
  readonly at: string
  readonly relief: Relief
  readonly target: readonly string[]
  readonly before: Before
  readonly payload: PayloadOf<'relieved'>
  readonly end: ReliefEnd
  /** An `undone` names it. */
  readonly isUndone: boolean
}

/** What stands in the way of using it, in a sentence, with what to try. */
export interface Unusable {
  readonly why: string
  readonly tryNext: string
}

/**
 * The relief that an entry says was begun on this box. Its scripts are made anew from the target and the state before, each of which has to have the form that it has when
 * it is typed or read from a box: what was redacted meanwhile, or written by somebody else, has not.
 */
export function recordedRelief(
  entries: readonly AnyEntry[],
  box: string,
  seq: number,
  word: 'check' | 'undo' = 'check',
): RecordedRelief | Unusable {
  const byHand = (why: string): Unusable => ({
    why: `${why} See for yourself on ${box} how it is, then say so.`,
    tryNext: `halligan undone ${seq} "how it is"`,
  })
  const entry = entries.find((each) => each.seq === seq)
  if (!entry) return { why: `There is no entry #${seq}.`, tryNext: 'halligan timeline' }
  if (entry.did !== 'relieved')
    return {
      why: `#${seq} is no relief.`,
      tryNext: 'halligan status, which shows under "holds" what can be taken back',
    }
  const { payload } = entry
  if (!payload) return byHand(`What #${seq} said was purged.`)
  if (payload.of !== undefined) return recordedRelief(entries, box, payload.of, word)
  if (entry.box !== box)
    return {
      why: `#${seq} was done on ${entry.box}, not on ${box}.`,
      tryNext:
        entry.box === undefined ? 'halligan timeline' : settleRelief(entry.box, payload.sudo ?? false, word, seq),
    }
  const relief = payload.relief === undefined ? undefined : reliefNamed(payload.relief)
  const end = reliefEnd(payload, endsOf(entries).get(seq))
  if (!relief || end === undefined)
    return byHand(
      `#${seq} was done by hand, or by another version${payload.undo === undefined ? '' : `; what takes it back: ${payload.undo}`}.`,
    )
  if (end === 'not-started') return { why: `#${seq} was not done: it changed nothing.`, tryNext: 'halligan timeline' }
  const target = relief.targetOf(payload.target ?? [])
  if ('why' in target) return byHand(`What #${seq} was done to cannot be told from the record any more: ${target.why}`)
  const before = Object.fromEntries((payload.before ?? []).map(({ name, value }) => [name, value]))
  if (!relief.isBefore(before, target))
    return byHand(`What was there before #${seq} cannot be told from the record any more.`)
  return { seq, at: entry.at, relief, target, before, payload, end, isUndone: toldOver(entries, 'undone').has(seq) }
}
