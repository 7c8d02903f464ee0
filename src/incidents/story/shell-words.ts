/**
 * The words of a simple command line as the record has it (`quoted` of findings/next.ts joined them): plain words, and single or double quotes in
 * which nothing is expanded. Undefined when it has anything else in it: then it is more than a simple command.
 */
export function shellWords(line: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length;) {
    const piece = pieceAt(line, at)
    if (!piece) return undefined
    if (piece.kind === 'gap') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + piece.text
    at += piece.length
  }
  return word === undefined ? words : [...words, word]
}

interface Piece {
  readonly kind: 'gap' | 'text'
  readonly text: string
  /** Characters of the line. */
  readonly length: number
}

/** In this order; POSIX 2.2. An escaped quote is how a single quote gets between single quotes. */
const FORMS: readonly (readonly [RegExp, Piece['kind']])[] = [
  [/[ \t\n]+/y, 'gap'],
  [/'([^']*)'/y, 'text'],
  [/"([^"$`\\!]*)"/y, 'text'],
  [/\\(')/y, 'text'],
  [/([^\s'"\\$`|&;<>()*?[\]#~!{}]+)/y, 'text'],
]

function pieceAt(line: string, at: number): Piece | undefined {
  for (const [form, kind] of FORMS) {
    form.lastIndex = at
    const found = form.exec(line)
    if (found) return { kind, text: found[1] ?? '', length: found[0].length }
  }
  return undefined
}
