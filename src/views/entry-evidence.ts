import { isUtf8 } from 'node:buffer'
import { bytes, count } from '../base/format.ts'
import { width } from '../base/safe-text.ts'
import { keptWords, printedWords } from './entry-words.ts'
import type { AnyEntry } from '../incidents/store.ts'
import type { ShownEntry, ShownPiece } from '../steps/show.ts'
import { cut, paint, shown, type Style } from './style.ts'

/** The evidence of an entry: a line for each piece, with its size and what it is. */
export function pieceLines({ entry, pieces }: ShownEntry, style: Style): readonly string[] {
  if (pieces.length === 0) return []
  const rows = pieces.map((piece, at) => ({
    number: String(at + 1).padStart(String(pieces.length).length),
    name: shown(style, piece.what),
    said: natureOf(entry, piece),
  }))
  const widest = Math.min(Math.max(...rows.map(({ name }) => width(name))), Math.floor(style.columns / 2))
  return [
    `  ${paint(style, 'strong', 'evidence')}`,
    ...rows.flatMap(({ number, name, said }) => {
      const before = `  ${number}  ${cut(style, name, widest)}${' '.repeat(Math.max(0, widest - width(name)))}  `
      return [cut(style, before + said, style.columns)]
    }),
    paint(style, 'faint', cut(style, `  ${rawWords(entry, pieces, style)}`, style.columns)),
  ]
}

function rawWords({ seq }: AnyEntry, [first]: readonly ShownPiece[], style: Style): string {
  const command = `halligan show ${seq} --raw ${shown(style, first?.what ?? '')} >FILE`
  return first?.what === 'answer' ? `${command}; halligan look recorded:FILE` : command
}

/** `48.8 KiB, text of 1,204 lines`. */
function natureOf(entry: AnyEntry, { bytes: content, what, evidence }: ShownPiece): string {
  if (!content) return `not in the record (${evidence.slice(0, 12)})`
  const output = entry.did === 'ran' ? entry.payload?.outputs?.find((each) => each.evidence === evidence) : undefined
  const cutOff =
    output && keptWords(output) !== undefined ? `; ${bytes(output.keptBytes)} kept of ${printedWords(output)}` : ''
  return `${bytes(content.length)}, ${isText(content) ? `text, ${count(linesOf(content), 'line')}` : 'binary'}${what === 'session' ? '; asciicast v3' : ''}${cutOff}`
}

function isText(content: Uint8Array): boolean {
  return isUtf8(content) && !content.includes(0)
}

const LINE_END = 0x0a

function linesOf(content: Uint8Array): number {
  let lines = content.length > 0 && content.at(-1) !== LINE_END ? 1 : 0
  for (let at = content.indexOf(LINE_END); at >= 0; at = content.indexOf(LINE_END, at + 1)) lines += 1
  return lines
}

/** What a command printed: the beginning of each stream, if it is text. */
export function outputLines(seq: number, pieces: readonly ShownPiece[], style: Style): readonly string[] {
  return pieces.flatMap(({ what, bytes: content }) => {
    if (!content || !isText(content)) return []
    const lines = Buffer.from(content).toString('utf8').replace(/\n$/, '').split('\n')
    const left = lines.length - OUTPUT_LINES
    return [
      '',
      `  ${paint(style, 'faint', what)}`,
      ...lines
        .slice(0, OUTPUT_LINES)
        .map((line) => cut(style, `    ${shown(style, withoutTabs(line))}`, style.columns)),
      ...(left > 0
        ? [
            paint(
              style,
              'faint',
              `    ${style.unicode ? '…' : '...'} ${count(left, 'more line')}: halligan show ${seq} --raw ${what}`,
            ),
          ]
        : []),
    ]
  })
}

/** Of each stream; the rest is one command away. */
const OUTPUT_LINES = 40

/** A tab is harmless, and columns of a table stand on it. */
export function withoutTabs(line: string): string {
  return line.replace(/\r$/, '').replaceAll('\t', '    ')
}
