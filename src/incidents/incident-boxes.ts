import type { FailureKind } from '../boxes/box.ts'
import type { AnyEntry } from './store.ts'
import { told } from './told.ts'

/** The boxes of an incident, by what came of trying them, each group in the order in which they came up. */
export interface IncidentBoxes {
  /** Those that were entered; and those that were named at an opening, are there, and could not be entered. */
  readonly boxes: readonly IncidentBox[]
  /** Named at an opening, and nobody has tried them yet. */
  readonly untried: readonly string[]
  /** Never entered, and no box of the incident: nobody had named them, or there is nothing of that name. Most likely mistyped; perhaps down. */
  readonly notEntered: readonly NotEntered[]
}

export interface IncidentBox {
  /** As it is shown: as it was named; of a recording the host name that is in it. */
  readonly box: string
  /** As entries name it. */
  readonly names: ReadonlySet<string>
  /** Seen in recordings alone. */
  readonly isRecording: boolean
}

export interface NotEntered {
  readonly box: string
  /** The last try. */
  readonly seq: number
  readonly why: string | undefined
}

/** @param seenNow boxes that were entered just now, which the record could not take */
export function incidentBoxesOf(entries: readonly AnyEntry[], seenNow: ReadonlySet<string> = new Set()): IncidentBoxes {
  const named = new Set(told(entries, 'opened').flatMap(({ payload }) => payload.boxes))
  const tries = new Map([...named].map((box): [string, AnyEntry[]] => [box, []]))
  for (const entry of entries) {
    if (entry.box === undefined) continue
    const own = tries.get(entry.box)
    if (own) own.push(entry)
    else tries.set(entry.box, [entry])
  }
  for (const box of seenNow) if (!tries.has(box)) tries.set(box, [])
  const all = [...tries].map(([box, own]): Tried => {
    const entered = seenNow.has(box) || own.some(isInside)
    return { box, own, entered, counts: entered || (named.has(box) && own.some(isReachedFor)) }
  })
  const counted = all.filter(({ counts }) => counts)
  return {
    boxes: shownBoxes(counted),
    untried: all.flatMap(({ box, own, counts }) => (!counts && own.length === 0 ? [box] : [])),
    notEntered: all.flatMap(({ box, own, counts }) => {
      const last = own.at(-1)
      return !counts && last ? [{ box, seq: last.seq, why: whyNot(last) }] : []
    }),
  }
}

interface Tried {
  readonly box: string
  readonly own: readonly AnyEntry[]
  readonly entered: boolean
  readonly counts: boolean
}

/** A recording of a box that was entered itself is no second box; several of one host are one. */
function shownBoxes(counted: readonly Tried[]): readonly IncidentBox[] {
  const live = counted.filter(({ box, entered }) => entered && !isRecording(box))
  const hosts = new Set(
    live.flatMap(({ box, own }) => [box, ...own.flatMap(({ identity }) => identity?.hostname ?? [])]),
  )
  const shown = new Map<string, { readonly names: Set<string>; readonly isRecording: boolean }>()
  for (const { box, own } of counted) {
    const host = isRecording(box) ? own.findLast(({ identity }) => identity)?.identity?.hostname : undefined
    if (host !== undefined && host !== '' && hosts.has(host)) continue
    const name = host || box
    const known = shown.get(name)
    if (known) known.names.add(box)
    else shown.set(name, { names: new Set([box]), isRecording: isRecording(box) })
  }
  return [...shown].map(([box, each]) => ({ box, ...each }))
}

export function isRecording(box: string): boolean {
  return box.startsWith('recorded:')
}

/** It says which machine it is, or something was seen or done there; of what was purged, nobody knows that it was not. */
function isInside(entry: AnyEntry): boolean {
  if (entry.identity !== undefined || entry.payload === undefined || entry.did === 'other') return true
  if (entry.did === 'looked' || entry.did === 'preserved') return !isShut(entry.payload)
  if (entry.did === 'examined' || entry.did === 'drift-seen') return entry.payload.failure === undefined
  if (entry.did === 'stopped') return entry.payload.state !== 'not-told'
  const starts = entry.did === 'ran' || entry.did === 'shelled' || entry.did === 'debugged'
  return starts ? entry.payload.state !== 'not-started' : true
}

function isShut({ failure, state, findings }: Conclusion): boolean {
  return failure !== undefined && state === 'unknown' && findings.length === 0
}

interface Conclusion {
  readonly failure?: { readonly kind: string; readonly message: string } | undefined
  readonly state: string
  readonly findings: readonly unknown[]
}

/** There is nothing of that name to be reached (`FailureKind`). */
const NO_SUCH_BOX: ReadonlySet<string> = new Set<FailureKind>([
  'bad-name',
  'name-not-resolved',
  'container-not-found',
  'recording-unreadable',
])

function isReachedFor(entry: AnyEntry): boolean {
  return !NO_SUCH_BOX.has(failureIn(entry)?.kind ?? '')
}

function failureIn(entry: AnyEntry): Conclusion['failure'] {
  const fails =
    entry.did === 'looked' || entry.did === 'preserved' || entry.did === 'examined' || entry.did === 'drift-seen'
  return fails ? entry.payload?.failure : undefined
}

function whyNot(entry: AnyEntry): string | undefined {
  const says = entry.did === 'ran' || entry.did === 'shelled' || entry.did === 'debugged' || entry.did === 'stopped'
  const said = says ? entry.payload?.why : undefined
  return failureIn(entry)?.message ?? said
}
