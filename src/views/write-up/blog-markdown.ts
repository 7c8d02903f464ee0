import { safeText } from '../../base/safe-text.ts'

/** A code span whose fence is longer than any run of backticks inside (CommonMark 6.1). */
export function code(text: string): string {
  const harmless = withoutShortcodes(safeText(text))
  const longest = Math.max(0, ...[...harmless.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  // A span of blanks alone is no span, and blanks at both ends are taken off where there is something between.
  const padded = longest > 0 || /^ .* $/.test(harmless) ? ` ${harmless} ` : harmless
  return harmless.trim() === '' ? '(blank)' : `${fence}${padded}${fence}`
}

/** A fenced code block (CommonMark 4.5), closed by a longer fence than any in it. Tabs stay, as a patch needs them; no line ends in blanks, which editors take away. */
export function fenced(lines: readonly string[], info = ''): readonly string[] {
  const shown = (line: string): string => withoutShortcodes(line.split('\t').map(safeText).join('\t')).trimEnd()
  const harmless = lines.map(shown)
  const longest = Math.max(2, ...harmless.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}${info}`, ...harmless, fence]
}

/**
 * Running text of one line for a blog: no markup, link, mention or HTML of its own in CommonMark and GitHub's form of it, in kramdown (Jekyll) and in
 * goldmark (Hugo). Backslashes where all of them take one; references to characters where kramdown would show the backslash.
 */
export function prose(text: string): string {
  return proseWithin(safeText(text).trim())
}

/** The same for a piece of a line: blanks at its ends stay. */
export function proseWithin(text: string): string {
  return safeText(text)
    .replaceAll(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll(/[\\`*{}[\]#|<>~$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|(?<=-)-|-(?=-)|^[:+=-]/gu, String.raw`\$&`)
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replaceAll(/(?<=www)\./gi, '&#46;')
    .replace(/^(\d+)([.)])(?=\s|$)/, String.raw`$1\$2`)
}

/** Hugo reads its shortcodes everywhere, in code too. */
function withoutShortcodes(text: string): string {
  return text.replaceAll(/\{\{(?=[<%])/g, '{ {')
}
