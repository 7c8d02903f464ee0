import { reliefNamed } from '../../evidence/reliefs/index.ts'
import type { Before, Relief } from '../../evidence/reliefs/relief.ts'
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
export function recordedRelief(entries: readonly AnyEntry[], box: string, seq: number): RecordedRelief | Unusable {
  const entry = entries.find((each) => each.seq === seq)
  if (!entry) return { why: `There is no entry #${seq}.`, tryNext: 'halligan timeline' }
  if (entry.did !== 'relieved')
    return { why: `#${seq} is no relief.`, tryNext: 'halligan status shows under "holds" what can be taken back.' }
  const { payload } = entry
  if (!payload)
    return {
      why: `What #${seq} said was purged.`,
      tryNext: `See for yourself on ${box}, then halligan undone ${seq} HOW.`,
    }
  if (payload.of !== undefined) return recordedRelief(entries, box, payload.of)
  if (entry.box !== box)
    return {
      why: `#${seq} was done on ${entry.box}, not on ${box}.`,
      tryNext: `halligan relieve ${entry.box ?? 'BOX'} …`,
    }
  const relief = payload.relief === undefined ? undefined : reliefNamed(payload.relief)
  const end = reliefEnd(payload, endsOf(entries).get(seq))
  if (!relief || end === undefined)
    return {
      why: `#${seq} was done by hand, or by another version.`,
      tryNext: `${payload.undo ?? 'Take it back by hand'}, then halligan undone ${seq} HOW.`,
    }
  if (end === 'not-started') return { why: `#${seq} was not done.`, tryNext: 'There is nothing to take back.' }
  const target = relief.targetOf(payload.target ?? [])
  if ('why' in target)
    return {
      why: `What #${seq} was done to cannot be told from the record any more: ${target.why}`,
      tryNext: `See for yourself on ${box}, then halligan undone ${seq} HOW.`,
    }
  const before = Object.fromEntries((payload.before ?? []).map(({ name, value }) => [name, value]))
  if (!relief.isBefore(before, target))
    return {
      why: `What was there before #${seq} cannot be told from the record any more.`,
      tryNext: `See for yourself on ${box}, then halligan undone ${seq} HOW.`,
    }
  return { seq, at: entry.at, relief, target, before, payload, end, isUndone: toldOver(entries, 'undone').has(seq) }
}
