/** A part of what a statement writes: text that is always the same, or a place for a value. */
export type Piece = string | typeof HOLE

export const HOLE = Symbol('a value')

/** A value's expression within a text is hardly ever longer; what is, is no expression. Characters. */
const EXPRESSION_LENGTH = 300

/**
 * The verb of a format: printf(3), Go's fmt, Python's `%(name)s`, with `%{public}s` of os_log. A space as flag is left out, since `100% done` has no verb.
 */
const VERB =
  /%(?:\(\w{1,60}\)|\{\w{1,20}\})?(?:\d{1,2}\$|\[\d\])?[-+#0']{0,4}(?:\d{1,4}|\*)?(?:\.(?:\d{1,4}|\*)?)?(?:hh|h|ll|l|q|j|z|t|L|I64)?[A-Za-z@]/y
/** `$name`, `$name->part`, `$name[0]`, and Perl's `@names` (in a text an address has a backslash there). */
const DOLLAR =
  /\$(?:[A-Za-z_]\w{0,80}(?:(?:->|\.)[A-Za-z_]\w{0,80}|\[[^\]\n]{0,60}\])?|[0-9@*#?!$&])|@[A-Za-z_]\w{0,80}/y
const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  e: '\u001b',
  0: '',
  a: '',
  b: '',
  f: '',
  v: '',
}

/**
 * The text between two quotes, taken apart into what is constant and what is filled in. Braces that close are taken for holes in all languages: f-strings, `str.format`,
 * SLF4J, templates of C#, JavaScript and Kotlin, macros of Rust.
 *
 * @param dollar `$name` stands for a value
 */
export function piecesOf(text: string, escapes: boolean, dollar: boolean): readonly Piece[] {
  const pieces: Piece[] = []
  let constant = ''
  const hole = (): void => {
    if (constant !== '') pieces.push(constant)
    constant = ''
    if (pieces.at(-1) !== HOLE) pieces.push(HOLE)
  }
  for (let at = 0; at < text.length;) {
    const each = text[at] ?? ''
    const end = holeEnd(text, at, each, dollar)
    if (end > at) {
      hole()
      at = end
    } else if (each === '\\' && escapes && at + 1 < text.length) {
      const [meant, length] = escaped(text, at)
      constant += meant
      at += length
    } else if ((each === '{' || each === '}' || each === '%') && text[at + 1] === each) {
      constant += each
      at += 2
    } else {
      constant += each
      at += 1
    }
  }
  if (constant !== '') pieces.push(constant)
  return pieces
}

/** Where the hole that begins here ends; at the same place where there is none. */
function holeEnd(text: string, at: number, each: string, dollar: boolean): number {
  const next = text[at + 1]
  if (each === '%' && next !== '%') return matchEnd(VERB, text, at)
  if (each === '{') return next === '{' ? at : closing(text, at, '{', '}')
  if ((each === '$' || each === '#' || each === '@') && next === '{') return closing(text, at + 1, '{', '}', at)
  if (each === '$' && next === '(' && dollar) return closing(text, at + 1, '(', ')', at)
  if (each === '`' && dollar) return closing(text, at, '`', '`')
  const isName = each === '$' || (each === '@' && !/[\w.]/.test(text[at - 1] ?? ''))
  return isName && dollar ? matchEnd(DOLLAR, text, at) : at
}

function matchEnd(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at
  return expression.test(text) ? expression.lastIndex : at
}

/** Behind the bracket that closes this one; `without` where it does not close soon. */
function closing(text: string, at: number, open: string, close: string, without = at): number {
  let depth = 0
  for (let end = at; end < text.length && end < at + EXPRESSION_LENGTH; end++) {
    const each = text[end]
    if (each === close && (open !== close || end > at)) {
      depth -= 1
      if (depth <= 0) return end + 1
    } else if (each === open) depth += 1
  }
  return without
}

function escaped(text: string, at: number): readonly [string, number] {
  const letter = text[at + 1] ?? ''
  if (letter === 'u' || letter === 'x') {
    const code = /^(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2}))/i.exec(text.slice(at + 1, at + 12))
    const value = Number.parseInt(code?.[1] ?? code?.[2] ?? code?.[3] ?? '', 16)
    if (code && value <= 0x10ffff) return [String.fromCodePoint(value), code[0].length + 1]
  }
  // A line that goes on: Python, C and shell leave the newline out, JavaScript and Rust too.
  if (letter === '\n') return ['', 2]
  return [LETTERS[letter] ?? letter, 2]
}
