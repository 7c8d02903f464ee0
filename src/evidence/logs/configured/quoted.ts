/**
 * The words of a line of configuration: separated by blanks, in single or double quotes where they have some, and `\` before a character that would end them.
 * Adjoining parts are one word, as in a shell; `rest` is what stands after a quote that is never closed.
 */
export function quotedWords(text: string): readonly { readonly text: string; readonly quoted: boolean }[] {
  const words: { text: string; quoted: boolean }[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at++
      continue
    }
    const quote = text[at]
    const isQuoted = quote === '"' || quote === "'"
    const { value, end } = isQuoted ? untilQuote(text, at + 1, quote) : untilBlank(text, at)
    words.push({ text: value, quoted: isQuoted })
    at = end
  }
  return words
}

/** A `\` stays where it does not stand before the quote or another `\`: `\t` is for the program to read. */
function untilQuote(text: string, start: number, quote: string): { value: string; end: number } {
  let value = ''
  let at = start
  for (; at < text.length && text[at] !== quote; at++) {
    if (text[at] === '\\' && (text[at + 1] === quote || text[at + 1] === '\\')) at++
    value += text[at] ?? ''
  }
  return { value, end: at + 1 }
}

function untilBlank(text: string, start: number): { value: string; end: number } {
  let value = ''
  let at = start
  for (; at < text.length && !/\s/.test(text[at] ?? ''); at++) {
    if (text[at] === '\\' && at + 1 < text.length) at++
    value += text[at] ?? ''
  }
  return { value, end: at }
}
