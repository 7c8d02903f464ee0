import type { Change } from '../change.ts'

/** A text as a person reads it, and the way back to what is written. */
export interface Reading {
  readonly plain: string
  /** Changes of the plain text as changes of the text itself. */
  readonly written: (changes: readonly Change[]) => readonly Change[]
}

/**
 * A text without what gives it colours: a program that marks what it found (`grep --color=always`, `git diff --color=always`) writes them in the
 * middle of names and of secrets. Also as logs spell them out: `\u001b[32m`, `\x1b[32m`, `#033[32m`. Takes linear time.
 */
export function withoutColours(text: string): Reading {
  if (!BEGINS.some((begin) => text.includes(begin))) return { plain: text, written: (changes) => changes }
  const kept: string[] = []
  /** In the plain text: where a sequence stood, and how much was left out up to there. */
  const places: number[] = []
  const leftOut: number[] = []
  let before = 0
  let left = 0
  for (const { 0: sequence, index } of text.matchAll(SEQUENCES)) {
    kept.push(text.slice(before, index))
    places.push(index - left)
    left += sequence.length
    leftOut.push(left)
    before = index + sequence.length
  }
  if (places.length === 0) return { plain: text, written: (changes) => changes }
  let next = 0
  /** Of a character of the plain text; asked for in order. */
  const placeOf = (at: number): number => {
    while (next < places.length && (places[next] ?? 0) <= at) next += 1
    return at + (next === 0 ? 0 : (leftOut[next - 1] ?? 0))
  }
  return {
    plain: kept.join('') + text.slice(before),
    written: (changes) => {
      next = 0
      return changes.map(({ start, end, mark }) => {
        const from = placeOf(start)
        const to = placeOf(end - 1) + 1
        return { start: from, end: to, mark: mark + coloursLeft(text.slice(from, to)) }
      })
    },
  }
}

/** What begins a sequence: the character itself, and how logs and sources spell it. */
const BEGINS: readonly string[] = ['\u001b', '\\u001', '\\x1', '\\033', '\\e[', '#033[', '^[[']
/** Colours and forms (SGR), erasing in the line (EL) of ECMA-48; the set of characters, which terminfo's `sgr0` puts back too. */
const SEQUENCES =
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  /(?:\u001b|\\u001[bB]|\\x1[bB]|\\033|\\e|#033|\^\[)\[[0-9;:]{0,60}(?:m\u000f?|K)|\u001b[()][A-Z0-9]/g
const PUT_BACK = /\[0?m/

/** The sequences of what is taken out, so that what stands behind keeps its colour; what all was put back after is nothing any more. */
function coloursLeft(taken: string): string {
  const all = taken.match(SEQUENCES) ?? []
  return all
    .slice(
      Math.max(
        0,
        all.findLastIndex((sequence) => PUT_BACK.test(sequence)),
      ),
    )
    .join('')
}
