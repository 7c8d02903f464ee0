/**
 * Text from a box is hostile until it went through here: what could move a cursor, change a colour, reorder or hide text is shown
 * as what it is instead of being obeyed. Pure; width counts terminal columns.
 */

/**
 * One line of harmless text: control characters (C0, DEL, C1), direction overrides and isolates, zero-width and invisible format
 * characters, line separators and lone surrogates become `\x1b`-like escapes. Newlines too: what must stay on its own line is split first.
 */
export function safeText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text
  return text.toWellFormed().replaceAll(HARMFUL, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** Nearly all text is; asked first, since a timeline has a hundred thousand lines. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/

/** Unicode categories Cc (control), Cf (format: bidi, zero width, tags, soft hyphen), Zl and Zp (separators), Co (private use). */
const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu

/** JSON text whose strings are as in JSON.stringify, with every harmful character escaped as \uXXXX, so that `cat` of it is harmless too. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(HARMFUL, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()]
          .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
  )
}

/** Terminal columns of harmless text: wide East Asian characters and emoji take two, combining marks none (UAX #11, approximately). */
export function width(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return columns
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** At most so many columns; what is cut off is said with an ellipsis. */
export function truncate(text: string, columns: number, ellipsis = '…'): string {
  if (width(text) <= columns) return text
  if (PRINTABLE_ASCII.test(text))
    return columns < width(ellipsis) ? '' : text.slice(0, columns - width(ellipsis)) + ellipsis
  let kept = ''
  let used = width(ellipsis)
  for (const character of text) {
    used += width(character)
    if (used > columns) break
    kept += character
  }
  return columns < width(ellipsis) ? '' : kept + ellipsis
}

/** Breaks at spaces into lines of at most so many columns; a figure stays with its unit, a longer word is cut where it must be. At least one line. */
export function wrap(text: string, columns: number): readonly string[] {
  const room = Math.max(10, columns)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(BREAK)) {
    if (line !== '' && width(line) + 1 + width(word) <= room) line += ` ${word}`
    else {
      if (line !== '') lines.push(line)
      const pieces = piecesOf(word, room)
      lines.push(...pieces.slice(0, -1))
      line = pieces.at(-1) ?? ''
    }
  }
  return [...lines, line]
}

/** A space, but not the one in `1.4 s`, `97 %`, `2 min 5 s`. */
const BREAK = / (?!(?<=\d )(?:%|B|[KMGTP]iB|ms|s|min|h|d)(?![\w-]))/

/** Joins parts into lines of at most so many columns that break between parts; a longer part is wrapped. At least one line. */
export function wrapParts(parts: readonly string[], columns: number, separator: string): readonly string[] {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    const joined = last === undefined ? part : `${last}${separator}${part}`
    if (last !== undefined && width(joined) <= columns) lines[lines.length - 1] = joined
    else lines.push(...wrap(part, columns))
  }
  return lines.length > 0 ? lines : ['']
}

function piecesOf(word: string, columns: number): readonly string[] {
  const pieces: string[] = []
  let piece = ''
  for (const character of word) {
    if (width(piece) + width(character) > columns) {
      pieces.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...pieces, piece]
}
