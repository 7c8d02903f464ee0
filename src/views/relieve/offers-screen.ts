import { safeJson, wrap } from '../../base/safe-text.ts'
import { reliefs } from '../../evidence/reliefs/index.ts'
import type { NextStep } from '../../findings/finding.ts'
import type { Offers } from '../../steps/relieve/offers.ts'
import { paint, shown, type Style } from '../style.ts'

/** What could be done on a box: what fits what burns first, each with its price and the whole command. */
export function offersScreen({ box, fitting, from, others, failure }: Offers, style: Style): string {
  const heading = (text: string): string => paint(style, 'strong', shown(style, text))
  const when = from === undefined ? 'by a look just now' : `by the last look, #${from}`
  const lines = [
    heading(`${box}: what would ease what burns, ${when}`),
    ...(fitting.length === 0
      ? [failure ? '  not seen' : '  nothing that a relief is for burns']
      : fitting.flatMap(({ finding, ...step }) => stepLines({ ...step, why: `${step.why}; ${finding}` }, style))),
    ...(others.length > 0
      ? ['', heading('What else could be done here'), ...others.flatMap((step) => stepLines(step, style))]
      : []),
    '',
    heading('All that there is'),
    ...reliefs.flatMap(({ id, usage, title, price }) => pairLines(`${id} ${usage}`, `${title} (${price})`, style)),
    ...pairLines('undo SEQ, check SEQ', 'take back what an entry did; see how one ended whose end nobody saw', style),
    '',
    shown(style, `halligan relieve ${box} WHAT TARGET shows the plan first, and asks.`),
  ]
  return `${lines.join('\n')}\n`
}

/** The whole command on a line of its own, to be copied. */
function stepLines({ command, why, price, beyondPolicy }: NextStep, style: Style): readonly string[] {
  const arrow = style.unicode ? '→' : '->'
  const policy = beyondPolicy ? ', beyond the policy of this box' : ''
  return [
    `  ${arrow} ${shown(style, command)}`,
    ...wrap(shown(style, `${why} (${price}${policy})`), style.columns - 6).map((line) =>
      paint(style, 'faint', `      ${line}`),
    ),
  ]
}

/** Columns that the longest usage takes. */
const USAGE = 34

function pairLines(left: string, right: string, style: Style): readonly string[] {
  const [first = '', ...rest] = wrap(right, style.columns - USAGE - 4)
  return [`  ${left.padEnd(USAGE)}  ${first}`, ...rest.map((line) => ' '.repeat(USAGE + 4) + line)]
}

/** `halligan.relief/1` of a box that nothing is done to yet. */
export function offersJson({ box, fitting, from, others, failure }: Offers): string {
  const all = reliefs.map(({ id, title, usage, price, undo }) => ({
    id,
    title,
    usage,
    price,
    undo: undo !== undefined,
  }))
  const value = {
    schema: 'halligan.relief/1',
    box,
    fitting,
    from: from ?? null,
    others,
    reliefs: all,
    failure: failure ?? null,
  }
  return `${safeJson(value)}\n`
}
