import type { Severity } from '../../../evidence/logs/format.ts'
import { codeTexts, type CodeText } from './code.ts'
import { matchOf, prepared, valueOf, type Subject } from './match.ts'
import { placeFactor, type Place, type Places } from './search.ts'

/** What is known of a pattern beside its words. */
export interface Clues extends Subject {
  readonly severity: Severity | undefined
  /** Names of loggers that wrote it: `orders.db`, `com.acme.orders.OrderService`. */
  readonly loggers: readonly string[]
  /** Places that its records or their stack traces name, found in the repository. Without a line: only the file is known. */
  readonly named: readonly { readonly file: string; readonly line?: number }[]
}

export interface RankedStatement {
  readonly file: string
  readonly line: number
  /** The line as it stands there. */
  readonly code: string
  /** 0 to 1. */
  readonly confidence: number
}

/** What a text is worth by where it stands: those that are written to a log first. */
const KIND_FACTOR: Readonly<Record<CodeText['kind'], number>> = {
  log: 1,
  raise: 0.85,
  other: 0.75,
  catalog: 0.8,
  prose: 0.8,
  comment: 0.2,
}
/** The call has another level than the records. */
const OTHER_LEVEL = 0.85
/** The records name this file, or this line, as where they are from. */
const SAME_FILE = 1.15
const SAME_LINE = 1.4
/** A logger is named like the file. */
const SAME_LOGGER = 1.1
/** A line is named within so many lines: the call begins before its text. */
const NEAR = 3
/** Lines around a hit that a text may stand on. */
const AROUND = 2
/** Below, the text is not that of the pattern: of the precision, and of the value times how telling its words are. `npm run bench -- logs-statement`. */
const LEAST_PRECISION = 0.5
const LEAST = 0.2
/** How fast what is a little worse counts less beside the best. */
const SHARPNESS = 10
/** Words of this weight together leave a fraction 1/e of doubt that they are there by chance. */
const TELLING_WEIGHT = 1.2
const CODE_LENGTH = 300
const RANKED = 6

/**
 * The statements that may have written each pattern, most likely first.
 *
 * @param sources texts of files; of a file that is missing the line of its place is all that is known
 */
export function rankStatements(
  clues: readonly Clues[],
  places: readonly Places[],
  sources: ReadonlyMap<string, string>,
  weightOf: (word: string) => number,
): readonly (readonly RankedStatement[])[] {
  const texts = new Map<string, readonly CodeText[]>()
  const textsOf = (file: string, text: string): readonly CodeText[] => {
    const known = texts.get(file) ?? codeTexts(file, text).filter(hasWords)
    texts.set(file, known)
    return known
  }
  const candidatesOf = (list: readonly Place[]): readonly Candidate[] =>
    [...Map.groupBy(list, ({ file }) => file)].flatMap(([file, ofFile]) => {
      const source = sources.get(file)
      if (source === undefined) return ofFile.flatMap((place) => inLine(place))
      const near = new Set(
        ofFile.flatMap(({ line }) => Array.from({ length: 2 * AROUND + 1 }, (_, at) => line - AROUND + at)),
      )
      const beyond = ofFile.filter(({ line }) => line > lineCount(source)).flatMap((place) => inLine(place))
      const found = textsOf(file, source).filter((text) => isNear(text, near))
      return [...beyond, ...found.map((text) => ({ file, text }))]
    })
  return clues.map((clue, at) => ranked(clue, candidatesOf(places[at]?.places ?? []), sources, weightOf))
}

interface Candidate {
  readonly file: string
  readonly text: CodeText
  /** Known when the file is not. */
  readonly code?: string
}

function inLine({ file, line, text }: Place): readonly Candidate[] {
  return codeTexts(file, text).map((each) => ({
    file,
    text: { ...each, line, lastLine: line, callLine: line },
    code: text,
  }))
}

function hasWords({ pieces }: CodeText): boolean {
  return pieces.some((piece) => typeof piece === 'string' && /\p{L}{2}/u.test(piece))
}

function isNear({ line, lastLine }: CodeText, near: ReadonlySet<number>): boolean {
  for (let at = line; at <= lastLine; at++) if (near.has(at)) return true
  return false
}

function lineCount(text: string): number {
  let count = 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

function ranked(
  clue: Clues,
  candidates: readonly Candidate[],
  sources: ReadonlyMap<string, string>,
  weightOf: (word: string) => number,
): readonly RankedStatement[] {
  const subject = prepared(clue, weightOf)
  const best = new Map<string, { readonly candidate: Candidate; readonly value: number; readonly sure: number }>()
  for (const candidate of candidates) {
    const match = matchOf(candidate.text.pieces, subject)
    if (match.precision < LEAST_PRECISION) continue
    const value = valueOf(match) * clueFactor(candidate, clue)
    const key = `${candidate.file}:${candidate.text.line}`
    const sure = 1 - Math.exp(-match.weight / TELLING_WEIGHT)
    if (value * sure >= LEAST && value > (best.get(key)?.value ?? 0)) best.set(key, { candidate, value, sure })
  }
  const sorted = [...best.values()].toSorted((a, b) => b.value - a.value || order(a.candidate, b.candidate))
  const all = sorted.reduce((sum, { value }) => sum + value ** SHARPNESS, 0)
  return sorted.slice(0, RANKED).map(({ candidate: { file, text, code }, value, sure }) => ({
    file,
    line: text.line,
    code: (code ?? lineOf(sources.get(file) ?? '', text.line)).trim().slice(0, CODE_LENGTH),
    confidence: Math.min(1, value) * sure * (value ** SHARPNESS / all),
  }))
}

function order(a: Candidate, b: Candidate): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.text.line - b.text.line
}

function clueFactor({ file, text }: Candidate, { severity, loggers, named }: Clues): number {
  const isOther = text.kind === 'log' && severity && text.severity && levelGroup(severity) !== levelGroup(text.severity)
  const isLine = named.some(
    (place) =>
      place.file === file &&
      place.line !== undefined &&
      place.line >= text.callLine - NEAR &&
      place.line <= text.lastLine + NEAR,
  )
  const isFile = named.some((place) => place.file === file)
  return (
    KIND_FACTOR[text.kind] *
    placeFactor(file) *
    (isOther ? OTHER_LEVEL : 1) *
    (isLine ? SAME_LINE : isFile ? SAME_FILE : 1) *
    (loggers.some((logger) => isNamedLike(file, logger)) ? SAME_LOGGER : 1)
  )
}

function levelGroup(severity: Severity): string {
  return severity === 'fatal' ? 'error' : severity === 'notice' ? 'info' : severity
}

/** `orders.db` is written in `src/orders/db.py`, `com.acme.OrderService` in `…/OrderService.java`, `o.s.OrderService` too. */
function isNamedLike(file: string, logger: string): boolean {
  const last = logger.split(/[./:\\$]/).findLast((part) => part !== '')
  if (last === undefined || last.length < 3) return false
  const parts = file.replace(/\.\w+$/, '').split('/')
  const name = parts.at(-1) === 'index' || parts.at(-1) === '__init__' ? parts.at(-2) : parts.at(-1)
  return name?.toLowerCase() === last.toLowerCase()
}

/** The line with this number, from 1. */
export function lineOf(text: string, line: number): string {
  let start = 0
  for (let at = 1; at < line; at++) {
    const newline = text.indexOf('\n', start)
    if (newline === -1) return ''
    start = newline + 1
  }
  const end = text.indexOf('\n', start)
  return text.slice(start, end === -1 ? undefined : end)
}
