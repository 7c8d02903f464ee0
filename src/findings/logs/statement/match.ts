import { HOLE, type Piece } from './pieces.ts'
import { constantWords, STAR, wordsOf, type Word } from './words.ts'

/** How well a text of the code explains the records of a pattern. All 0 to 1 but `weight`. */
export interface Match {
  /** Share of the text's constant words that are there, in order. */
  readonly precision: number
  /** Share of the pattern's constant words that the text's constant parts cover. */
  readonly recall: number
  /** Share of the record that lies before or behind the text where it has no hole. */
  readonly unexplained: number
  /** What the words that are there tell. */
  readonly weight: number
}

/** What records of a pattern look like. */
export interface Subject {
  readonly template: string
  /** Some of its messages, as they were written. */
  readonly messages: readonly string[]
}

const MESSAGES = 3
/** Statements write less, and the values are what is long. Characters. */
const MESSAGE_LENGTH = 3_000
/** Parts of one text that are compared. */
const PIECES = 60
const NONE: Match = { precision: 0, recall: 0, unexplained: 1, weight: 0 }
/** A value that lies outside of the text counts less than a constant word: a wrapper adds a name or a number. */
const VALUE_WEIGHT = 0.3

/** A pattern, made ready to be compared with many texts. */
export interface PreparedSubject {
  readonly texts: readonly {
    readonly text: string
    readonly words: readonly (Word & { readonly weight: number; readonly constant: boolean })[]
  }[]
  readonly total: number
  readonly weightOf: (word: string) => number
}

export function prepared({ template, messages }: Subject, weightOf: (word: string) => number): PreparedSubject {
  const constants = new Set(constantWords(template).map(({ text }) => text))
  const texts = [...new Set(messages.slice(0, MESSAGES).map(collapsed))]
  // A star is no word, so that it is a hole of the template itself.
  if (texts.length === 0) texts.push(collapsed(template.replaceAll(STAR, '\u0001')))
  const total = [...constants].reduce((sum, word) => sum + weightOf(word), 0)
  return {
    total,
    weightOf,
    texts: texts.map((text) => ({
      text,
      words: wordsOf(text).map((word) => {
        const constant = constants.has(word.text)
        return { ...word, constant, weight: constant ? weightOf(word.text) : VALUE_WEIGHT }
      }),
    })),
  }
}

/**
 * The template with what all messages have in common beside it: where the values have several words, a miner may have taken all behind them for one. Of a
 * single message nobody knows what is constant.
 */
export function wholeTemplate({ template, messages }: Subject): string {
  const distinct = [...new Set(messages.map(collapsed))].slice(0, COMPARED)
  const [first] = distinct
  if (first === undefined || distinct.length < 2) return template
  const others = distinct.slice(1).map((message) => new Set(message.split(' ')))
  const words = first.split(' ').map((word) => (others.every((other) => other.has(word)) ? word : STAR))
  const whole = words.filter((word, at) => word !== STAR || words[at - 1] !== STAR).join(' ')
  return constantWords(whole).length > constantWords(template).length ? whole : template
}

/** Messages of a pattern that are compared with each other. */
const COMPARED = 8

/** The best of the comparisons with each message. In time that grows with the length of the messages times the parts of the text. */
export function matchOf(pieces: readonly Piece[], subject: PreparedSubject): Match {
  let best = NONE
  for (const each of subject.texts) {
    const match = compared(pieces.slice(0, PIECES), each, subject)
    if (valueOf(match) > valueOf(best)) best = match
  }
  return best
}

/** One figure for how well a text explains a pattern: 0 to 1. */
export function valueOf({ precision, recall, unexplained }: Match): number {
  return precision * precision * (0.3 + 0.7 * recall) * (1 - 0.6 * unexplained)
}

type SubjectText = PreparedSubject['texts'][number]

function compared(pieces: readonly Piece[], { text, words }: SubjectText, { total, weightOf }: PreparedSubject): Match {
  const spans: { readonly start: number; readonly end: number }[] = []
  let position = 0
  let own = 0
  let met = 0
  let characters = 0
  for (const piece of pieces) {
    if (piece === HOLE) continue
    const constant = collapsed(piece).trim()
    const inside = wordsOf(constant)
    const weight = inside.reduce((sum, word) => sum + weightOf(word.text), 0)
    own += weight
    const at = find(text, constant, position)
    if (at !== -1) {
      spans.push({ start: at, end: at + constant.length })
      position = at + constant.length
      met += weight
      characters += constant.length
      continue
    }
    // A part of it: a wrapper or a formatter may have changed what stands between its words.
    for (const word of inside) {
      const wordAt = find(text, word.text, position)
      if (wordAt === -1) continue
      spans.push({ start: wordAt, end: wordAt + word.text.length })
      position = wordAt + word.text.length
      met += weightOf(word.text) * PARTLY
    }
  }
  const first = spans[0]
  const last = spans.at(-1)
  if (own === 0 || !first || !last) return NONE
  const covered = coveredOf(words, spans)
  const before = pieces[0] === HOLE ? 0 : first.start
  const behind = pieces.at(-1) === HOLE ? text.length : last.end
  let outside = 0
  let all = 0
  for (const word of words) {
    all += word.weight
    if (word.end <= before || word.start >= behind) outside += word.weight
  }
  return {
    precision: met / own,
    recall: total === 0 ? 0 : Math.min(1, covered / total),
    unexplained: all === 0 ? 0 : outside / all,
    weight: met + characters * CHARACTER_WEIGHT,
  }
}

/** Common words in a row that is the same to the letter tell something too: `code %d, message %s`. */
const CHARACTER_WEIGHT = 0.04

/** Words of a text that stand there apart from each other are worth less than the text as it is. */
const PARTLY = 0.6

function coveredOf(
  words: SubjectText['words'],
  spans: readonly { readonly start: number; readonly end: number }[],
): number {
  const seen = new Set<string>()
  let covered = 0
  let at = 0
  for (const word of words) {
    while ((spans[at]?.end ?? Infinity) < word.end) at += 1
    const span = spans[at]
    if (!span) break
    if (!word.constant || word.start < span.start || seen.has(word.text)) continue
    seen.add(word.text)
    covered += word.weight
  }
  return covered
}

/** Where a constant part stands; a short one as whole words only, since `to` is in many words. */
function find(text: string, constant: string, from: number): number {
  if (constant === '') return -1
  if (constant.length > WHOLE_WORDS) return text.indexOf(constant, from)
  for (let at = text.indexOf(constant, from); at !== -1; at = text.indexOf(constant, at + 1)) {
    if (
      !(isWordAt(text, at - 1) && isWordAt(constant, 0)) &&
      !(isWordAt(text, at + constant.length) && isWordAt(constant, constant.length - 1))
    )
      return at
  }
  return -1
}

const WHOLE_WORDS = 4

function isWordAt(text: string, at: number): boolean {
  return at >= 0 && at < text.length && /[\p{L}_]/u.test(text[at] ?? '')
}

function collapsed(text: string): string {
  return text.slice(0, MESSAGE_LENGTH).replaceAll(/\s+/g, ' ')
}
