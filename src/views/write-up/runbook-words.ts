import { quoted } from '../../findings/next.ts'
import { safeText } from '../../base/safe-text.ts'
import type { RunbookStep } from '../../incidents/story/runbook.ts'
import type { Template, Variable } from '../../incidents/story/variables.ts'
import { PRICE_WORDS } from '../style.ts'

/** A word of a command for a POSIX shell, its variables in double quotes: `'grep pid='"$PID"','`. */
function shellWord(template: Template): string {
  const pieces = joined(template).map((piece) => (typeof piece === 'string' ? quoted(piece) : `"$${piece.name}"`))
  return pieces.length === 0 ? "''" : pieces.join('')
}

/** Undefined when the record has no command, or one with characters that a screen would obey or hide. */
export function shellCommand({ words }: RunbookStep): readonly string[] | undefined {
  if (!words || words.length === 0 || !words.every(isPrintable)) return undefined
  return words.map(shellWord)
}

function isPrintable(template: Template): boolean {
  return template.every(
    (piece) =>
      typeof piece !== 'string' ||
      (withoutBreaks(piece) === safeText(withoutBreaks(piece)) && !MEANT_FOR_OTHERS.test(piece)),
  )
}

/** What programs that make pages of Markdown would act on is changed in text; a command is left out instead. */
const MEANT_FOR_OTHERS = /\{\{[<%]|\{%-?\s*endraw|<!-- halligan:/

/** Text pieces beside each other as one. */
export function joined(template: Template): Template {
  const pieces: (string | { readonly name: string })[] = []
  for (const piece of template) {
    const last = pieces.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') pieces[pieces.length - 1] = last + piece
    else if (piece !== '') pieces.push(piece)
  }
  return pieces
}

function withoutBreaks(text: string): string {
  return text.replaceAll(/[\n\t]/g, ' ')
}

export function priceWords({ price }: RunbookStep): string {
  return price === undefined ? 'price not known' : PRICE_WORDS[price]
}

export function variableWords({ kind, was, of }: Variable): string {
  return `${WORDS[kind]}${of === undefined ? '' : ` of ${of}`}; it was ${was}`
}

const WORDS: Readonly<Record<Variable['kind'], string>> = {
  box: 'the box that burns',
  pid: 'the process id',
  unit: 'the systemd unit',
  container: 'the container',
  peer: 'the other end',
}
