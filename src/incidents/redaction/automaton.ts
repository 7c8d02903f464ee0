import type { Anchors } from './anchors.ts'

const LINE_END = 10
/** So much of a text is walked over at once. Characters. */
const PIECE = 64 * 1024
/** Symbols that are told apart, at most: letters, digits as one, and what else is in an anchor. A power of two, so that rows are found by shifting. */
const SYMBOL_BITS = 6

/**
 * Finds anchors in one walk over the text, whatever their number (Aho and Corasick, CACM 18, 1975): for long texts, since making it takes
 * longer than searching a short one for each of them.
 */
export function automatonOf(owned: readonly (readonly string[])[]): Anchors {
  const states = statesOf(owned)
  const always = owned.flatMap((anchors, owner) => (anchors.length === 0 ? [owner] : []))
  const bytes = Buffer.alloc(PIECE)
  return {
    scan: (text, onLine) => {
      const found = new Set<number>(always)
      let state = 0
      let start = 0
      const finish = (end: number): void => {
        if (found.size > 0)
          onLine(
            start,
            end,
            [...found].toSorted((a, b) => a - b),
          )
        if (found.size > always.length) found.clear()
        for (const owner of always) found.add(owner)
        start = end + 1
      }
      for (let from = 0; from < text.length; from += PIECE) {
        // Of a character beyond Latin-1 only the low byte counts: it may look like an anchor, but does not hide one.
        const count = bytes.write(text.slice(from, from + PIECE), 'latin1')
        for (let at = 0; at < count; at++) {
          // Where an anchor or, as it seems, a line ends.
          ;[at, state] = walked(bytes, at, count, states, state)
          for (const owner of states.ownersOf[state] ?? []) found.add(owner)
          if (bytes[at] !== LINE_END || at === count || text.charCodeAt(from + at) !== LINE_END) continue
          finish(from + at)
          state = 0
        }
      }
      finish(text.length)
    },
  }
}

/**
 * One step a byte, until the state is one in which an anchor ends, or a line ends: where, and in which state. Nothing is called or made
 * within, so that it is all done in registers.
 */
function walked(
  bytes: Uint8Array,
  from: number,
  to: number,
  { symbols, next, ends }: States,
  before: number,
): [number, number] {
  let state = before
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte === LINE_END) return [at, 0]
    state = next[(state << SYMBOL_BITS) + (symbols[byte] as number)] as number
    if (ends[state] !== 0) return [at, state]
  }
  return [to, state]
}

interface States {
  /** By byte. 0 is what no anchor has. */
  readonly symbols: Uint8Array
  /** By state and symbol. 0 is the state in which no anchor has begun. */
  readonly next: Uint16Array
  /** By state: 1 where an anchor ends. */
  readonly ends: Uint8Array
  /** By state: the owners of the anchors that end in it. */
  readonly ownersOf: readonly (readonly number[] | undefined)[]
}

function statesOf(owned: readonly (readonly string[])[]): States {
  const texts = owned.flatMap((anchors, owner) =>
    anchors.map((anchor) => ({ owner, bytes: Buffer.from(anchor, 'latin1') })),
  )
  const room = 1 + texts.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const symbols = symbolsOf(texts.map(({ bytes }) => bytes))
  const next = new Uint16Array(room << SYMBOL_BITS)
  const ownersOf: (readonly number[] | undefined)[] = [undefined]
  const waysOf: number[][] = [[]]
  for (const { owner, bytes } of texts) {
    let state = 0
    for (const byte of bytes) {
      const symbol = symbols[byte] ?? 0
      const way = (state << SYMBOL_BITS) + symbol
      if (next[way] === 0) {
        next[way] = ownersOf.push(undefined) - 1
        waysOf[state]?.push(symbol)
        waysOf.push([])
      }
      state = next[way] ?? 0
    }
    ownersOf[state] = [...(ownersOf[state] ?? []), owner]
  }
  const all = completed(next, waysOf, ownersOf)
  return { symbols, next, ownersOf: all, ends: Uint8Array.from(all, (owners) => (owners === undefined ? 0 : 1)) }
}

function symbolsOf(texts: readonly Uint8Array[]): Uint8Array {
  const folded = (byte: number): number => (byte >= 48 && byte <= 57 ? 48 : byte >= 65 && byte <= 90 ? byte + 32 : byte)
  const numbers = new Map<number, number>()
  for (const text of texts)
    for (const byte of text) if (!numbers.has(folded(byte))) numbers.set(folded(byte), numbers.size + 1)
  if (numbers.size >= 1 << SYMBOL_BITS) throw new Error('anchors have more symbols than a row has room for')
  return Uint8Array.from({ length: 256 }, (_, byte) => numbers.get(folded(byte)) ?? 0)
}

/**
 * Makes states of the tree in `next`. Where a state has no child for a symbol it goes on as the longest end of what was read that
 * begins an anchor would: its row is that of this end, but for its own children. Anchors that end there end in it as well.
 */
function completed(
  next: Uint16Array,
  waysOf: readonly (readonly number[])[],
  ownersOf: readonly (readonly number[] | undefined)[],
): States['ownersOf'] {
  const all = [...ownersOf]
  const fallback = new Uint16Array(ownersOf.length)
  const queue = [0]
  for (const state of queue) {
    const back = fallback[state] ?? 0
    const row = state << SYMBOL_BITS
    const ways = (waysOf[state] ?? []).map((symbol) => [symbol, next[row + symbol] ?? 0] as const)
    if (state !== 0) next.copyWithin(row, back << SYMBOL_BITS, (back + 1) << SYMBOL_BITS)
    const inherited = all[back]
    if (inherited && back !== state) all[state] = [...new Set([...(all[state] ?? []), ...inherited])]
    for (const [symbol, child] of ways) {
      fallback[child] = state === 0 ? 0 : (next[row + symbol] ?? 0)
      next[row + symbol] = child
      queue.push(child)
    }
  }
  return all
}
