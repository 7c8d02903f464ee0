import { wordsOf } from './payloads.ts'
import { MARKS } from './redaction/mark.ts'
import type { AnyEntry } from './store.ts'

/** A shorter word stands in other ones by chance. Characters. */
const SHORTEST = 5

/** With these people say why something is purged; none of them gives it away. */
const OF_REASONS: ReadonlySet<string> = new Set(
  `password passwords passphrase passwort secret secrets token tokens credential credentials customer customers private personal
  address email number typed pasted wrong window terminal output entry command mistake leaked there their halligan`.split(
    /\s+/,
  ),
)

/**
 * Words of entries that give away what they said: those that have a digit in them, and those that no other entry has. Names of boxes and people stand in the
 * headers anyway, and marks of secrets are none. In small letters.
 */
export function rareWords(purged: readonly AnyEntry[], others: readonly AnyEntry[]): readonly string[] {
  const elsewhere = others.map(saidIn).join('\n')
  const known = new Set(purged.concat(others).flatMap(namesIn))
  const words = new Set(purged.flatMap((entry) => wordsIn(saidIn(entry))))
  return [...words].filter(
    (word) => !OF_REASONS.has(word) && !known.has(word) && (/\d/.test(word) || !elsewhere.includes(word)),
  )
}

/** Those of the words that stand in a text. */
export function wordsRepeated(text: string, words: readonly string[]): readonly string[] {
  const said = text.toLowerCase()
  return words.filter((word) => said.includes(word))
}

/** Entries that say one of the words, with those that they say. */
export function entriesSaying(
  entries: readonly AnyEntry[],
  words: readonly string[],
): readonly { readonly entry: AnyEntry; readonly words: readonly string[] }[] {
  return entries
    .map((entry) => ({ entry, words: wordsRepeated(saidIn(entry), words) }))
    .filter((each) => each.words.length > 0)
}

function saidIn({ payload }: AnyEntry): string {
  return payload === undefined ? '' : wordsOf(payload).replaceAll(MARKS, ' ').toLowerCase()
}

/** Whole words between blanks and quotes, which a password may be, and the parts of them between other signs. */
function wordsIn(text: string): readonly string[] {
  const whole = text.split(/[\s"'`]+/).map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
  return [...whole, ...text.split(/[^\p{L}\p{N}]+/u)].filter((word) => word.length >= SHORTEST)
}

function namesIn({ box, identity, by, incident }: AnyEntry): readonly string[] {
  const names = [box, identity?.hostname, identity?.machineId, identity?.bootId, by, incident]
  return names.flatMap((name) => (name === undefined ? [] : [name.toLowerCase(), ...wordsIn(name.toLowerCase())]))
}
