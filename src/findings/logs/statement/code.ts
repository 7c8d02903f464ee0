import type { Severity } from '../../../evidence/logs/format.ts'
import { callKind, isPrint, severityOf, type CallKind } from './call.ts'
import { languageOf, type Language } from './language.ts'
import { HOLE, piecesOf, type Piece } from './pieces.ts'
import { tokensOf, type Token } from './tokens.ts'

/** A text in code that may be written to a log, joined from what stands beside it. */
export interface CodeText {
  /** Constant text and holes in order; no two holes and no two constants beside each other. */
  readonly pieces: readonly Piece[]
  /** Where the first and the last part of it stand, and where the call around it begins. Lines from 1. */
  readonly line: number
  readonly lastLine: number
  readonly callLine: number
  readonly kind: CallKind['kind'] | 'comment' | 'catalog' | 'prose'
  /** The level that its call has, where that is told by names. */
  readonly severity: Severity | undefined
}

/** Brackets around a text that are looked through for the call that writes it: `log.warn(String.format(…))`, `log.error({ msg: … })`. */
const CALLS_AROUND = 4
/** Names before a text that has no bracket: `logger.error "…"`, `std::cerr << "…"`. Tokens. */
const TOKENS_BEFORE = 24
/** Arguments before it that may say the level: `log.log(Level.SEVERE, "…")`. Tokens. */
const LEVEL_WITHIN = 12
/** Parts of one text; what has more is a table. */
const PARTS = 60

/** All texts of a file. Any text gives some or none, in time that grows with its length. */
export function codeTexts(file: string, text: string): readonly CodeText[] {
  const language = languageOf(file, text)
  if (language.kind === 'prose') return wholeLines(text, 'prose')
  const tokens = tokensOf(text, language)
  const texts =
    language.kind === 'catalog' ? [...catalogTexts(tokens), ...wholeLines(text, 'catalog')] : codeOf(tokens, language)
  return language.bareWords ? [...texts, ...bareWords(text)] : texts
}

interface Open {
  readonly sign: string
  /** Index of its token. */
  readonly at: number
  /** The name before it. */
  readonly name: string | undefined
  readonly line: number
}

function codeOf(tokens: readonly Token[], language: Language): readonly CodeText[] {
  const texts: CodeText[] = []
  const stack: Open[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (token?.kind === 'sign') {
      if (OPENING.has(token.text)) stack.push(opened(tokens, at, token.text, token.line))
      else if (CLOSING.has(token.text)) stack.pop()
    }
    if (token?.kind !== 'text') continue
    const call = callAround(tokens, at, stack)
    const prints = call.name !== undefined && isPrint(call.name)
    const add = (joined: Joined): void => {
      texts.push({
        pieces: normal(joined.pieces),
        line: token.line,
        lastLine: joined.lastLine,
        callLine: call.line,
        kind: standsAlone(tokens, at, joined.next) ? 'comment' : call.kind,
        severity: call.severity,
      })
    }
    const joined = joinedFrom(tokens, at, language, prints)
    add(joined)
    // Whether a logger writes all that it is given, or fills it in, its name does not tell.
    if (!prints && call.kind === 'log' && hasMore(tokens, at, joined.next)) add(joinedFrom(tokens, at, language, true))
    at = joined.next - 1
  }
  return texts
}

const OPENING = new Set(['(', '[', '{'])
const CLOSING = new Set([')', ']', '}'])

function opened(tokens: readonly Token[], at: number, sign: string, line: number): Open {
  const before = tokens[at - 1]
  // The body of a function is no argument: `run(() => { "…" })`.
  const name =
    before?.kind === 'word'
      ? before.text
      : before?.kind === 'sign' && (before.text === '=>' || before.text === ')')
        ? BODY
        : undefined
  return {
    sign,
    at,
    name: sign === '(' || sign === '{' ? name : undefined,
    line: before?.kind === 'word' ? before.line : line,
  }
}

const BODY = '{}'

interface Call extends CallKind {
  readonly name: string | undefined
  readonly line: number
}

/** The call that a text is given to: the nearest one around it that writes or raises, else the names before it in its statement. */
function callAround(tokens: readonly Token[], at: number, stack: readonly Open[]): Call {
  const line = tokens[at]?.line ?? 1
  let raised: Call | undefined
  let outermost = at
  for (let depth = stack.length - 1; depth >= 0 && depth >= stack.length - CALLS_AROUND; depth--) {
    const open = stack[depth]
    if (!open || (open.sign === '{' && open.name !== undefined && !isBlockCall(open.name))) break
    outermost = open.at
    if (open.name === undefined) continue
    const kind = callKind(open.name)
    if (kind.kind === 'other') continue
    const call = {
      ...kind,
      severity: kind.severity ?? levelAmong(tokens, open.at, at),
      name: open.name,
      line: open.line,
    }
    if (call.kind === 'log') return call
    raised ??= call
  }
  return raised ?? wordsBefore(tokens, outermost, at) ?? { kind: 'other', severity: undefined, name: undefined, line }
}

/** `logger.info { "…" }` of Kotlin, Groovy and Ruby; `error {` may be what a function of Go gives. */
function isBlockCall(name: string): boolean {
  return name.includes('.') && callKind(name).kind === 'log'
}

function levelAmong(tokens: readonly Token[], from: number, to: number): Severity | undefined {
  for (let at = from + 1; at < to && at <= from + LEVEL_WITHIN; at++) {
    const token = tokens[at]
    const name =
      token?.kind === 'word'
        ? token.text
        : token?.kind === 'text' && token.pieces.length === 1
          ? token.pieces[0]
          : undefined
    const severity = typeof name === 'string' && name.length < 40 ? severityOf(name) : undefined
    if (severity) return severity
  }
  return undefined
}

/** `raise X "…"`, `logger.error "…"`, `LOG(ERROR) << "…"`: names since the statement began. */
function wordsBefore(tokens: readonly Token[], before: number, textAt: number): Call | undefined {
  let depth = 0
  for (let at = before - 1; at >= 0 && at >= before - TOKENS_BEFORE; at--) {
    const token = tokens[at]
    if (token?.kind === 'newline' && depth === 0 && !goesOn(tokens, at)) return undefined
    if (token?.kind === 'sign') {
      if (CLOSING.has(token.text)) depth += 1
      else if (OPENING.has(token.text)) depth -= 1
      if (depth < 0 || token.text === ';' || (token.text === '}' && depth === 1)) return undefined
    }
    if (token?.kind !== 'word' || depth > 0) continue
    const kind = callKind(token.text)
    if (kind.kind === 'other') continue
    return { ...kind, severity: kind.severity ?? levelAmong(tokens, at, textAt), name: token.text, line: token.line }
  }
  return undefined
}

/** A newline before or after an operator that joins ends nothing. */
function goesOn(tokens: readonly Token[], newline: number): boolean {
  const joins = (token: Token | undefined): boolean =>
    token?.kind === 'sign' && (token.text === '<<' || token.text === '+' || token.text === ',')
  return joins(tokens[newline + 1]) || joins(tokens[newline - 1])
}

/** Behind the first argument comes another one. */
function hasMore(tokens: readonly Token[], at: number, next: number): boolean {
  const before = tokens[behindNewlines(tokens, at - 1, -1)]
  const behind = tokens[behindNewlines(tokens, next, 1)]
  return before?.kind === 'sign' && before.text === '(' && behind?.kind === 'sign' && behind.text === ','
}

/** A text that is a statement of its own documents what follows (a docstring). */
function standsAlone(tokens: readonly Token[], at: number, next: number): boolean {
  const ends = (token: Token | undefined): boolean => token === undefined || token.kind === 'newline'
  const token = tokens[at]
  return ends(tokens[at - 1]) && ends(tokens[next]) && token?.kind === 'text' && token.lastLine > token.line
}

interface Joined {
  readonly pieces: readonly Piece[]
  readonly lastLine: number
  /** Index of the token behind it. */
  readonly next: number
}

/** What a text is joined with by an operator, by standing beside it, and, where all arguments are printed, by a comma. */
function joinedFrom(tokens: readonly Token[], from: number, language: Language, prints: boolean): Joined {
  const pieces: Piece[] = []
  let lastLine = 0
  let at = from
  const before = behindNewlines(tokens, from - 1, -1)
  if (isJoinedBefore(tokens, before, language, prints)) pieces.push(HOLE)
  for (let part = 0; part < PARTS; part++) {
    const token = tokens[at]
    if (token?.kind === 'text') {
      pieces.push(...token.pieces)
      lastLine = token.lastLine
      at += 1
    } else {
      const end = operandEnd(tokens, at, language)
      if (end === at) break
      pieces.push(HOLE)
      at = end
    }
    const next = behindNewlines(tokens, at, 1)
    const sign = tokens[next]
    if (sign?.kind === 'text' && !language.bareWords && (next === at || sameCall(tokens, from))) at = next
    else if (sign?.kind === 'sign' && isJoin(sign.text, language)) at = behindNewlines(tokens, next + 1, 1)
    else if (sign?.kind === 'sign' && sign.text === ',' && prints) {
      pieces.push(' ')
      at = behindNewlines(tokens, next + 1, 1)
    } else if (
      sign?.kind === 'word' &&
      token?.kind === 'text' &&
      tokens[next + 1]?.kind === 'text' &&
      /^PR[A-Za-z]/.test(sign.text)
    ) {
      // "%" PRIu64 " bytes"
      const last = pieces.at(-1)
      if (typeof last === 'string') pieces[pieces.length - 1] = last.replace(/%[-+#0-9.*]{0,10}$/, '')
      pieces.push(HOLE)
      at = next + 1
    } else break
  }
  return { pieces, lastLine, next: Math.max(at, from + 1) }
}

/** A value stands before it; of `LOG(ERROR) << "…"` and `cerr << "…"` it is none. */
function isJoinedBefore(tokens: readonly Token[], at: number, language: Language, prints: boolean): boolean {
  const token = tokens[at]
  if (token?.kind !== 'sign') return false
  if (token.text !== '<<') return isJoin(token.text, language) || (prints && token.text === ',')
  const stream = tokens[at - 1]
  return (
    !(stream?.kind === 'word' && callKind(stream.text).kind === 'log') &&
    !(stream?.kind === 'sign' && stream.text === ')')
  )
}

function isJoin(sign: string, { joins }: Language): boolean {
  return sign === '+' || joins.includes(sign)
}

/** Texts on lines beside each other are one only within brackets. */
function sameCall(tokens: readonly Token[], at: number): boolean {
  const before = tokens[behindNewlines(tokens, at - 1, -1)]
  return before?.kind === 'sign' && (before.text === '(' || before.text === ',' || before.text === '+')
}

function behindNewlines(tokens: readonly Token[], from: number, step: 1 | -1): number {
  let at = from
  while (tokens[at]?.kind === 'newline') at += step
  return at
}

/** Where an expression between two joins ends. */
function operandEnd(tokens: readonly Token[], from: number, language: Language): number {
  let depth = 0
  let at = from
  for (; at < tokens.length && at < from + OPERAND_TOKENS; at++) {
    const token = tokens[at]
    if (token?.kind === 'newline' && depth === 0) break
    if (token?.kind === 'text' && depth === 0) break
    if (token?.kind !== 'sign') continue
    if (OPENING.has(token.text)) depth += 1
    else if (CLOSING.has(token.text)) depth -= 1
    if (depth < 0 || (depth === 0 && (token.text === ',' || token.text === ';' || isJoin(token.text, language)))) break
  }
  return depth > 0 ? from : at
}

/** An expression that is joined into a text is short. */
const OPERAND_TOKENS = 80

function normal(pieces: readonly Piece[]): readonly Piece[] {
  const all: Piece[] = []
  for (const piece of pieces) {
    const last = all.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') all[all.length - 1] = last + piece
    else if (piece !== HOLE || last !== HOLE) all.push(piece)
  }
  return all
}

function catalogTexts(tokens: readonly Token[]): readonly CodeText[] {
  return tokens.flatMap((token) =>
    token.kind === 'text'
      ? [{ ...at(token.line, token.lastLine), pieces: token.pieces, kind: 'catalog' as const }]
      : [],
  )
}

function at(line: number, lastLine = line): Pick<CodeText, 'line' | 'lastLine' | 'callLine' | 'severity'> {
  return { line, lastLine, callLine: line, severity: undefined }
}

/** `key: text`, `key=text`, and all of a line of documentation. */
function wholeLines(text: string, kind: 'catalog' | 'prose'): readonly CodeText[] {
  return text.split('\n').flatMap((line, index) => {
    const inside = line
      .slice(0, LINE_LENGTH)
      .replace(kind === 'catalog' ? /^[^:=]{0,200}[:=]/ : /^[\s>*#-]+/, '')
      .trim()
    return inside === '' || /^["']/.test(inside)
      ? []
      : [{ ...at(index + 1), pieces: piecesOf(inside, false, false), kind }]
  })
}

const LINE_LENGTH = 1_000

/** `echo cannot open $file`, `logger -p user.err backup failed`: words without quotes. */
function bareWords(text: string): readonly CodeText[] {
  return text.split('\n').flatMap((line, index) => {
    const command =
      /(?:^|[\s;&|{(])((?:\w*_)?(?:echo|logger|log|warn|die|err|error|info|fail|printf)\w*)\s+([^"'\s][^\n]{0,999})$/.exec(
        line.slice(0, LINE_LENGTH),
      )
    if (!command?.[2]) return []
    const words = command[2].replaceAll(/\s+(?:>&?\d?\s*\S+|[|&;].*)$/g, '').replaceAll(/["']/g, '')
    const kind = callKind(command[1] ?? '')
    return [{ ...at(index + 1), ...kind, pieces: piecesOf(words, true, true) }]
  })
}
