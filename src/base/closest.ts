/** The word that was probably meant: at most two typing mistakes away and less than half of the word; undefined when none is. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const rated = known
    .map((each) => ({ each, mistakes: mistakesBetween(word, each) }))
    .filter(({ each, mistakes }) => mistakes <= 2 && mistakes * 2 < Math.max(word.length, each.length))
  return rated.toSorted((a, b) => a.mistakes - b.mistakes)[0]?.each
}

/** Letters to insert, remove, replace, or exchange with their neighbour (optimal string alignment distance). */
function mistakesBetween(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 3
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1]
      const replaced = cell(rows, i - 1, j - 1) + (same ? 0 : 1)
      const exchanged = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1] ? cell(rows, i - 2, j - 2) + 1 : 99
      row[j] = Math.min(replaced, exchanged, cell(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1)
    }
    rows[i] = row
  }
  return cell(rows, one.length, other.length)
}

function cell(rows: readonly (readonly number[])[], row: number, column: number): number {
  return rows[row]?.[column] ?? 99
}
