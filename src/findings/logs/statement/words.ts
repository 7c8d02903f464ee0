/** A word of text with its place. */
export interface Word {
  readonly text: string
  readonly start: number
  readonly end: number
}

const WORD = /[\p{L}_][\p{L}\p{N}_]*/gu

/** Words as programs and people write them; a number alone is none. */
export function wordsOf(text: string): readonly Word[] {
  const words: Word[] = []
  for (const match of text.matchAll(WORD))
    words.push({ text: match[0], start: match.index, end: match.index + match[0].length })
  return words
}

/** Of so many letters a word says as much as it can. */
const TELLING_LETTERS = 12
/** A word that is in many statements of any program says little, but not nothing. */
const COMMON_WEIGHT = 0.3
/** Words of letters that stand in so many lines of English and of code that they tell no statement from others. */
const COMMON = new Set(
  `a an the and or not no of to in on at by for from with is are was be been has have had it its this that as if but can could will would should may must
  do does did done new set get got all any some one two more than then else when while who what which where there here up down out off over into
  after before since until during about only also already too very your you we they he their our my me
  error errors failed fail failure warning info debug message msg log file files name value values data type key id user request response server client
  connection time line line number count size start started starting stop stopped end ended ok true false null none undefined invalid unknown found
  missing unable cannot t s n http https api url path code status exception self return import function const let var def class public private static
  void int string str bool object list args use using used read write call open close run running`.split(/\s+/),
)

/** How much it says that a line has this word, before anything is known of the repository: from 0.3 to 3. */
export function priorWeight(word: string): number {
  if (word.length < 2 || COMMON.has(word.toLowerCase())) return COMMON_WEIGHT
  return Math.max(0.5, (3 * Math.min(word.length, TELLING_LETTERS)) / TELLING_LETTERS)
}

/** Stands in a template for what varies. */
export const STAR = '<*>'

/** The words of a template that are the same in all of its records. */
export function constantWords(template: string): readonly Word[] {
  // As long as the star, so that places stay what they are.
  return wordsOf(template.replaceAll(STAR, '***'))
}
