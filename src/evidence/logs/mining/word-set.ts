/** Words by their hash: a fraction of what a `Set` takes. Open addressing; at most half full, so that a search is short. */
export function createWordSet(words: Iterable<number> = []): WordSet {
  let places = new Int32Array(SMALLEST)
  let size = 0

  /** Of the word, or of where it is to be put. */
  const placeOf = (word: number): number => {
    const last = places.length - 1
    let at = word & last
    while (places[at] !== 0 && places[at] !== word) at = (at + 1) & last
    return at
  }
  const add = (word: number): void => {
    const at = placeOf(word)
    if (word === 0 || places[at] === word) return
    places[at] = word
    size++
    if (2 * size < places.length) return
    const known = places
    places = new Int32Array(2 * known.length)
    for (const each of known) if (each !== 0) places[placeOf(each)] = each
  }
  for (const word of words) add(word)
  return { has: (word) => word !== 0 && places[placeOf(word)] === word, add, size: () => size }
}

/** Of whole numbers of 32 bits; zero is never one of them. */
export interface WordSet {
  readonly has: (word: number) => boolean
  readonly add: (word: number) => void
  readonly size: () => number
}

/** A power of two. */
const SMALLEST = 256
