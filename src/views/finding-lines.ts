import { count, duration } from '../base/format.ts'
import { width, wrap } from '../base/safe-text.ts'
import type { Finding, NextStep } from '../findings/finding.ts'
import { saysPrice } from '../findings/next.ts'
import { cut, paint, PRICE_WORDS, shown, type Style } from './style.ts'

/** A look of which findings are shown: the order is that of the ranking. */
interface Shown {
  readonly findings: readonly Finding[]
  readonly startedAtMs: number
}

/** Findings after the first that stand on the screen; a person at 3 a.m. reads no more, and the rest is one option away. */
const OTHERS_SHOWN = 8

/** What burns most: who and how much, why, since when, what to do next. */
export function mainFinding({ findings, startedAtMs }: Shown, style: Style, details: boolean): readonly string[] {
  const [finding] = findings
  if (!finding) return []
  return [
    ...titleLines(finding, style, ''),
    ...indented(shown(style, finding.why), style, '    '),
    ...(finding.subject.commandLine
      ? [`    ${cut(style, shown(style, finding.subject.commandLine), style.columns - 4)}`]
      : []),
    ...(finding.sinceMs === undefined ? [] : indented(sinceWords(finding.sinceMs, startedAtMs), style, '    ')),
    ...(details ? measuredLines(finding, style, '    ') : []),
    ...finding.next.flatMap((step) => nextLines(step, style, '    ')),
  ]
}

/** The others in a line or two each: what they follow from, or else the first thing to do. */
export function otherFindings({ findings }: Shown, style: Style, details: boolean): readonly string[] {
  const others = findings.slice(1)
  const kept = details ? others : others.slice(0, OTHERS_SHOWN)
  const lines = kept.flatMap((finding, at) => [
    ...(details && at > 0 ? [''] : []),
    ...otherFinding(finding, findings, style, details),
  ])
  const left = others.length - kept.length
  const more = left > 0 ? [`  and ${count(left, 'more finding')} that burn${left === 1 ? 's' : ''} less`] : []
  return others.length === 0 || details
    ? lines
    : [...lines, ...more, paint(style, 'faint', `  (why, and all next steps: --details)`)]
}

function otherFinding(
  finding: Finding,
  findings: readonly Finding[],
  style: Style,
  details: boolean,
): readonly string[] {
  const indent = finding.symptomOf ? '  ' : ''
  const below = `${indent}    `
  const why = details ? indented(shown(style, finding.why), style, below) : []
  const who =
    details && finding.subject.commandLine
      ? [below + cut(style, shown(style, finding.subject.commandLine), style.columns - below.length)]
      : []
  const measured = details ? measuredLines(finding, style, below) : []
  const [first] = finding.next
  const next = details
    ? finding.next.flatMap((step) => nextLines(step, style, below))
    : first && !finding.symptomOf
      ? [commandLine(first, style, below, 'with-price')]
      : []
  return [
    ...titleLines(finding, style, indent),
    ...followsLines(finding, findings, style, below),
    ...why,
    ...who,
    ...measured,
    ...next,
  ]
}

function followsLines(
  { symptomOf }: Finding,
  findings: readonly Finding[],
  style: Style,
  indent: string,
): readonly string[] {
  if (symptomOf === undefined) return []
  const cause = findings.find(({ check }) => check === symptomOf)
  if (!cause || cause === findings[0]) return [`${indent}follows from the first finding`]
  return [cut(style, `${indent}follows from: ${shown(style, cause.title)}`, style.columns)]
}

function titleLines({ state, title }: Finding, style: Style, indent: string): readonly string[] {
  const sign = style.unicode ? (state === 'critical' ? '✖' : '▲') : state === 'critical' ? '!!' : '! '
  const lines = wrap(shown(style, title), style.columns - 3 - indent.length)
  return lines.map(
    (line, at) =>
      `${indent}${at === 0 ? paint(style, state, sign) : ' '.repeat(width(sign))} ${paint(style, 'strong', line)}`,
  )
}

/** `since 19:26:29 UTC, 2 min 33 s before this look`; with the date when that was another day. */
function sinceWords(sinceMs: number, startedAtMs: number): string {
  const [date = '', time = ''] = new Date(sinceMs).toISOString().slice(0, 19).split('T')
  const sameDay = new Date(startedAtMs).toISOString().startsWith(date)
  const ago = Math.max(0, startedAtMs - sinceMs) / 1000
  return `since ${sameDay ? '' : `${date} `}${time} UTC, ${duration(ago)} before this look`
}

function measuredLines({ measured }: Finding, style: Style, indent: string): readonly string[] {
  return measured.flatMap(({ what, value, limit, unit, source }) => {
    const figures = `${figure(value)}${limit === undefined ? '' : ` of ${figure(limit)}`}`
    return indented(
      `${shown(style, what)}: ${figures}${unit === 'count' ? '' : ` ${unit}`} (${shown(style, source)})`,
      style,
      indent,
    )
  })
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}

function nextLines(step: NextStep, style: Style, indent: string): readonly string[] {
  const beyond = step.beyondPolicy ? '; BEYOND THE POLICY of this box' : ''
  return [
    commandLine(step, style, indent),
    ...indented(`${shown(style, step.why)} (${PRICE_WORDS[step.price]}${beyond})`, style, `${indent}   `).map((line) =>
      paint(style, 'faint', line),
    ),
  ]
}

/**
 * Commands are never wrapped or cut: they are there to be copied. One that the policy of the box does not allow says so before it is.
 *
 * @param price stands before it where neither the command nor a line below it says what it costs
 */
function commandLine(
  step: NextStep,
  style: Style,
  indent: string,
  price: 'with-price' | 'without' = 'without',
): string {
  const arrow = style.unicode ? '→' : '->'
  const free = step.price === 'free' || price === 'without'
  return `${indent}${paint(style, 'strong', `${arrow} ${free && !step.beyondPolicy ? '' : priceMark(step)}${shown(style, step.command)}`)}`
}

/** A step, as a look suggests it or as the record has it. */
type Suggested = Pick<NextStep, 'command' | 'price'> & { readonly beyondPolicy?: boolean }

/** `[slow] `, unless the command says that itself; `[pause: beyond policy] ` in any case. */
export function priceMark({ command, price, beyondPolicy }: Suggested): string {
  if (beyondPolicy) return `[${price}: beyond policy] `
  return saysPrice(command, price) ? '' : `[${price}] `
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}
