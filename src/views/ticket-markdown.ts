import { safeText } from '../base/safe-text.ts'

/**
 * What begins markup, HTML, a mention or a reference anywhere, and what begins a list, a heading or a quote at the start (CommonMark 2.4,
 * 4, 5). Underscores and hyphens inside a word mean nothing, and stay readable where Markdown is not rendered.
 */
export function escaped(text: string): string {
  // GitHub makes links of bare addresses too (GFM 6.9): the slashes and the dot are what it looks for.
  return safeText(text)
    .replaceAll(/[\\`*{}[\]#|<>~&@]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|:\/\/|(?<=www)\./giu, (found) =>
      found === '://' ? String.raw`:\//` : `\\${found}`,
    )
    .replace(/^([-+=])/, String.raw`\$1`)
    .replace(/^(\d+)([.)])(?=\s|$)/, String.raw`$1\$2`)
}

/** A code span whose fence is longer than any run of backticks inside (CommonMark 6.1). */
export function code(text: string): string {
  const harmless = safeText(text)
  const longest = Math.max(0, ...[...harmless.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${harmless}${fence}` : `${fence} ${harmless} ${fence}`
}
