import { inParallel } from '../base/in-parallel.ts'
import type { Box } from '../boxes/box.ts'
import { BOXES_AT_ONCE } from '../boxes/open.ts'
import type { Sighting } from '../incidents/box-story.ts'
import { isRecording } from '../incidents/incident-boxes.ts'
import type { Recorded } from '../incidents/recorder.ts'
import { situationOf, type Holder, type Situation } from '../incidents/situation.ts'
import { decideAndRecord, type ClosedBefore, type OpenIncident } from './decide.ts'
import { lookAt, type BoxLook, type LookOptions } from './look.ts'

/** A box that has not answered by then is told as one that did not answer: who hands over wants to go to bed. Milliseconds. */
const LOOK_LIMIT_MS = 12_000

export interface HandoverParts extends OpenIncident {
  /** Whom it is meant for; undefined: whoever takes it. */
  readonly to: string | undefined
  /** What the one who goes wants to say. */
  readonly text: string | undefined
  /** How each box is looked at again; undefined: none is. */
  readonly look:
    | ((box: string) => {
        readonly box: Box
        readonly options: Omit<LookOptions, 'recorder' | 'limitMs'>
        /** Called when that box has been looked at, or given up. */
        readonly onDone?: () => void
      })
    | undefined
}

/** What somebody else did while the boxes were looked at. */
export type NotHandedOver =
  | ClosedBefore
  /** They have it already. */
  | { readonly why: 'taken'; readonly holder: Holder }

export interface Handover {
  /** After it, with the boxes as they are now. */
  readonly situation: Situation
  readonly looks: readonly BoxLook[]
  /** Why it is not handed over; undefined when it is, as far as it could be written. */
  readonly left: NotHandedOver | undefined
  /** What became of the entries: the looks, and then the hand-over where there is one. */
  readonly recorded: readonly Recorded[]
}

/**
 * Looks again at every box of the incident, all at once and each within a limit, then records that it is handed over, unless somebody has taken it or
 * closed it meanwhile.
 */
export async function handOver(parts: HandoverParts): Promise<Handover> {
  const { store, incident, recorder, to, text, look } = parts
  const before = situationOf(await store.read(incident))
  const looks = look ? await lookAgain(boxesToLookAt(before), parts, look) : []
  const outcome = await decideAndRecord<NotHandedOver>({ store, incident, recorder }, ({ closed, holder }) => {
    if (closed) return { leave: { why: 'closed', closed } }
    if (holder.seq !== before.holder.seq) return { leave: { why: 'taken', holder } }
    return { write: { did: 'handed-over', payload: { to, text } } }
  })
  const situation = situationOf(await store.read(incident), unrecorded(looks))
  const left = outcome.how === 'left' ? outcome.leave : undefined
  const recorded = [...looks.map((each) => each.recorded), ...(outcome.how === 'left' ? [] : [outcome])]
  return { situation, looks, left, recorded }
}

/** A recording does not change; what was never entered is tried again by name only, `halligan look NAME`. */
export function boxesToLookAt({ boxes, untriedBoxes }: Situation): readonly string[] {
  const own = boxes.flatMap(({ box, isRecording }) => (isRecording ? [] : [box]))
  return [...own, ...untriedBoxes.filter((box) => !isRecording(box))]
}

function lookAgain(
  names: readonly string[],
  { recorder }: OpenIncident,
  look: NonNullable<HandoverParts['look']>,
): Promise<readonly BoxLook[]> {
  return inParallel(names, BOXES_AT_ONCE, async (name) => {
    const { box, options, onDone } = look(name)
    try {
      return await lookAt(box, { ...options, recorder, limitMs: LOOK_LIMIT_MS })
    } finally {
      await box.close()
      onDone?.()
    }
  })
}

/** What was seen just now and is not in the record: it is shown nevertheless. */
function unrecorded(looks: readonly BoxLook[]): ReadonlyMap<string, Sighting> {
  return new Map(
    looks.filter(({ recorded }) => recorded.how !== 'recorded').map((look) => [look.box, sightingOf(look)]),
  )
}

function sightingOf({ startedAtMs, state, conclusion, failure, identity, outside, warnings }: BoxLook): Sighting {
  return {
    seq: undefined,
    at: new Date(startedAtMs).toISOString(),
    state,
    findings: conclusion.findings,
    failure,
    identity,
    outside,
    warnings,
  }
}
