/** Tells which of many short texts are in a line, in one walk over it whatever their number (Aho and Corasick, CACM 18, 1975). */
export interface Anchors {
  /**
   * Calls `onLine` for each line of the text that has an anchor, with its bounds and the owners of the anchors in it, each once, in
   * ascending order; now and then for one that has none, but looks like it. A line ends before `\n`.
   */
  readonly scan: (text: string, onLine: (start: number, end: number, owners: readonly number[]) => void) => void
}

const LINE_END = 10
/** So much of a text is walked over at once. Characters. */
const PIECE = 64 * 1024
/** Symbols that are told apart, at most: letters, digits as one, and what else is in an anchor. A power of two, so that rows are found by shifting. */
const SYMBOL_BITS = 6

/** `owned[n]` are the anchors of owner n, in ASCII. Case does not count, and `0` stands for any digit. An owner without anchors has every line. */
export function anchorsOf(owned: readonly (readonly string[])[]): Anchors {
  const { symbols, next, ownersOf } = automatonOf(owned)
  const always = owned.flatMap((anchors, owner) => (anchors.length === 0 ? [owner] : []))
  const ends = Uint8Array.from(ownersOf, (owners) => (owners === undefined ? 0 : 1))
  const bytes = Buffer.alloc(PIECE)
  return {
    scan: (text, onLine) => {
      const found = new Set<number>()
      let state = 0
      let start = 0
      const finish = (end: number): void => {
        if (found.size + always.length > 0)
          onLine(
            start,
            end,
            [...always, ...found].toSorted((a, b) => a - b),
          )
        found.clear()
        start = end + 1
      }
      for (let from = 0; from < text.length; from += PIECE) {
        // Of a character beyond Latin-1 only the low byte counts: it may look like an anchor, but does not hide one.
        const count = bytes.write(text.slice(from, from + PIECE), 'latin1')
        state = walked(from, count, state)
      }
      finish(text.length)

      /** One step a byte: nothing is called and nothing is made unless a line or an anchor ends. */
      function walked(from: number, count: number, before: number): number {
        let at = before
        for (let index = 0; index < count; index++) {
          const byte = bytes[index] as number
          if (byte === LINE_END && text.charCodeAt(from + index) === LINE_END) {
            finish(from + index)
            at = 0
          } else {
            at = next[(at << SYMBOL_BITS) + (symbols[byte] as number)] as number
            if (ends[at] !== 0) for (const owner of ownersOf[at] ?? []) found.add(owner)
          }
        }
        return at
      }
    },
  }
}

interface Automaton {
  /** By byte. 0 is what no anchor has. */
  readonly symbols: Uint8Array
  /** By state and symbol. 0 is the state in which no anchor has begun. */
  readonly next: Uint16Array
  /** By state: the owners of the anchors that end in it. */
  readonly ownersOf: readonly (readonly number[] | undefined)[]
}

function automatonOf(owned: readonly (readonly string[])[]): Automaton {
  const symbols = symbolsOf(owned.flat().join(''))
  const children: Map<number, number>[] = [new Map()]
  const endsOf: Set<number>[] = [new Set()]
  owned.forEach((anchors, owner) => {
    for (const anchor of anchors) {
      let state = 0
      for (const byte of Buffer.from(anchor, 'latin1')) {
        const symbol = symbols[byte] ?? 0
        const child = children[state]?.get(symbol) ?? children.length
        if (child === children.length) {
          children[state]?.set(symbol, child)
          children.push(new Map())
          endsOf.push(new Set())
        }
        state = child
      }
      endsOf[state]?.add(owner)
    }
  })
  return { symbols, ...completed(children, endsOf) }
}

function symbolsOf(text: string): Uint8Array {
  const folded = (code: number): number => (code >= 48 && code <= 57 ? 48 : code >= 65 && code <= 90 ? code + 32 : code)
  const used = [...new Set([...Buffer.from(text, 'latin1')].map(folded))]
  if (used.length >= 1 << SYMBOL_BITS) throw new Error('anchors have more symbols than a row has room for')
  return Uint8Array.from({ length: 256 }, (_, byte) => used.indexOf(folded(byte)) + 1)
}

/** Where a state has no child for a symbol it goes on as the longest end of what was read that begins an anchor would. */
function completed(
  children: readonly ReadonlyMap<number, number>[],
  endsOf: readonly Set<number>[],
): Omit<Automaton, 'symbols'> {
  const next = new Uint16Array(children.length << SYMBOL_BITS)
  const fallback = new Uint16Array(children.length)
  const queue = [0]
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at] ?? 0
    const back = fallback[state] ?? 0
    for (const owner of endsOf[back] ?? []) endsOf[state]?.add(owner)
    for (let symbol = 0; symbol < 1 << SYMBOL_BITS; symbol++) {
      const child = children[state]?.get(symbol)
      const onward = state === 0 ? 0 : (next[(back << SYMBOL_BITS) + symbol] ?? 0)
      next[(state << SYMBOL_BITS) + symbol] = child ?? onward
      if (child === undefined) continue
      fallback[child] = onward
      queue.push(child)
    }
  }
  return { next, ownersOf: endsOf.map((owners) => (owners.size > 0 ? [...owners] : undefined)) }
}
