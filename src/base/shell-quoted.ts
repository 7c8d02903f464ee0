/** One word for a POSIX shell, whatever it contains (2.2.2). */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/**
 * One word for a POSIX shell, whatever it contains: plain words as they are, all else in single quotes (POSIX 2.2.2); in double quotes
 * (2.2.3) where those read better, which is where single quotes are inside and nothing that means something in double ones, `!` for
 * the history of interactive shells among it.
 */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  if (word.includes("'") && !/["$`\\!\n]/.test(word)) return `"${word}"`
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
