/** What tells a box from another one that runs the same. */
export interface Compared {
  readonly box: string
  readonly commit: string | undefined
  /** One text for each difference from its commit. */
  readonly differences: readonly string[]
}

export interface OddBox {
  readonly box: string
  readonly why: string
}

/**
 * Boxes that are not as most others are; none where no half of all agree, or where there are less than three to ask. What most have in common does not count
 * against one.
 */
export function oddOnesOut(boxes: readonly Compared[]): readonly OddBox[] {
  const told = boxes.filter(({ commit }) => commit !== undefined)
  const groups = [...Map.groupBy(told, keyOf).values()].toSorted((a, b) => b.length - a.length)
  const [most = []] = groups
  const [usual] = most
  if (told.length < LEAST || !usual || most.length * 2 <= told.length) return []
  return groups
    .slice(1)
    .flatMap((group) => group.map((each) => ({ box: each.box, why: differenceBetween(each, usual, most.length) })))
}

const LEAST = 3

function keyOf({ commit, differences }: Compared): string {
  return JSON.stringify([commit, differences.toSorted()])
}

function differenceBetween(odd: Compared, usual: Compared, of: number): string {
  if (odd.commit !== usual.commit)
    return `it has commit ${odd.commit?.slice(0, 10)}, the ${of} others ${usual.commit?.slice(0, 10)}`
  const [own, theirs] = [new Set(odd.differences), new Set(usual.differences)]
  const more = odd.differences.filter((each) => !theirs.has(each)).length
  const less = usual.differences.filter((each) => !own.has(each)).length
  const parts = [
    ...(more > 0 ? [`it has ${more} differences that the ${of} others have not`] : []),
    ...(less > 0 ? [`it lacks ${less} that they have`] : []),
  ]
  return parts.join(', ')
}
