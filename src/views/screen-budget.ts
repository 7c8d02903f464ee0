/** A part of a screen: what stands in it, most important first, each of some lines. */
export interface Section {
  readonly label: string
  readonly items: readonly (readonly string[])[]
  /** How many there are; no more items need to be made than a screen has lines. */
  readonly total: number
  /** Said in place of the items that there is no room for. */
  readonly more: (left: number) => string
}

/** A section with as many items as there is room for. */
export interface FittedSection {
  readonly label: string
  readonly items: readonly (readonly string[])[]
  /** In one line, what was left out; undefined when nothing was, or when the label says how much. */
  readonly left: string | undefined
}

/** What a screen does without, so that everything has a place on it. */
export interface Squeeze {
  /** The box that burns most. */
  readonly firstBoxLines: number
  /** What was left out stands on a line of its own, or as `+3` behind the label. */
  readonly counts: 'below' | 'in-label'
  /** What a verdict rests on stands below it in words, or behind it as numbers alone. */
  readonly verdicts: 'with-evidence' | 'with-numbers'
  /** Sections that are only counted. */
  readonly without: readonly string[]
  /** Of a text that somebody wrote for the hand-over, with the line that says how much more there is. */
  readonly textLines: number
}

/** Whoever writes more than this into a hand-over has written a report: `--markdown` has all of it. Lines. */
const TEXT_LINES = 4

const ROOMY: Squeeze = {
  firstBoxLines: 2,
  counts: 'below',
  verdicts: 'with-evidence',
  without: [],
  textLines: TEXT_LINES,
}
const COUNTED: Squeeze = { ...ROOMY, firstBoxLines: 1, counts: 'in-label' }
const SHORT: Squeeze = { ...COUNTED, verdicts: 'with-numbers' }
const UNTRIED: Squeeze = { ...SHORT, without: ['tried'] }

/** For a terminal on which labels stand on lines of their own: what must be said is longer than 24 lines there, and scrolls rather than being left out. */
export const NARROW_SQUEEZES: readonly Squeeze[] = [ROOMY, { ...ROOMY, firstBoxLines: 1 }, COUNTED, SHORT, UNTRIED]

/**
 * In the order in which they are tried until everything fits: what was tried counts least, since it was not what helped. What somebody wrote for the one
 * who comes is shortened last, but for a suggested command that takes the lines of several sections: no command is cut, and it can be read elsewhere.
 */
export const SQUEEZES: readonly Squeeze[] = [
  ...NARROW_SQUEEZES,
  { ...UNTRIED, textLines: 2 },
  { ...UNTRIED, without: ['tried', 'next'], textLines: 2 },
  { ...UNTRIED, without: ['tried', 'next'], textLines: 1 },
]

/**
 * Fits sections into so many lines: each gets its first item, then one after the other gets one more, in this order, while there is room. Sections that
 * are empty are left out. Where not even the first items fit, it is longer: nothing disappears without a word.
 *
 * @param heightOf lines that an item takes in the terminal
 */
export function fitted(
  sections: readonly Section[],
  lines: number,
  heightOf: (item: readonly string[]) => number,
  counts: Squeeze['counts'] = 'below',
): readonly FittedSection[] {
  const filled = sections.filter(({ items }) => items.length > 0)
  const shown = filled.map(() => 1)
  const heights = filled.map(({ items }) => items.map(heightOf))
  const linesOf = (at: number, kept: number): number => {
    const sum = (heights[at] ?? []).slice(0, kept).reduce((total, height) => total + height, 0)
    return sum + (counts === 'below' && kept < (filled[at]?.total ?? 0) ? 1 : 0)
  }
  let used = filled.reduce((total, _section, at) => total + linesOf(at, 1), 0)
  for (let grew = true; grew;) {
    grew = false
    for (const [at, { items }] of filled.entries()) {
      const kept = shown[at] ?? 1
      const extra = linesOf(at, kept + 1) - linesOf(at, kept)
      if (kept === items.length || used + extra > lines) continue
      shown[at] = kept + 1
      used += extra
      grew = true
    }
  }
  return filled.map(({ label, items, total, more }, at) => {
    const kept = shown[at] ?? 1
    const left = total - kept
    const own = items.slice(0, kept)
    if (left <= 0) return { label, items: own, left: undefined }
    return counts === 'below'
      ? { label, items: own, left: more(left) }
      : { label: countedLabel(label, left), items: own, left: undefined }
  })
}

/** `holds +3`. */
export function countedLabel(label: string, left: number): string {
  return `${label} +${left}`
}
