import { groupedFindings } from '../same-finding.ts'
import { momentOf, type Moment } from './moment.ts'
import type { BoxSights, SeenFinding, Sight } from './sights.ts'

/**
 * Findings that burned on a box, and that a later look asked for again and did not find, nor did any look after it. This was seen; what did it is for
 * people to say.
 */
export interface Disappearance extends Moment {
  readonly box: string
  readonly findings: readonly SeenFinding[]
  /** What was done on the box since the look that found them last: numbers of entries. */
  readonly after: readonly number[]
}

/** Something that was done, and where; undefined: anywhere. */
export interface Done {
  readonly seq: number
  readonly box: string | undefined
  /** `said`: the record says that it changed something; `perhaps`: it may have. */
  readonly changed: 'said' | 'perhaps'
}

/** In the order of the looks. */
export function disappearancesOf(boxes: readonly BoxSights[], done: readonly Done[]): readonly Disappearance[] {
  const gone = boxes.flatMap((story) =>
    lastOnes(story).flatMap((last) => (last.gone ? [{ ...last, gone: last.gone }] : [])),
  )
  const groups = Map.groupBy(gone, ({ box, sight, gone: at }) => JSON.stringify([box, sight.seq, at.seq]))
  return [...groups.values()]
    .flatMap(([first, ...more]): readonly Disappearance[] => {
      if (!first) return []
      const { box, sight, gone: at } = first
      const findings = [first, ...more].map(({ finding }) => finding)
      return [{ ...momentOf(at), box, findings, after: between(done, sight.seq, at.seq, box) }]
    })
    .toSorted((a, b) => a.seq - b.seq)
}

/**
 * The look at which the last of what burned was seen to be gone: what is critical counts, and where nothing ever was, what is a warning. Undefined while
 * any of it burns, or was not asked for again.
 */
export function endOfBurning(boxes: readonly BoxSights[]): Moment | undefined {
  const all = boxes.flatMap(lastOnes)
  const wasCritical = boxes.some(({ sights }) =>
    sights.some(({ findings }) => findings.some(({ state }) => state === 'critical')),
  )
  const burned = all.filter(({ worst }) => !wasCritical || worst === 'critical')
  if (burned.some(({ gone }) => gone === undefined)) return undefined
  const ends = burned.flatMap(({ gone }) => (gone ? [momentOf(gone)] : []))
  return ends.toSorted((a, b) => b.seq - a.seq)[0]
}

/** Where something else burns on: the last look at which something was gone after something had been done on its box; what was critical counts first. */
export function partlyOver(disappearances: readonly Disappearance[]): Moment | undefined {
  const made = disappearances.filter(({ after }) => after.length > 0)
  const last = made.findLast(({ findings }) => findings.some(({ state }) => state === 'critical')) ?? made.at(-1)
  return last && momentOf(last)
}

/** A finding of a box as it was found last. */
interface LastOne {
  readonly box: string
  readonly finding: SeenFinding
  readonly sight: Sight
  readonly worst: SeenFinding['state']
  /** The first look after it that asked for it again and did not find it. */
  readonly gone: Sight | undefined
}

function lastOnes({ box, sights }: BoxSights): readonly LastOne[] {
  const all = sights.flatMap((sight, place) => sight.findings.map((finding) => ({ finding, sight, place })))
  return groupedFindings(all, ({ finding }) => finding)
    .flatMap((group): readonly LastOne[] => {
      const last = group.at(-1)
      if (!last) return []
      const { finding, sight, place } = last
      const isCritical = group.some((each) => each.finding.state === 'critical')
      const gone = sights.find((later, at) => at > place && asksWithoutFinding(later, finding, sight))
      return [{ box, finding, sight, worst: isCritical ? 'critical' : finding.state, gone }]
    })
    .toSorted((a, b) => a.sight.seq - b.sight.seq)
}

/** Gone is only what was asked for, and answered, on the same machine. */
function asksWithoutFinding(later: Sight, { check }: SeenFinding, before: Sight): boolean {
  if (before.machine !== undefined && later.machine !== undefined && before.machine !== later.machine) return false
  return later.cleared.some((each) => each.check === check) || later.findings.some((each) => each.check === check)
}

/** What is said to have changed something; where nothing is, what may have. */
function between(done: readonly Done[], from: number, to: number, box: string): readonly number[] {
  const own = done.filter((each) => each.seq > from && each.seq < to && (each.box ?? box) === box)
  const said = own.filter(({ changed }) => changed === 'said')
  return (said.length > 0 ? said : own).map(({ seq }) => seq)
}
