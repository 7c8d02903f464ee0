import { ESCAPES, isWordStart, spansOf, type Span } from './edges.ts'

/**
 * Where one of these names stands as a word of its own, in whatever letters. Of those that begin at the same place the longest counts. However many names
 * there are (logs have thousands of hosts), a text is gone through once: each of its words is looked up.
 *
 * @param names in small letters
 */
export function nameSpans(names: readonly string[]): (text: string) => Iterable<Span> {
  const byFirstWord = new Map<string, string[]>()
  for (const name of names.filter(isPlain)) {
    const first = /^[a-z0-9]+/.exec(name)?.[0] ?? ''
    byFirstWord.set(
      first,
      [...(byFirstWord.get(first) ?? []), name].toSorted((a, b) => b.length - a.length),
    )
  }
  const other = names.filter((name) => !isPlain(name))
  const pattern = other.length === 0 ? undefined : new RegExp(`(?:${oneOf(other.map(escaped))})(?![A-Za-z0-9])`, 'gi')
  return function* (text) {
    if (byFirstWord.size > 0) {
      for (const { 0: word, index } of text.matchAll(WORDS)) yield* nameAt(text, index, word, byFirstWord)
      for (const { 0: escape, index } of text.matchAll(ESCAPES)) {
        const at = index + escape.length
        yield* nameAt(text, at, /^[A-Za-z0-9]+/.exec(text.slice(at, at + LONGEST_WORD))?.[0] ?? '', byFirstWord)
      }
    }
    if (pattern) yield* spansOf(pattern, text, ({ start }) => isWordStart(text, start))
  }
}

const WORDS = /[A-Za-z0-9]+/g
/** Of a name; what is longer is none. Characters. */
const LONGEST_WORD = 253

function* nameAt(
  text: string,
  start: number,
  word: string,
  byFirstWord: ReadonlyMap<string, readonly string[]>,
): Iterable<Span> {
  if (word === '' || word.length > LONGEST_WORD) return
  for (const name of byFirstWord.get(word.toLowerCase()) ?? []) {
    const end = start + name.length
    const isThere = text.slice(start, end).toLowerCase() === name && !/[A-Za-z0-9]/.test(text[end] ?? '')
    if (isThere) return yield { start, end }
  }
}

/** Most names are; the others have blanks in them, or begin with another letter. */
function isPlain(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- ASCII without blanks
  return /^[a-z0-9][\u0021-\u007e]*$/.test(name)
}

/** Of which the longest counts. */
export function oneOf(forms: readonly string[]): string {
  return forms.toSorted((a, b) => b.length - a.length).join('|')
}

/** As a regular expression; any blanks stand for any others. */
export function escaped(name: string): string {
  return name.replaceAll(/[^\w\s]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`)
}
