import type { Language, Quote } from './language.ts'
import { piecesOf, type Piece } from './pieces.ts'

export type Token =
  | { readonly kind: 'text'; readonly pieces: readonly Piece[]; readonly line: number; readonly lastLine: number }
  /** A name with what it is reached by: `this.logger.error`, `log::warn!`. */
  | { readonly kind: 'word'; readonly text: string; readonly line: number }
  /** One character, or an operator that joins. */
  | { readonly kind: 'sign'; readonly text: string; readonly line: number }
  | { readonly kind: 'newline'; readonly line: number }

/** A text over several lines is no longer than this; else its mark was none. Characters. */
const LONG_TEXT = 20_000
const SOME_LINES = 3
const SOME_TEXT = 4_000
/** What is kept of one text: no record is made of more. Characters. */
const KEPT_TEXT = 2_000

/** Letters beyond ASCII are taken together with all else there: looking up what is a letter costs twice the time. */
const WORD =
  /(?:\.|->|\?\.)?[A-Za-z_$@\u0080-\uFFFF][\w$\u0080-\uFFFF]*(?:(?:\?\.|\.|::|->|\\)[A-Za-z_$\u0080-\uFFFF][\w$\u0080-\uFFFF]*)*!?/y
/** Where `.` joins texts it is no part of a name. */
const WORD_WITHOUT_DOT =
  /(?:->|::)?[A-Za-z_$@\u0080-\uFFFF][\w$\u0080-\uFFFF]*(?:(?:::|->|\\)[A-Za-z_$\u0080-\uFFFF][\w$\u0080-\uFFFF]*)*/y
const SPACE = /[ \t\r\f\v]+/y
const NUMBER = /[0-9][\w.]*/y
/** `'a'`, `'\n'`, `'\u0041'`. */
const CHARACTER = /'(?:\\[^\n']{1,10}|\\'|[^\\\n'])'/uy

/** Takes code apart into texts, names and signs. Any text gives tokens, in time that grows with its length. */
export function tokensOf(text: string, language: Language): readonly Token[] {
  const tokens: Token[] = []
  const word = language.joins.includes('.') ? WORD_WITHOUT_DOT : WORD
  let line = 1
  let at = 0
  const match = (expression: RegExp): string | undefined => {
    expression.lastIndex = at
    return expression.exec(text)?.[0]
  }
  const skip = (length: number): void => {
    for (let end = at + length; at < end; at++) if (text.codePointAt(at) === NEWLINE) line += 1
  }
  while (at < text.length) {
    const length = commentLength(text, at, language)
    if (length > 0) {
      skip(length)
      continue
    }
    const each = text[at] ?? ''
    if (each === '\n') {
      tokens.push({ kind: 'newline', line })
      skip(1)
      continue
    }
    // The line goes on: no newline for what looks where a statement begins.
    const passed =
      match(SPACE)?.length ??
      (each === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3)) ? text.indexOf('\n', at) + 1 - at : 0)
    if (passed > 0) {
      skip(passed)
      continue
    }
    const quote = language.quotes.find(({ mark }) => text.startsWith(mark, at))
    if (quote) {
      const end = textEnd(text, at + quote.mark.length, quote)
      if (end.closed) {
        const inside = text.slice(at + quote.mark.length, Math.min(end.at, at + quote.mark.length + KEPT_TEXT))
        const first = line
        const dollar = language.dollar && quote.mark !== "'"
        const pieces = piecesOf(inside, quote.escapes, dollar)
        skip(end.at + quote.end.length - at)
        tokens.push({ kind: 'text', pieces, line: first, lastLine: line })
      } else skip(Math.max(end.at - at, 1))
      continue
    }
    const quiet = (each === "'" && language.characters ? match(CHARACTER) : undefined) ?? match(NUMBER)
    if (quiet) {
      tokens.push({ kind: 'sign', text: '0', line })
      skip(quiet.length)
      continue
    }
    const name = match(word)
    if (name) {
      // The prefix of a text is part of it: f"…", rb'…', L"…", s"…", $"…".
      const prefixes = name.length <= 2 && language.quotes.some(({ mark }) => text.startsWith(mark, at + name.length))
      if (!prefixes) tokens.push({ kind: 'word', text: name, line })
      at += name.length
      continue
    }
    const sign = language.joins.find((join) => text.startsWith(join, at)) ?? (text.startsWith('=>', at) ? '=>' : each)
    tokens.push({ kind: 'sign', text: sign, line })
    at += sign.length
  }
  return tokens
}

const NEWLINE = 10

function commentLength(text: string, at: number, { lineComments, blockComments }: Language): number {
  for (const [open, close] of blockComments) {
    if (!text.startsWith(open, at)) continue
    const end = text.indexOf(close, at + open.length)
    return (end === -1 ? text.length : end + close.length) - at
  }
  for (const open of lineComments) {
    if (!text.startsWith(open, at)) continue
    // `$#`, `${#name}`, `a#b` are none.
    if (open === '#' && at > 0 && !/[\s;,(){}[\]]/.test(text[at - 1] ?? '')) continue
    const end = text.indexOf('\n', at)
    return (end === -1 ? text.length : end) - at
  }
  return 0
}

/** Where the text ends, or from where to go on when it does not: what was looked through is not looked through again and again. */
function textEnd(text: string, from: number, quote: Quote): { readonly at: number; readonly closed: boolean } {
  const longest = from + (quote.lines === 'long' ? LONG_TEXT : SOME_TEXT)
  let lines = 0
  let firstLineEnd: number | undefined
  let depth = 0
  let at = from
  for (; at < text.length && at < longest; at++) {
    const each = text[at]
    if (each === '\\' && quote.escapes) {
      at += 1
      if (text[at] !== '\n') continue
      // A line that goes on in the next is no end, even where texts have one line.
      firstLineEnd ??= at
      lines += 1
      continue
    }
    if (quote.mark === '`' && each === '$' && text[at + 1] === '{') depth += 1
    else if (depth > 0 && each === '}') depth -= 1
    if (depth === 0 && text.startsWith(quote.end, at)) return { at, closed: true }
    if (each !== '\n') continue
    firstLineEnd ??= at
    lines += 1
    if (quote.lines === 'no' || (quote.lines === 'some' && lines > SOME_LINES))
      return { at: firstLineEnd, closed: false }
  }
  return { at: Math.min(quote.lines === 'long' ? at : (firstLineEnd ?? at), text.length), closed: false }
}
