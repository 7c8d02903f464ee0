/** A word of a message. */
export interface Token {
  /** What stands between it and the word before it, blanks folded to one. */
  readonly before: string
  /** The word, or `<*>` for what varies by its form: numbers, addresses, identifiers, paths, dates. */
  readonly word: string
  /** Constant letters before a value: `MININT-`. */
  readonly prefix: string
  /** As written. */
  readonly raw: string
}

export interface Message {
  readonly tokens: readonly Token[]
  /** What stands after the last word. */
  readonly end: string
}

export const VARIABLE = '<*>'

/**
 * Cuts a message into words at blanks and at punctuation, and tells values by their form. What is a value follows the published conventions for the
 * templates of logs (Khan et al., Guidelines for Assessing the Accuracy of Log Message Template Identification Techniques, ICSE 2022): a word with a
 * digit is one, so is a path, a dotted number, a size with its unit; what punctuation parts from it stays.
 */
export function tokensOf(message: string): Message {
  const text = message.slice(0, LONGEST_MESSAGE).trim().replaceAll(WHOLE_VALUES, hidden)
  const tokens: Token[] = []
  let last = 0
  for (const match of text.matchAll(WORD)) {
    const between = text.slice(last, match.index).replaceAll(BLANKS, ' ')
    last = match.index + match[0].length
    addWord(tokens, between, match[0], text.slice(last, last + LONGEST_PORT))
  }
  return { tokens, end: text.slice(last).replaceAll(BLANKS, ' ') }
}

/** Characters. What is beyond them tells nothing more; a message of this length is a dump. */
const LONGEST_MESSAGE = 8_192
/** Characters of `:65535`, and one more. */
const LONGEST_PORT = 7
const BLANKS = /\s+/g

/** Stand in for marks within a value, so that it is not cut there. */
const HIDDEN_BLANK = '\uE000'
const HIDDEN_COLON = '\uE001'
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)'

/** Values with blanks or colons in them: dates as far as the hour and from the second to the year, hardware addresses, sizes, addresses of a scheme. */
const WHOLE_VALUES = new RegExp(
  [
    String.raw`\b(?:${DAY},? )?${MONTH} {1,2}\d{1,2}(?: \d{2}(?=:\d{2})|,? \d{4}\b)?`,
    String.raw`(?<=\b\d{2}:\d{2}:)\d{2}(?:\.\d+)? (?:19|20)\d{2}\b`,
    String.raw`\b${DAY}\b(?=,? \d)`,
    String.raw`\b[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){3,}\b`,
    String.raw`\b\d+(?:\.\d+)? [KMGT]?i?B\b`,
    String.raw`(?<=\b[a-z][a-z.+]{1,20}://)[^\s'"()\[\]{}<>,;]*\d[^\s'"()\[\]{}<>,;]*`,
  ].join('|'),
  'g',
)

function hidden(value: string): string {
  return value.replaceAll(BLANKS, HIDDEN_BLANK).replaceAll(':', HIDDEN_COLON)
}

function shown(text: string): string {
  return text.replaceAll(HIDDEN_BLANK, ' ').replaceAll(HIDDEN_COLON, ':')
}

/**
 * Up to three words in double quotes, without numbers: a name; an empty pair where a value may stand; else what is between blanks and `, ! ; : = | " ' [ ] ( ) { } < > # @`, without the
 * full stops after it.
 */
const MARKS = String.raw`\s,!;:=|"'[\](){}<>#@`
const WORD = new RegExp(
  [
    String.raw`(?<=(?:^|[\s=(\[{,:])")[^"\d\s/]+(?: [^"\d\s/]+){1,2}(?="(?:$|[\s)\]},;:.]))`,
    String.raw`(?<=\s\()(?=\)(?:\s|$))|(?<=\s\[)(?=\](?:\s|$))|(?<=\s")(?="(?:\s|$))|(?<=\s')(?='(?:\s|$))`,
    String.raw`(?!\.+(?:[${MARKS}]|$))[^${MARKS}]+?(?=\.*(?:[${MARKS}]|$))`,
  ].join('|'),
  'g',
)

function addWord(tokens: Token[], before: string, raw: string, after: string): void {
  if (raw.startsWith('//')) {
    const rest = raw.slice(2)
    tokens.push({ before: `${before}//`, word: /\d/.test(rest) ? VARIABLE : rest, prefix: '', raw: shown(rest) })
    return
  }
  const slash = raw.indexOf('/')
  if (slash > 0 && slash === raw.lastIndexOf('/') && slash < raw.length - 1 && !isHidden(raw) && !isComponent(raw)) {
    tokens.push(tokenOf(before, raw.slice(0, slash), ''), tokenOf('/', raw.slice(slash + 1), after))
    return
  }
  tokens.push(tokenOf(before, raw, after))
}

/** `com.example/.Main` */
function isComponent(raw: string): boolean {
  return raw.includes('.') && !/\d.*\/.*\d/.test(raw)
}

/** Letters that a hyphen parts from a value. */
const PREFIX = /^[A-Za-z]{2,}-(?=[^-]*\d)/

function isHidden(raw: string): boolean {
  return raw.includes(HIDDEN_BLANK) || raw.includes(HIDDEN_COLON)
}

function tokenOf(before: string, raw: string, after: string): Token {
  const isName = HOST.test(raw) || (NAME_BEFORE_PORT.test(raw) && /^:\d{1,5}\b/.test(after))
  const value =
    raw === '' ||
    /\d/.test(raw) ||
    isHidden(raw) ||
    PATH.test(raw) ||
    isName ||
    (raw.includes('/') && raw.includes('.'))
  return { before, word: value ? VARIABLE : raw, prefix: PREFIX.exec(raw)?.[0] ?? '', raw: shown(raw) }
}

const NAME_BEFORE_PORT = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+$/
const PATH = /^\/[^/]+(?:\/[^/]+)*\/?$/
/** `proxy.example.org`; a name of a property may end like a country, though hardly in these. */
const HOST =
  /^(?!com\.|org\.|net\.|android\.|java)(?:[\w-]+\.){2,}(?:com|net|org|edu|gov|local|internal|lan|(?!id|is|io|in|to|no|at|my|me)[a-z]{2})$/
