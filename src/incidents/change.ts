/** What stands in the place of a part of a text; from one character up to another, which it does not have. */
export interface Change {
  readonly start: number
  readonly end: number
  readonly mark: string
}

/** @param changes in order, none within another */
export function applied(text: string, changes: readonly Change[]): string {
  if (changes.length === 0) return text
  let changed = ''
  let written = 0
  for (const { start, end, mark } of changes) {
    changed += text.slice(written, start) + mark
    written = end
  }
  return changed + text.slice(written)
}
