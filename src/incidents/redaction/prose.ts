import { eachMatch, HIDDEN, type Rule, type Span } from './rule.ts'
import { isNoSecret } from './no-secret.ts'
import { isPlaceholder } from './placeholder.ts'

/** What people call a password in a sentence; what stands before it (`DB_PASSWORD`) need not be looked at, unless it is a part of a path. */
const NAME = /(?<!\/)(?:pass(?:word|wd|wort|phrase|code)|kennwort|(?<![a-z\d])pwd?)["'`)]{0,2}(?=[ \t])/gi

/** What is said between the name and its value is not longer, the value neither, and nobody reads on. Words, characters. */
const WORDS_READ = 12
const CHARACTERS_READ = 400

const WORD = /[^ \t]+/g

interface Word {
  readonly text: string
  readonly start: number
}

/**
 * A password in a sentence: `the db password is hunter2`, `Passwort ist hunter5`, `root password hunter6`, `set the password of app to "hunter7"`. Behind
 * `is` and its kin it is what is quoted or does not look like a word; right behind the name only what has letters and digits.
 */
export const prose: Rule = {
  what: 'passwords in sentences: the password for app is hunter2',
  anchors: ['password', 'passwd', 'passwort', 'passphrase', 'passcode', 'kennwort', 'pw ', 'pwd '],
  find: (line) => {
    const spans: Span[] = []
    eachMatch(NAME, line, 0, ({ 0: name, index }) => {
      const span = valueBehind(line, index + name.length)
      if (span) spans.push({ ...span, kind: 'password' })
      return span?.end
    })
    return spans
  },
}

function valueBehind(line: string, from: number): Omit<Span, 'kind'> | undefined {
  const words = wordsOf(line, from)
  const verb = verbIn(words)
  if (verb === undefined) return bareValue(words[0])
  let at = verb + 1
  while (FILLERS.has(lower(words[at]))) at += 1
  const value = words[at]
  if (!value || value.text.startsWith(HIDDEN)) return undefined
  return quotedValue(line, value) ?? saidValue(value, words[at + 1])
}

function wordsOf(line: string, from: number): readonly Word[] {
  const words: Word[] = []
  eachMatch(WORD, line.slice(from, from + CHARACTERS_READ), 0, ({ 0: text, index }) => {
    words.push({ text, start: from + index })
    return words.length < WORDS_READ ? undefined : CHARACTERS_READ
  })
  return words
}

/** In a file that is not all UTF-8 the bytes are looked through one by one (`bytes.ts`): umlauts are two characters there. */
function wordSet(words: string): ReadonlySet<string> {
  const ofBytes = Buffer.from(words).toString('latin1').toLowerCase()
  return new Set([...words.split(' '), ...ofBytes.split(' ')])
}

const VERBS: ReadonlySet<string> = wordSet('is ist was war lautet lautete heißt now -> →')
/** `the password for the app on db-1 is x`, `set the password of app to x`. */
const OF: ReadonlySet<string> = wordSet('for of on at in from für fuer von vom zu zum auf am des der')
const CHANGES: ReadonlySet<string> = wordSet(
  'to auf changed set reset rotated updated switched was ist has been wurde geändert gesetzt',
)
const TO: ReadonlySet<string> = new Set(['to', 'auf'])
const FILLERS: ReadonlySet<string> = new Set([...CHANGES, ...'now still currently again jetzt wieder the a'.split(' ')])
/** So many words may name what the password is of. */
const OWNER_WORDS = 5

/** The word behind which the value stands: `is`, the colon of `for app:`, the `to` of `set the password to`. */
function verbIn(words: readonly Word[]): number | undefined {
  const first = lower(words[0])
  if (CHANGES.has(first)) {
    const to = words.findIndex((word) => !CHANGES.has(lower(word)))
    if (TO.has(lower(words[to - 1]))) return to - 1
  }
  if (VERBS.has(first)) return 0
  if (!OF.has(first)) return undefined
  const at = words
    .slice(2, 2 + OWNER_WORDS)
    .findIndex((word, index) => isVerbal(word) || words[index + 1]?.text.endsWith(':'))
  if (at < 0) return undefined
  return isVerbal(words[at + 2]) ? at + 2 : at + 1
}

function isVerbal(word: Word | undefined): boolean {
  return VERBS.has(lower(word)) || TO.has(lower(word)) || lower(word) === '=' || lower(word) === ':'
}

function lower(word: Word | undefined): string {
  return word?.text.toLowerCase() ?? ''
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '`': '`', '“': '”', '„': '“', '«': '»' }

/** `is "hunter7"`: whatever stands within the quotes, unless it begins as messages go on. */
function quotedValue(line: string, { text, start }: Word): Omit<Span, 'kind'> | undefined {
  const close = CLOSING[text[0] ?? '']
  if (close === undefined) return undefined
  const rest = line.slice(start + 1, start + CHARACTERS_READ)
  const end = rest.indexOf(close)
  const inside = end < 0 ? '' : rest.slice(0, end)
  const [first = ''] = inside.split(' ')
  if (inside.length < 4 || inside.includes(HIDDEN) || isPlaceholder(inside) || isPlaceholder(first)) return undefined
  return { start: start + 1, end: start + 1 + end }
}

/** Behind a verb: letters with digits or signs in them, or many digits that are not counted in anything. */
function saidValue(word: Word, next: Word | undefined): Omit<Span, 'kind'> | undefined {
  const text = withoutPunctuation(word.text)
  if (/^\d{6,}$/.test(text) && !UNITS.test(lower(next))) return { start: word.start, end: word.start + text.length }
  if (text.length < 4 || isNoSecret(text)) return undefined
  const isMixed = /\p{L}/u.test(text) && (/\d/.test(text) || (text.length >= 6 && /[@#$%^&*+=~!]/.test(text)))
  return isMixed ? { start: word.start, end: word.start + text.length } : undefined
}

/** Right behind the name: what has letters and digits and is no name of a box, a file or a version. */
function bareValue(word: Word | undefined): Omit<Span, 'kind'> | undefined {
  if (!word) return undefined
  const text = withoutPunctuation(word.text)
  const isLikely = text.length >= 6 && /\p{L}/u.test(text) && /\d/.test(text)
  if (
    !isLikely ||
    isNoSecret(text) ||
    /[^\p{L}\d!@#$%^&*+~-]/u.test(text) ||
    (/^[a-z]+(?:-[a-z]+)*-?\d{1,2}$/i.test(text) && text.includes('-'))
  )
    return undefined
  return { start: word.start, end: word.start + text.length }
}

function withoutPunctuation(text: string): string {
  return text.length > CHARACTERS_READ ? text : text.replace(/[.,;:!?)\]}"'`]{1,8}$/, '')
}

const UNITS = /^(?:char|digit|byte|bit|day|hour|min|sec|time|year|ms|s|d|h|entr|user|letter|zeichen|tag|stunde)/
