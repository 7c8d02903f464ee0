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
  /** In one line, what was left out; undefined when nothing was. */
  readonly left: string | undefined
}

/**
 * Fits sections into so many lines: each gets its first item, then one after the other gets one more, in this order, while there is room. Sections that
 * are empty are left out. Where not even the first items fit, the screen is longer: nothing disappears without a word.
 *
 * @param heightOf lines that an item takes in the terminal
 */
export function fitted(
  sections: readonly Section[],
  lines: number,
  heightOf: (item: readonly string[]) => number,
): readonly FittedSection[] {
  const filled = sections.filter(({ items }) => items.length > 0)
  const shown = filled.map(() => 1)
  const heights = filled.map(({ items }) => items.map(heightOf))
  const linesOf = (at: number, kept: number): number => {
    const sum = (heights[at] ?? []).slice(0, kept).reduce((total, height) => total + height, 0)
    return sum + (kept < (filled[at]?.total ?? 0) ? 1 : 0)
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
    return { label, items: items.slice(0, kept), left: left > 0 ? more(left) : undefined }
  })
}
