import { width } from '../base/safe-text.ts'
import type { LogReading } from '../incidents/log-readings.ts'
import type { BoxLook } from '../steps/look.ts'
import { lookScreen } from './look-terminal.ts'
import { failureWords, outcomeWords } from './look-words.ts'
import { cut, paint, shown, stateWord, type Style } from './style.ts'
import { WORST_FIRST } from './worst-first.ts'

/**
 * The screen of one look or of several: of several first one line for each box, the worst first, then what burns on each; boxes on which
 * nothing does have said so in their line.
 */
export function looksScreen(
  looks: readonly BoxLook[],
  style: Style,
  details: boolean,
  readingsOf: (box: string) => readonly LogReading[] = () => [],
): string {
  if (looks.length === 1)
    return looks.map((look) => lookScreen(look, style, details ? 'details' : 'usual', readingsOf(look.box))).join('')
  const sorted = looks.toSorted((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state))
  const shownInFull = sorted.filter(({ box, state }) => details || state !== 'ok' || readingsOf(box).length > 0)
  return [
    overview(sorted, style),
    ...shownInFull.map((look) => lookScreen(look, style, details ? 'details' : 'brief', readingsOf(look.box))),
    ...(details ? [] : [paint(style, 'faint', '(figures of each box, and what was ruled out: --details)') + '\n']),
  ].join('\n')
}

/** Longest name that keeps its column; a longer one pushes its line to the right. Columns. */
const NAME_COLUMNS = 24

function overview(looks: readonly BoxLook[], style: Style): string {
  const names = looks.map(({ box }) => shown(style, box))
  const widest = Math.min(NAME_COLUMNS, Math.max(...names.map(width)))
  const states = looks.map(({ state }) => width(stateWord({ ...style, color: false }, state)))
  const stateColumns = Math.max(...states)
  const lines = looks.map((look, at) => {
    const state = stateWord(style, look.state) + ' '.repeat(stateColumns - (states[at] ?? 0))
    const name = cut(style, names[at] ?? '', style.columns - stateColumns - 4)
    const room = style.columns - stateColumns - Math.max(widest, width(name)) - 4
    const said = room < 10 ? '' : `  ${cut(style, saidOf(look, style), room)}`
    return `${state}  ${paint(style, 'strong', name)}${' '.repeat(Math.max(0, widest - width(name)))}${said}`.trimEnd()
  })
  return `${lines.join('\n')}\n`
}

function saidOf(look: BoxLook, style: Style): string {
  const [first, ...others] = look.conclusion.findings
  if (first) return `${others.length > 0 ? `(+${others.length}) ` : ''}${shown(style, first.title)}`
  return look.failure && look.failure.kind !== 'cancelled'
    ? `${outcomeWords(look)}: ${shown(style, failureWords(look))}`
    : outcomeWords(look)
}
