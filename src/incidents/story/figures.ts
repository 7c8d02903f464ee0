import { groupedFindings, isSameFinding } from '../same-finding.ts'
import type { BoxSights, SeenFinding, Sight } from './sights.ts'
import type { Moment } from './moment.ts'

/** A figure that burned, and what it was at the end. */
export interface Figure {
  readonly box: string
  readonly check: string
  /** Whom it is about: `orders-api`. */
  readonly subject: string
  readonly what: string
  /** `count`, `bytes`, `%`, … as in findings. */
  readonly unit: string
  readonly limit: number | undefined
  readonly before: Value
  /** Measured again; else the words with which the check was quiet; undefined when nobody looked afterwards. */
  readonly after: Value | (Moment & { readonly words: string }) | undefined
}

export interface Value extends Moment {
  readonly value: number
}

/** What a look measured beyond what it found worth saying, by the number of its entry. */
export type MeasuredAgain = ReadonlyMap<number, readonly Pick<SeenFinding, 'check' | 'subject' | 'measured'>[]>

export interface FigureParts {
  readonly boxes: readonly BoxSights[]
  /** Looks that the cause was confirmed by. */
  readonly cited: ReadonlySet<number>
  /** Looks from here on are after. */
  readonly mitigatedAt: number | undefined
  readonly again: MeasuredAgain
}

/** The look of each box that the end is judged by: its last one that saw anything, if it came after the relief or the change, or saw that it was over. */
export function lastSights(boxes: readonly BoxSights[], mitigatedAt: number | undefined): ReadonlyMap<string, Sight> {
  return new Map(
    boxes.flatMap(({ box, sights }) => {
      const last = sights.findLast(({ failure }) => failure === undefined)
      return last && last.seq >= (mitigatedAt ?? 0) ? [[box, last] as const] : []
    }),
  )
}

/** Those that the cause rests on first, then by how much they burned. One for each box, check, subject and kind of figure. */
export function figuresOf(parts: FigureParts): readonly Figure[] {
  const last = lastSights(parts.boxes, parts.mitigatedAt)
  return parts.boxes
    .flatMap((story) => worstOf(story, parts).map((worst) => ({ ...worst, after: last.get(story.box) })))
    .toSorted((a, b) => b.rank - a.rank)
    .flatMap(({ after, ...worst }) =>
      figuresOfFinding(worst, after && after.seq > worst.sight.seq ? after : undefined, parts),
    )
}

interface Worst {
  readonly box: string
  readonly finding: SeenFinding
  readonly sight: Sight
  readonly rank: number
}

/** The worst of each finding before the relief or the change; of two that are alike the later. */
function worstOf({ box, sights }: BoxSights, { cited, mitigatedAt }: FigureParts): readonly Worst[] {
  const all = sights
    .filter(({ seq }) => seq < (mitigatedAt ?? Infinity))
    .flatMap((sight) =>
      sight.findings.map((finding) => ({
        box,
        finding,
        sight,
        rank: finding.score + (cited.has(sight.seq) ? CITED : 0),
      })),
    )
  return groupedFindings(all, ({ finding }) => finding).map((group) =>
    group.reduce((worst, each) => (each.rank >= worst.rank ? each : worst)),
  )
}

/** Above every score of a finding. */
const CITED = 1_000

function figuresOfFinding(
  { box, finding, sight }: Worst,
  after: Sight | undefined,
  { again }: FigureParts,
): readonly Figure[] {
  const later =
    after && [...after.findings, ...(again.get(after.seq) ?? [])].filter((each) => isSameFinding(each, finding))
  return finding.measured.map(({ what, value, limit, unit }) => ({
    box,
    check: finding.check,
    subject: finding.subject.name,
    what,
    unit,
    limit,
    before: { value, seq: sight.seq, at: sight.at },
    after: after && afterwards(later ?? [], what, unit, finding.check, after),
  }))
}

function afterwards(
  later: readonly Pick<SeenFinding, 'check' | 'measured'>[],
  what: string,
  unit: string,
  check: string,
  { seq, at, cleared }: Sight,
): Figure['after'] {
  const values = later.flatMap(({ measured }) =>
    measured.filter((each) => each.what === what && each.unit === unit).map(({ value }) => value),
  )
  // Several of one name (workers): the worst of them is what counts.
  if (values.length > 0) return { value: Math.max(...values), seq, at }
  const words = cleared.find((each) => each.check === check)?.why
  return words === undefined ? undefined : { words, seq, at }
}
