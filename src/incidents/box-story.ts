import type { BoxIdentity } from './entry.ts'
import type { IncidentBox } from './incident-boxes.ts'
import type { PayloadOf } from './payloads.ts'
import { sameAsAny } from './same-finding.ts'
import type { AnyEntry } from './store.ts'
import { told, type Told } from './told.ts'

export type RecordedFinding = PayloadOf<'looked'>['findings'][number]

/** One look at a box, as the record has it. */
export interface Sighting {
  /** Undefined when it could not be recorded. */
  readonly seq: number | undefined
  readonly at: string
  readonly state: PayloadOf<'looked'>['state']
  readonly findings: readonly RecordedFinding[]
  readonly failure: PayloadOf<'looked'>['failure']
  readonly identity: BoxIdentity | undefined
  /** What was seen without a login. */
  readonly outside: NonNullable<PayloadOf<'looked'>['outside']>
  readonly warnings: readonly string[]
}

/** What became of a box: how it was found, and how it was seen last. All undefined: nobody has looked at it yet. */
export interface BoxStory {
  readonly box: string
  /** Seen in recordings alone: it cannot be looked at again. */
  readonly isRecording: boolean
  readonly start: Sighting | undefined
  readonly last: Sighting | undefined
  /** The last look that saw anything: `last` may have found the door locked. */
  readonly seen: Sighting | undefined
  readonly looks: number
}

/** @param unrecorded looks of just now that the record could not take, by the names of the boxes */
export function boxStoriesOf(
  entries: readonly AnyEntry[],
  boxes: readonly IncidentBox[],
  unrecorded: ReadonlyMap<string, Sighting> = new Map(),
): readonly BoxStory[] {
  const looks = Map.groupBy(told(entries, 'looked', 'preserved'), ({ box }) => box)
  return boxes.map((each) => {
    const own = [...each.names].flatMap((name) => looks.get(name) ?? []).toSorted((a, b) => a.seq - b.seq)
    const now = [...each.names].map((name) => unrecorded.get(name)).find((sighting) => sighting !== undefined)
    return storyOf(each, own, now)
  })
}

/** Boxes of which a look of just now saw something. */
export function seenIn(unrecorded: ReadonlyMap<string, Sighting> | undefined): ReadonlySet<string> {
  const seen = [...(unrecorded ?? [])].filter(
    ([, sighting]) => sighting.identity !== undefined || sawSomething(sighting),
  )
  return new Set(seen.map(([box]) => box))
}

function storyOf(
  { box, isRecording }: IncidentBox,
  recorded: readonly Told<'looked' | 'preserved'>[],
  now: Sighting | undefined,
): BoxStory {
  // One look is one sighting, in whichever places it stands.
  const made = new Map<number, Sighting>()
  const sighting = (entry: Told<'looked' | 'preserved'> | undefined): Sighting | undefined => {
    if (!entry) return undefined
    const known = made.get(entry.seq) ?? sightingOf(entry)
    made.set(entry.seq, known)
    return known
  }
  return {
    box,
    isRecording,
    start: sighting(recorded[0]) ?? now,
    last: now ?? sighting(recorded.at(-1)),
    seen: now && sawSomething(now) ? now : sighting(recorded.findLast(({ payload }) => sawSomething(payload))),
    looks: recorded.length + (now ? 1 : 0),
  }
}

function sawSomething({ state, findings }: Pick<Sighting, 'state' | 'findings'>): boolean {
  return state !== 'unknown' || findings.length > 0
}

function sightingOf({ seq, at, identity, payload }: Told<'looked' | 'preserved'>): Sighting {
  const { state, findings, failure, outside = [], warnings = [] } = payload
  return { seq, at, state, findings, failure, identity, outside, warnings }
}

/** How a box is now against how it was. */
export interface Difference {
  /** `another`: something else answers to this name now; `rebooted`: the same machine, started again; `unknown`: one of the looks could not say. */
  readonly machine: 'same' | 'rebooted' | 'another' | 'unknown'
  /** Findings of the later look that the earlier one did not have; empty when the earlier one saw nothing. */
  readonly came: readonly RecordedFinding[]
  readonly stayed: readonly RecordedFinding[]
  /** Findings that only the earlier one had; empty when the later one saw nothing. */
  readonly went: readonly RecordedFinding[]
}

/** What is different between two looks at one box; which findings are the same is said by `isSameFinding`. */
export function differenceBetween(start: Sighting, last: Sighting): Difference {
  const wasThere = sameAsAny(start.findings)
  const isThere = sameAsAny(last.findings)
  return {
    machine: machineOf(start.identity, last.identity),
    came: sawSomething(start) ? last.findings.filter((finding) => !wasThere(finding)) : [],
    stayed: last.findings.filter((finding) => wasThere(finding)),
    went: sawSomething(last) ? start.findings.filter((finding) => !isThere(finding)) : [],
  }
}

function machineOf(start: BoxIdentity | undefined, last: BoxIdentity | undefined): Difference['machine'] {
  // A minimal container has neither, and says so with an empty text.
  if (!start?.machineId || !last?.machineId) return 'unknown'
  if (start.machineId !== last.machineId) return 'another'
  if (!start.bootId || !last.bootId) return 'unknown'
  return start.bootId === last.bootId ? 'same' : 'rebooted'
}
