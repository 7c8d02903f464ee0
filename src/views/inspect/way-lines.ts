import { pause } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import type { Inspection } from '../../steps/inspect/inspection.ts'
import type { Way } from '../../steps/inspect/ways.ts'
import { cut, paint, PRICE_WORDS, shown, type Style } from '../style.ts'

/**
 * What else can be done: a line for each question that was not answered yet, with the price of the best way to its answer, since what the process does must not be pushed off the screen by what
 * could be done. `details`: every way, with all that it costs. Nothing, once the process has ended.
 */
export function wayLines(inspection: Inspection, style: Style, details: boolean): readonly string[] {
  const { ways, box, state, stacks, profile, snapshot, memoryUse, crash, core } = inspection
  const gone = new Set(
    [stacks, profile, snapshot, memoryUse, crash, core].flatMap((each) => (each ? [each.inspector] : [])),
  )
  const others = ways.filter(({ inspector }) => !gone.has(inspector))
  const hasEnded = inspection.paid.some(({ proof }) => proof?.targets.some(({ after }) => after === 'ended'))
  if (others.length === 0 || hasEnded) return []
  const command = `halligan inspect ${shown(style, box)} ${state?.process.pid ?? 0}`
  if (details) return [paint(style, 'strong', 'more'), ...others.flatMap((way) => wayWords(way, command, style))]
  const answered = new Set(ways.flatMap(({ inspector, does }) => (gone.has(inspector) ? [does] : [])))
  const open = others.filter(({ does }) => !answered.has(does))
  const best = [...Map.groupBy(open, ({ does }) => does).values()].flatMap(([first]) => first ?? [])
  return [
    `${paint(style, 'strong', 'more')}  ${cut(style, 'what has a price asks first; every way, and all that it costs: --details', style.columns - 6)}`,
    ...bestLines(
      best.filter(({ available }) => available),
      command,
      style,
    ),
    ...missingLines(
      best.filter(({ available }) => !available),
      style,
    ),
  ]
}

const OPTIONS: Readonly<Record<Way['does'], string>> = {
  state: '',
  stacks: ' --stacks',
  profile: ' --profile 10s',
  'off-cpu': ' --profile 10s --off-cpu',
  snapshot: ' --at FILE:LINE',
  memory: ' --memory',
  core: ' --core',
  crash: ' --on-crash',
}

const ANSWERS: Readonly<Record<Way['does'], string>> = {
  state: 'what it does',
  stacks: 'where its threads are',
  profile: 'where its processor time goes',
  'off-cpu': 'where it waits, and for what',
  snapshot: 'values at a statement',
  memory: 'what of its memory grows',
  core: 'a core of it',
  crash: 'the stacks of its end',
}

/** The command is whole, so that it can be typed as it is. */
function bestLines(ways: readonly Way[], command: string, style: Style): readonly string[] {
  const arrow = style.unicode ? '→' : '->'
  const widest = Math.max(0, ...ways.map(({ does }) => OPTIONS[does].length))
  return ways.map(({ does, price: { price, pauseMs } }) => {
    const typed = `  ${arrow} ${command}${OPTIONS[does].padEnd(widest)}`
    const still = pauseMs === undefined ? '' : `, at most ${pause(pauseMs)}`
    const words = cut(style, `${price}: ${ANSWERS[does]}${still}`, style.columns - typed.length - 2)
    return `${typed}  ${paint(style, 'faint', words)}`.trimEnd()
  })
}

/** Those that one thing would help stand together. */
function missingLines(ways: readonly Way[], style: Style): readonly string[] {
  return [...Map.groupBy(ways, ({ why, hint }) => `${why}${hint === '' ? '' : ` (${hint})`}`)].flatMap(([why, all]) =>
    wrap(shown(style, `not here: ${all.map(({ does }) => ANSWERS[does]).join('; ')}: ${why}`), style.columns - 2).map(
      (line) => `  ${line}`,
    ),
  )
}

/** With all that it costs. */
function wayWords(
  { inspector: way, title, does, price, available, why, hint }: Way,
  command: string,
  style: Style,
): readonly string[] {
  const indent = (text: string): readonly string[] =>
    wrap(shown(style, text), style.columns - 2).map((line) => `  ${line}`)
  if (!available) return indent(`${title}: not here, ${why}${hint === '' ? '' : ` (${hint})`}`)
  const still = price.pauseMs === undefined ? '' : `, at most ${pause(price.pauseMs)}`
  const left = price.residue === undefined ? '' : `; what stays: ${price.residue}`
  const arrow = style.unicode ? '→' : '->'
  const accept = price.price === 'free' ? '' : ` --accept ${price.price}`
  return [
    ...indent(`${title}: ${PRICE_WORDS[price.price]}${still}${left}; ${price.why}`),
    `    ${arrow} ${command}${OPTIONS[does].replace(/^ --stacks$/, '')}${does === 'core' ? '' : ` --by ${way}`}${accept}`,
  ]
}
