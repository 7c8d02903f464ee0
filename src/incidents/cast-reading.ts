import type { CastEvent } from './cast.ts'

/** Text as it is read, with the place in the output of each of its characters; -1 for what is only read so. */
export interface ReadText {
  readonly text: string
  readonly places: () => readonly number[]
  /** Places of what was taken back, and of the backspaces that did it. */
  readonly erased: readonly number[]
}

/**
 * The output as a person reads it, in two ways: everything that was written, and without what backspace took back (the first one of a
 * mistyped word that was corrected, the second one of one that was not). In both, colours are nothing, a jump of the cursor ends the line, and what the shell
 * does at the edge of a row to go on in the next one (a blank and a carriage return) is nothing.
 */
export function readingsOf(events: readonly CastEvent[]): readonly ReadText[] {
  const output = outputOf(events)
  const written = reading()
  const corrected = output.includes('\b') ? reading() : undefined
  const add = (text: string, place: number): void => {
    written.add(text, place)
    corrected?.add(text, place)
  }
  for (const { 0: piece, index, groups } of output.matchAll(SEQUENCES)) {
    const final = groups?.['final']
    if (final !== undefined) {
      // To the right, or to a column behind what stands there.
      if (final === 'C' || (final === 'G' && Number(groups?.['numbers'] || 1) > 1)) add(' ', -1)
      else if (!INLINE.includes(final)) add('\n', -1)
    } else if (piece === '\b') corrected?.takeBack(index)
    else if (piece.endsWith('\n') || piece === '\r') add('\n', -1)
    else if (piece === '\t' || (piece !== ' \r' && piece >= ' ')) add(piece, index)
    else if (JUMPS_WITHOUT_NUMBERS.has(piece)) add('\n', -1)
  }
  return corrected ? [written.read(), corrected.read()] : [written.read()]
}

export function outputOf(events: readonly CastEvent[]): string {
  return events.flatMap(({ code, data }) => (code === 'o' ? [data] : [])).join('')
}

/** Collects text with its places; -1 for a character that stands nowhere in the output. */
function reading() {
  const pieces: { text: string; place: number }[] = []
  const erased: number[] = []
  return {
    add: (text: string, place: number): void => void pieces.push({ text, place }),
    takeBack: (backspace: number): void => {
      const last = pieces.at(-1)
      if (last === undefined || last.text === '\n') return
      if (last.place >= 0) erased.push(last.place + last.text.length - 1, backspace)
      if (last.text.length === 1) pieces.pop()
      else last.text = last.text.slice(0, -1)
    },
    read: (): ReadText => ({
      erased,
      text: pieces.map(({ text }) => text).join(''),
      // Most output has no secret: nobody asks.
      places: () =>
        pieces.flatMap(({ text, place }) =>
          Array.from({ length: text.length }, (_, at) => (place < 0 ? -1 : place + at)),
        ),
    }),
  }
}

const SEQUENCES =
  // eslint-disable-next-line no-control-regex -- control characters are what it reads
  /\u001b\[(?<numbers>[?!0-9:;]*)[ !]?(?<final>[@-~])|\u001b(?:[()][B0]|[78DEMH])| \r(?!\n)|\r+\n|(?:[^\u0000-\u001f ]| (?!\r))+|[^]/g

const JUMPS_WITHOUT_NUMBERS: ReadonlySet<string> = new Set(['\u001b8', '\u001bE', '\u001bM', '\u001bD'])
/** Colours, erasing and editing within the row, forms of the cursor. */
const INLINE = 'mJKXP@qhl'
