import { automatonOf } from './automaton.ts'

/** Tells which of many short texts are in a line. */
export interface Anchors {
  /**
   * Calls `onLine` for each line of the text that has an anchor, with its bounds and the owners of the anchors in it, each once, in
   * ascending order; in a long text now and then for a line that only looks as if it had one. A line ends before `\n`.
   */
  readonly scan: (text: string, onLine: OnLine) => void
}

export type OnLine = (start: number, end: number, owners: readonly number[]) => void

/** A note, a command, a message: searched for each anchor by itself. Characters. */
const SHORT = 4096

/** `owned[n]` are the anchors of owner n, in ASCII. Case does not count, and `0` stands for any digit. An owner without anchors has every line. */
export function anchorsOf(owned: readonly (readonly string[])[]): Anchors {
  const folded = owned.map((anchors) => anchors.map(fold))
  let automaton: Anchors | undefined
  return {
    scan: (text, onLine) => {
      if (text.length <= SHORT) scanShort(text, folded, onLine)
      else (automaton ??= automatonOf(owned)).scan(text, onLine)
    },
  }
}

function scanShort(text: string, folded: readonly (readonly string[])[], onLine: OnLine): void {
  let start = 0
  for (const line of text.split('\n')) {
    const seen = fold(line)
    const owners = folded.flatMap((anchors, owner) =>
      anchors.length === 0 || anchors.some((anchor) => seen.includes(anchor)) ? [owner] : [],
    )
    if (owners.length > 0) onLine(start, start + line.length, owners)
    start += line.length + 1
  }
}

function fold(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()).replaceAll(/\d/g, '0')
}
