import { HIGH, LOW, wordHash, WORDS } from './signature.ts'
import { createWordSet } from './word-set.ts'

/**
 * Signatures by the words that many have: for rows that are too many to be told apart by all of their words. What is rare (the name of a user, a random
 * identifier without a digit) counts as "a word", so that `user alice came` and `user bob came` become one. Words that say that something broke are never
 * taken for values.
 *
 * Words are counted twice: by their hash in a table of fixed size, where some share a place, then those that may be frequent each by itself.
 */
export function createCoarseWords(): CoarseWords {
  const counts = new Uint32Array(PLACES)
  const alarming = createWordSet(ALARMING)
  /** Frequent and alarming ones. */
  const telling = createWordSet(ALARMING)
  let learned = false
  return {
    learn: (records, least) => {
      counts.fill(0)
      const words = wordsOf(records)
      for (const word of words) {
        const place = word & (PLACES - 1)
        counts[place] = (counts[place] as number) + 1
      }
      const exact = new Map<number, number>()
      for (const word of words)
        if ((counts[word & (PLACES - 1)] as number) >= least) exact.set(word, (exact.get(word) ?? 0) + 1)
      const most = learned ? least * SURELY : least
      for (const [word, count] of exact) if (count >= most) telling.add(word)
      learned = telling.size() > alarming.size()
    },
    mix: (words, byWords, signature) => {
      const told = byWords ? telling : alarming
      let high = HIGH_BASIS
      let low = LOW_BASIS
      const last = words[WORDS] as number
      for (let at = WORDS + 1; at <= last; at++) {
        const own = words[at] as number
        const word = told.has(own) ? own : RARE
        high = (Math.imul(high ^ word, 0x85ebca6b) + 0x27d4eb2f) | 0
        high ^= high >>> 15
        low = Math.imul((low + word) | 0, 0xc2b2ae35) ^ (low >>> 13)
      }
      signature[HIGH] = high
      signature[LOW] = low
    },
  }
}

export interface CoarseWords {
  /**
   * Which words are frequent: those of so many of these records (each the signature of its first line) at least, and those that were so before.
   */
  readonly learn: (records: Iterable<Int32Array>, least: number) => void
  /** @param byWords false: not even frequent words tell it apart, only how many it has */
  readonly mix: (words: Int32Array, byWords: boolean, signature: Int32Array) => void
}

/** All words of all records, side by side: they are gone through twice, and making them takes longer than keeping them. */
function wordsOf(records: Iterable<Int32Array>): Int32Array {
  let all = new Int32Array(PLACES)
  let length = 0
  for (const words of records) {
    const last = words[WORDS] as number
    if (length + last > all.length) {
      const larger = new Int32Array(2 * all.length)
      larger.set(all)
      all = larger
    }
    for (let at = WORDS + 1; at <= last; at++) all[length++] = words[at] as number
  }
  return all.subarray(0, length)
}

/** What is learned later must be so much more frequent: rows of a word that is frequent now and not then would seem to begin and to end. */
const SURELY = 4
/** A power of two: 256 KiB of counts. */
const PLACES = 65_536
/** Others than those of signatures by all words, with which they share a table. */
const HIGH_BASIS = 0x1f83d9ab
const LOW_BASIS = 0x5be0cd19
/** Stands for a rare word: any number. */
const RARE = 0x3c3c3c3c

/** Classes of failed requests, levels, and what programs say when they break, in each of three spellings. */
const ALARMING: readonly number[] = [
  4,
  5,
  ...'emerg alert crit critical fatal panic error err failed failure fail exception traceback warn warning refused timeout denied killed unreachable'
    .split(' ')
    .flatMap((word) => [word, word.toUpperCase(), word.slice(0, 1).toUpperCase() + word.slice(1)])
    .map(wordHash),
]
