import type { BoxTime } from '../time/box-time.ts'
import type { Severity } from '../format.ts'
import { severityOf } from './severity.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * The head of a line as most logging libraries write it: a time, a level, and around them a thread, a process, a logger and a code place in any order, in
 * brackets or between dashes. What comes after it is the message.
 */
export interface LevelledLine {
  readonly atMs: number | undefined
  /** As written: `WARN`. */
  readonly level: string
  readonly severity: Severity
  readonly logger: string | undefined
  /** The logger stands before the level, as in Python's usual forms. */
  readonly loggerFirst: boolean
  /** What stands in brackets and is none of the others: a thread, a request. */
  readonly groups: readonly string[]
  readonly pid: number | undefined
  readonly statement: string | undefined
  /** Where the message begins. */
  readonly end: number
}

/** Undefined: it bears no level at its head. Looks at no more than the first characters of the line. */
export function levelledLine(line: string, time: BoxTime): LevelledLine | undefined {
  const head: Head = { groups: [], loggerFirst: false, timed: false }
  let at = 0
  for (let element = 0; element < MOST_ELEMENTS && at < Math.min(line.length, LONGEST_HEAD); element += 1) {
    const next = elementAt(line, at, head, time)
    if (next === undefined) break
    at = next
    if (head.closed) break
  }
  if (head.level === undefined || head.severity === undefined) return undefined
  return {
    atMs: head.atMs,
    level: head.level,
    severity: head.severity,
    logger: head.logger,
    loggerFirst: head.loggerFirst,
    groups: head.groups,
    pid: head.pid,
    statement: head.statement,
    end: at,
  }
}

const MOST_ELEMENTS = 16
const LONGEST_HEAD = 400
const LONGEST_GROUP = 100

interface Head {
  atMs?: number
  level?: string
  severity?: Severity
  logger?: string
  loggerFirst: boolean
  readonly groups: string[]
  pid?: number
  statement?: string
  timed: boolean
  /** The time's bracket is open still. */
  bracket?: boolean
  /** The message begins here. */
  closed?: boolean
}

/** Takes one element from the head of the line and gives where the next begins; undefined when the message begins. */
function elementAt(line: string, at: number, head: Head, time: BoxTime): number | undefined {
  const first = line.charAt(at)
  if (first === ' ' || first === '\t') return at + 1
  if (!head.timed) {
    const found = timeAt(line, first === '[' && line.charAt(at + 1) !== ' ' ? at + 1 : at, time)
    if (found !== undefined && (at < 2 || !isPlain(line.slice(at, found.end)))) return takeTime(line, at, head, found)
  }
  if ('[({<'.includes(first)) return groupAt(line, at, head)
  if (isSeparator(line, at)) return at + 1
  return head.level === undefined ? beforeLevel(line, at, head) : afterLevel(line, at, head)
}

function takeTime(
  line: string,
  at: number,
  head: Head,
  found: { readonly atMs: number; readonly end: number },
): number {
  head.timed = true
  head.atMs = found.atMs
  // `[2024-01-02T03:04:05Z INFO app] text` of env_logger: what else is within the bracket is read as if there were none.
  if (line.charAt(at) !== '[') return found.end
  head.bracket = line.charAt(found.end) !== ']'
  return head.bracket ? found.end : found.end + 1
}

/** A process id is no time. */
function isPlain(text: string): boolean {
  return /^\d+$/.test(text)
}

/** `-`, `|`, `:`, `]`, `,` that stand alone between elements. */
function isSeparator(line: string, at: number): boolean {
  const mark = line.charAt(at)
  if (mark === '|' || mark === ']' || mark === ':' || mark === ',') return true
  return mark === '-' && (line.charAt(at + 1) === ' ' || line.charAt(at + 1) === '-')
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '<': '>' }

function groupAt(line: string, at: number, head: Head): number | undefined {
  const close = line.indexOf(CLOSING[line.charAt(at)] ?? ']', at)
  if (close === -1 || close - at > LONGEST_GROUP) return undefined
  const text = line.slice(at + 1, close).trim()
  const level = levelOf(text)
  // After the level a parenthesis or a brace is what the message begins with.
  if (level === undefined && head.level !== undefined && line.charAt(at) !== '[')
    return placeGroup(line, text, close, head)
  if (level !== undefined && head.level === undefined) setLevel(head, text, level)
  else if (isPlace(text)) head.statement = text
  else if (/^#?\d{1,10}$/.test(text)) head.pid ??= Number(text.replace('#', ''))
  else if (text !== '' && text !== '-') head.groups.push(text)
  return close + 1
}

function placeGroup(_line: string, text: string, close: number, head: Head): number | undefined {
  if (!isPlace(text)) return undefined
  head.statement = text
  return close + 1
}

/** `app.py:12`, `Orders.java:88`, `main.go:42` */
function isPlace(text: string): boolean {
  return /^[\w./\\$<>-]{1,90}\.[A-Za-z]{1,5}:\d{1,6}$/.test(text)
}

function setLevel(head: Head, word: string, severity: Severity): void {
  head.level = word
  head.severity = severity
}

/** Words that are a level by themselves; short ones and single letters belong to formats of their own. */
function levelOf(word: string): Severity | undefined {
  return LEVELS.has(word.toUpperCase()) ? severityOf(word) : undefined
}

const LEVELS: ReadonlySet<string> = new Set(
  'FATAL EMERG EMERGENCY PANIC ALERT CRIT CRITICAL SEVERE ERROR ERR WARNING WARN NOTICE INFO INFORMATION DEBUG TRACE VERBOSE CONFIG FINE FINER FINEST INF WRN DBG FTL ERRO'.split(
    ' ',
  ),
)

const NAME = /[\w.$@/#*-]/

function nameEnd(line: string, at: number): number {
  let end = at
  while (end < line.length && end - at < LONGEST_GROUP) {
    if (NAME.test(line.charAt(end))) end += 1
    // A module of Rust: `shop::orders`.
    else if (line.startsWith('::', end) && /[a-z_]/.test(line.charAt(end + 2))) end += 2
    else break
  }
  return end
}

/** The level itself; or a logger, thread or process id that a level follows. */
function beforeLevel(line: string, at: number, head: Head): number | undefined {
  const end = nameEnd(line, at)
  if (end === at) return undefined
  const word = line.slice(at, end)
  const level = levelOf(word)
  if (level !== undefined && isLevelHere(line, end, word, head.timed)) {
    setLevel(head, word, level)
    return line.charAt(end) === ':' ? end + 1 : end
  }
  // Without a time, a word before a word of level is how a sentence begins.
  if (!head.timed || !leadsToLevel(line, end)) return undefined
  if (/^\d{1,10}$/.test(word)) head.pid ??= Number(word)
  else if (isPlace(word)) head.statement = word
  else if (head.logger === undefined) {
    head.logger = word
    head.loggerFirst = true
  } else head.groups.push(word)
  return end
}

/** In capitals; else only with a colon, a bracket or a bar behind it. `Error: …` without a time is an exception. */
function isLevelHere(line: string, end: number, word: string, timed: boolean): boolean {
  const after = line.charAt(end)
  if (word === word.toUpperCase()) return after === '' || ' \t:]|,['.includes(after)
  return ':]|'.includes(after) && after !== '' && (timed || word === word.toLowerCase())
}

/** A few words on, a level stands in capitals or in brackets. */
function leadsToLevel(line: string, from: number): boolean {
  let at = from
  for (let word = 0; word < WORDS_AHEAD; word += 1) {
    const begin = at
    while (at - begin < WIDEST_GAP && ' \t|:[(-'.includes(line.charAt(at)) && at < line.length) at += 1
    if (at === begin) return false
    const end = nameEnd(line, at)
    const name = line.slice(at, end)
    if (name === name.toUpperCase() && levelOf(name) !== undefined && ' \t]):|,'.includes(line.charAt(end))) return true
    if (end === at) return false
    at = end
  }
  return false
}

const WORDS_AHEAD = 3
const WIDEST_GAP = 8

/** A logger with `:`, ` - ` or ` | ` behind it, a process id before `---` (Spring Boot), a code place; else the message begins. */
function afterLevel(line: string, at: number, head: Head): number | undefined {
  const end = nameEnd(line, at)
  if (end === at) return undefined
  const word = line.slice(at, end)
  let next = end
  while (line.charAt(next) === ' ' || line.charAt(next) === '\t') next += 1
  const mark = line.charAt(next)
  if (/^\d{1,10}$/.test(word) && (line.startsWith('---', next) || mark === '[')) {
    head.pid ??= Number(word)
    return next
  }
  const spaced = next > end
  const [placed, place] =
    mark === '(' ? (/^\(([\w./-]{1,90}\.[A-Za-z]{1,5}:\d{1,6})\) ?/.exec(line.slice(next, next + 120)) ?? []) : []
  if (placed !== undefined && place !== undefined && head.logger === undefined) {
    head.logger = word
    head.statement = place
    head.closed = true
    return next + placed.length
  }
  const colon = mark === ':' && (line.charAt(next + 1) === ' ' || next + 1 === line.length)
  if (head.bracket && mark === ']') {
    head.logger ??= word
    head.closed = true
    return line.charAt(next + 1) === ' ' ? next + 2 : next + 1
  }
  // Tomcat: `org.apache.catalina.startup.Catalina.start Server startup`.
  if (
    spaced &&
    /^[a-z]\w{0,40}(?:\.[\w$]{1,60}){2,12}$/.test(word) &&
    head.logger === undefined &&
    head.groups.length > 0 &&
    /\w/.test(mark)
  ) {
    head.logger = word
    head.closed = true
    return next
  }
  const ends =
    (colon && (spaced || isLoggerName(word, head))) ||
    (spaced && mark === '-' && /^--? /.test(line.slice(next, next + 3))) ||
    (spaced && mark === '|')
  if (!ends || !/[A-Za-z]/.test(word)) return undefined
  if (isPlace(word)) head.statement = word
  else if (head.logger === undefined) head.logger = word
  else return undefined
  head.closed = true
  let message = line.startsWith('--', next) ? next + 2 : next + 1
  while (line.charAt(message) === ' ') message += 1
  return message
}

/** `orders.api`, `shop::orders`, `WindowManager`, in a line with a time also `orders`; but `Failed: …` and `IOException: …` begin what is said. */
function isLoggerName(word: string, head: Head): boolean {
  if (/(?:Exception|Error)$/.test(word)) return false
  return /[._$/@:-]/.test(word) || /[a-z][A-Z]/.test(word) || (head.timed && word === word.toLowerCase())
}
