import { count } from '../base/format.ts'
import { wrap, wrapParts } from '../base/safe-text.ts'
import type { Situation } from '../incidents/situation.ts'
import type { SituationView } from './situation-terminal.ts'
import { zoneOf } from './local-time.ts'
import {
  type Clock,
  handedOverWords,
  holderWords,
  leftOutWords,
  screenClock,
  sinceWords,
  stateOf,
} from './situation-words.ts'
import { cut, paint, plainWidth, separator, shown, stateWord, type Style } from './style.ts'
import { worst } from './worst-first.ts'

/**
 * What burns, which incident it is, since when, whose it is, and what the one who goes has to say.
 *
 * @param textLines how long what somebody wrote may be
 */
export function headLines(
  { situation, me, nowMs, unseen }: SituationView,
  style: Style,
  textLines: number,
): readonly string[] {
  const { incident, closed } = situation
  const clock = screenClock(nowMs)
  const withZone: Clock = (at) => `${clock(at)} ${zoneOf(at)}`
  const facts = [incident, sinceWords(situation, nowMs, withZone), holderWords(situation, me, clock)]
  const handed = handedOverWords(situation, clock)
  return [
    firstLine(situation, style),
    ...wrapParts(
      facts.map((fact) => cut(style, shown(style, fact), style.columns - 2)),
      style.columns - 2,
      separator(style),
    ).map((line) => paint(style, 'faint', `  ${line}`)),
    ...(handed === undefined ? [] : few(handed, textLines, style)),
    ...(closed
      ? few(`closed by ${closed.by} at ${clock(closed.at)}: ${closed.cause ?? 'cause not known'}`, textLines, style)
      : []),
    ...(unseen > 0 ? [`  ${count(unseen, 'entry', 'entries')} since you last looked: halligan catch-up`] : []),
  ]
}

/** What the account leaves out, and the hash that says which state of the record it is of. */
export function footLines({ situation }: SituationView, style: Style): readonly string[] {
  return [
    ...leftOutWords(situation).map((words) => `  ${cut(style, shown(style, words), style.columns - 2)}`),
    ...wrap(`head ${situation.last.hash}`, style.columns - 2).map((line) => paint(style, 'faint', `  ${line}`)),
  ]
}

/** `✖ CRITICAL  checkout returns 500s (orders-api)`: the state of the worst box, unless it is over. */
function firstLine({ title, service, boxes, closed }: Situation, style: Style): string {
  const sign = closed ? 'CLOSED' : stateWord(style, worst(boxes.map(stateOf)))
  const words = `${title ?? '(purged)'}${service === undefined ? '' : ` (${service})`}`
  return `${sign}  ${paint(style, 'strong', cut(style, shown(style, words), style.columns - plainWidth(sign) - 2))}`
}

/** The first of so many lines; the last one says how many more there are, and stands behind the text where it has one alone. */
function few(text: string, most: number, style: Style): readonly string[] {
  const lines = wrap(shown(style, text), style.columns - 2)
  if (lines.length <= most) return lines.map((line) => `  ${line}`)
  const kept = lines.slice(0, Math.max(1, most - 1))
  const more = `(${lines.length - kept.length} more lines in --markdown)`
  if (most > 1) return [...kept, more].map((line) => `  ${line}`)
  return [`  ${cut(style, lines.join(' '), style.columns - 3 - more.length)} ${more}`]
}
