/**
 * What may be asked of the variables at a statement: names, members, indexes, literals, comparisons, and, or, not. Nothing in it can call, assign or
 * compute, so that looking changes nothing. Each runtime prints the tree in its own syntax (`printedExpression`, or its own walk), and never sees the text that was typed.
 *
 *     total < 0 && user.name != "root"        items[0].price        order->total          not done
 */
export type Expression =
  | Variable
  | { readonly kind: 'number'; /** As it was typed, with its sign: `-12`, `0x1f`, `2.5`. */ readonly text: string }
  /** `isCharacter`: one character in single quotes, which C tells from a text. */
  | { readonly kind: 'text'; readonly text: string; readonly isCharacter?: true }
  | { readonly kind: 'constant'; readonly constant: 'true' | 'false' | 'null' }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }

/** What has a place in the program; only it has members and indexes. */
export type Variable =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Variable; readonly name: string }
  /** By number, text, or the value of a variable. */
  | { readonly kind: 'index'; readonly of: Variable; readonly at: Expression }

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

export type ReadExpression =
  | { readonly ok: true; readonly expression: Expression }
  /** A sentence for a person, and what to type instead. */
  | { readonly ok: false; readonly why: string; readonly tryNext: string }

/** Nobody types more. Characters; levels of nesting. */
const LONGEST = 400
const DEEPEST = 20

/** Reads one expression; what could call or change something is refused with its reason. Never throws anything else. */
export function readExpression(typed: string): ReadExpression {
  if (typed.length > LONGEST) return refused(`It is longer than ${LONGEST} characters`)
  const tokens = tokensOf(typed)
  if (!Array.isArray(tokens)) return tokens as ReadExpression
  const place: Place = { tokens, at: 0, depth: 0 }
  try {
    const expression = either(place)
    const rest = place.tokens[place.at]
    if (rest) throw unexpected(rest)
    return { ok: true, expression }
  } catch (error) {
    if (error instanceof Refusal) return refused(error.message, error.tryNext)
    throw error
  }
}

/** `total,user.id,items[0]`: those that commas part, outside of brackets and quotes. */
export function readExpressions(
  typed: string,
):
  | { readonly ok: true; readonly expressions: readonly Expression[] }
  | { readonly ok: false; readonly part: string; readonly why: string; readonly tryNext: string } {
  const expressions: Expression[] = []
  for (const part of partsOf(typed)) {
    const read = readExpression(part)
    if (!read.ok) return { ok: false, part: part.trim(), why: read.why, tryNext: read.tryNext }
    expressions.push(read.expression)
  }
  return { ok: true, expressions }
}

/** An expression in words that `readExpression` reads as the same again; C and JavaScript understand them, too. */
export function expressionText(expression: Expression): string {
  return printed(expression, 0)
}

/** The variables that it begins with: of `order.total < limit` order and limit. */
export function namesIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'name':
      return [expression.name]
    case 'member':
    case 'not':
      return namesIn(expression.of)
    case 'index':
      return [...namesIn(expression.of), ...namesIn(expression.at)]
    case 'compare':
    case 'and':
    case 'or':
      return [...namesIn(expression.left), ...namesIn(expression.right)]
    case 'number':
    case 'text':
    case 'constant':
      return []
  }
}

const STRENGTH = { or: 1, and: 2, compare: 3, not: 4, whole: 5 } as const

function printed(expression: Expression, atLeast: number): string {
  const within = (strength: number, text: string): string => (strength < atLeast ? `(${text})` : text)
  switch (expression.kind) {
    case 'name':
      return expression.name
    case 'member':
      return `${printed(expression.of, STRENGTH.whole)}.${expression.name}`
    case 'index':
      return `${printed(expression.of, STRENGTH.whole)}[${printed(expression.at, 0)}]`
    case 'number':
      return expression.text
    case 'text':
      return expression.isCharacter ? characterText(expression.text) : JSON.stringify(expression.text)
    case 'constant':
      return expression.constant
    case 'not':
      return within(STRENGTH.not, `!${printed(expression.of, STRENGTH.not)}`)
    case 'compare': {
      const { left, operator, right } = expression
      // A comparison of a comparison means something else in each language: it is parted.
      return within(STRENGTH.compare, `${printed(left, STRENGTH.not)} ${operator} ${printed(right, STRENGTH.not)}`)
    }
    case 'and':
    case 'or': {
      const strength = STRENGTH[expression.kind]
      const sign = expression.kind === 'and' ? '&&' : '||'
      return within(
        strength,
        `${printed(expression.left, strength)} ${sign} ${printed(expression.right, strength + 1)}`,
      )
    }
  }
}

function characterText(character: string): string {
  if (character === "'") return String.raw`'\''`
  return character === '"' ? `'"'` : `'${JSON.stringify(character).slice(1, -1)}'`
}

interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign'
  readonly text: string
}

interface Place {
  readonly tokens: readonly Token[]
  at: number
  depth: number
}

class Refusal extends Error {
  readonly tryNext: string
  constructor(message: string, tryNext: string) {
    super(message)
    this.tryNext = tryNext
  }
}

const ALLOWED = 'Names, members (a.b, a->b), indexes (a[0]), numbers, "texts", comparisons, and, or, not.'

function refused(why: string, tryNext = ALLOWED): ReadExpression {
  return { ok: false, why, tryNext }
}

const SPACE = /\s+/y
const NAME = /[\p{ID_Start}_$][\p{ID_Continue}$]*/uy
const NUMBER = /-?(?:0[xX][0-9a-fA-F]{1,16}|\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?)(?![\p{ID_Continue}$.])/uy
const TEXT = /"(?:[^"\\\n]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|'(?:[^'\\\n]|\\['"\\/bfnrt]|\\u[0-9a-fA-F]{4})*'/y
const SIGN = /===|!==|==|!=|<=|>=|&&|\|\||->|[<>!.[\]()]/y
/** What would change or compute something, longest first. */
const FORBIDDEN = /<<=|>>=|\*\*=|\+\+|--|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|:=|<<|>>|[=+\-*/%&|^~?;:,`{}@#\\]/y

function tokensOf(text: string): readonly Token[] | ReadExpression {
  const tokens: Token[] = []
  const next = (pattern: RegExp, at: number): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  for (let at = 0; at < text.length;) {
    const blank = next(SPACE, at)
    if (blank !== undefined) {
      at += blank.length
      continue
    }
    const token = tokenAt(next, at)
    if (token === undefined) return refused(...forbidden(next(FORBIDDEN, at), text.slice(at, at + 10)))
    tokens.push(token)
    at += token.text.length
  }
  return tokens
}

function tokenAt(next: (pattern: RegExp, at: number) => string | undefined, at: number): Token | undefined {
  for (const [kind, pattern] of [
    ['name', NAME],
    ['number', NUMBER],
    ['text', TEXT],
    ['sign', SIGN],
  ] as const) {
    const text = next(pattern, at)
    if (text !== undefined) return { kind, text }
  }
  return undefined
}

function forbidden(sign: string | undefined, rest: string): readonly [string, string] {
  if (sign === '=') return ['"=" would set a variable: nothing in the program is changed', 'To compare: ==']
  if (sign !== undefined && /^(?:\+\+|--|.*=)$/.test(sign))
    return [`"${sign}" would change a variable: nothing in the program is changed`, ALLOWED]
  if (sign === '*') return ['"*" is not understood', 'What a pointer points to: p[0], or p.member.']
  if (sign !== undefined) return [`"${sign}" is not understood: nothing is computed`, ALLOWED]
  return [`it is not understood from ${JSON.stringify(rest)} on`, ALLOWED]
}

function unexpected({ text }: Token): Refusal {
  if (text === '(') return new Refusal('"(" would call a function: that could change or stop the program', ALLOWED)
  return new Refusal(`"${text}" does not belong there`, ALLOWED)
}

function isNext({ tokens, at }: Place, ...texts: readonly string[]): boolean {
  const token = tokens[at]
  return token !== undefined && token.kind !== 'text' && texts.includes(token.text)
}

function deeper<T>(place: Place, read: (place: Place) => T): T {
  place.depth += 1
  if (place.depth > DEEPEST) throw new Refusal('It is nested too deeply', ALLOWED)
  const value = read(place)
  place.depth -= 1
  return value
}

function either(place: Place): Expression {
  return deeper(place, () => joined(place, 'or', ['||', 'or'], both))
}

function both(place: Place): Expression {
  return joined(place, 'and', ['&&', 'and'], negated)
}

function joined(
  place: Place,
  kind: 'and' | 'or',
  words: readonly string[],
  read: (place: Place) => Expression,
): Expression {
  let left = read(place)
  while (isNext(place, ...words)) {
    place.at += 1
    left = { kind, left, right: read(place) }
  }
  return left
}

/** `!` binds as in C, `not` as in Python: `not a == b` is not (a == b), `!a == b` is (!a) == b. */
function negated(place: Place): Expression {
  if (!isNext(place, 'not')) return compared(place)
  place.at += 1
  return { kind: 'not', of: deeper(place, negated) }
}

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['==', '=='],
  ['===', '=='],
  ['!=', '!='],
  ['!==', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
])

function compared(place: Place): Expression {
  const left = whole(place)
  const operator = COMPARISONS.get(isNext(place, ...COMPARISONS.keys()) ? (place.tokens[place.at]?.text ?? '') : '')
  if (!operator) return left
  place.at += 1
  const right = whole(place)
  if (isNext(place, ...COMPARISONS.keys()))
    throw new Refusal('a < b < c means something else in each language', 'a < b and b < c')
  return { kind: 'compare', operator, left, right }
}

function whole(place: Place): Expression {
  if (isNext(place, '!')) {
    place.at += 1
    return { kind: 'not', of: deeper(place, whole) }
  }
  let expression = first(place)
  while (isNext(place, '.', '->', '[')) {
    if (!isVariable(expression))
      throw new Refusal('only a variable has members and indexes', 'For example order.total.')
    const opener = place.tokens[place.at]?.text
    place.at += 1
    if (opener === '[') {
      expression = { kind: 'index', of: expression, at: either(place) }
      closed(place, ']')
    } else expression = { kind: 'member', of: expression, name: nameAt(place) }
  }
  return expression
}

function isVariable(expression: Expression): expression is Variable {
  const { kind } = expression
  return kind === 'name' || kind === 'member' || kind === 'index'
}

const CONSTANTS: Readonly<Record<string, 'true' | 'false' | 'null'>> = {
  true: 'true',
  false: 'false',
  null: 'null',
  True: 'true',
  False: 'false',
  None: 'null',
  NULL: 'null',
  nullptr: 'null',
  nil: 'null',
}
const WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not'])

function first(place: Place): Expression {
  const token = place.tokens[place.at]
  if (!token) throw new Refusal('something is missing at its end', ALLOWED)
  place.at += 1
  if (token.kind === 'number') return { kind: 'number', text: token.text }
  if (token.kind === 'text') return textOf(token.text)
  if (token.kind === 'name') return named(token)
  if (token.text !== '(') throw unexpected(token)
  const expression = either(place)
  closed(place, ')')
  return expression
}

function named(token: Token): Expression {
  if (WORDS.has(token.text)) throw unexpected(token)
  const constant = Object.hasOwn(CONSTANTS, token.text) ? CONSTANTS[token.text] : undefined
  return constant === undefined ? { kind: 'name', name: token.text } : { kind: 'constant', constant }
}

function nameAt(place: Place): string {
  const token = place.tokens[place.at]
  if (token?.kind !== 'name') throw new Refusal('after "." comes the name of a member', 'For example order.total.')
  place.at += 1
  return token.text
}

function closed(place: Place, sign: string): void {
  if (!isNext(place, sign)) throw new Refusal(`a "${sign}" is missing`, ALLOWED)
  place.at += 1
}

const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function textOf(quoted: string): Expression {
  const text = unquoted(quoted)
  return { kind: 'text', text, ...(quoted.startsWith("'") && text.length === 1 ? { isCharacter: true } : {}) }
}

function unquoted(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, letter: string) =>
      code === undefined ? (ESCAPED[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
    )
}

function partsOf(typed: string): readonly string[] {
  const parts: string[] = []
  const token = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[[\]()]|,|[^"'[\](),]+/gy
  let depth = 0
  let part = ''
  for (const [text] of typed.matchAll(token)) {
    if (text === '[' || text === '(') depth += 1
    if (text === ']' || text === ')') depth -= 1
    if (text === ',' && depth <= 0) {
      parts.push(part)
      part = ''
    } else part += text
  }
  return [...parts, part]
}
