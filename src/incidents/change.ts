/** What stands in the place of a part of a text; from one character up to another, which it does not have. */
export interface Change {
  readonly start: number
  readonly end: number
  readonly mark: string
}

/** @param changes in order, none within another */
export function applied(text: string, changes: readonly Change[]): string {
  if (changes.length === 0) return text
  const parts: string[] = []
  let written = 0
  for (const { start, end, mark } of changes) {
    parts.push(text.slice(written, start), mark)
    written = end
  }
  return parts.join('') + text.slice(written)
}

/** Gives the secrets of a text, in order and apart from each other. */
export type FindSecrets = (text: string) => readonly Change[]

/** Changes of a text, and then changes of what came of it: all of them as changes of the text. One that reaches into a mark of the first takes it along. */
export function inOne(first: readonly Change[], second: readonly Change[]): readonly Change[] {
  if (first.length === 0 || second.length === 0) return first.length === 0 ? second : first
  const all: Change[] = []
  /** How much further on a place stands after those of the first changes that were passed. */
  let shift = 0
  let next = 0
  const pass = ({ start, end, mark }: Change): void => {
    shift += mark.length - (end - start)
    next += 1
  }
  for (const { start, end, mark } of second) {
    for (let each = first[next]; each && each.start + shift + each.mark.length <= start; each = first[next]) {
      all.push(each)
      pass(each)
    }
    const begins = first[next]
    const begun = begins && begins.start + shift < start ? begins.start : start - shift
    const from = Math.max(begun, all.at(-1)?.end ?? 0)
    let to = from
    for (let each = first[next]; each && each.start + shift < end; each = first[next]) {
      to = each.end
      pass(each)
    }
    all.push({ start: from, end: Math.max(to, end - shift), mark })
  }
  return [...all, ...first.slice(next)]
}
