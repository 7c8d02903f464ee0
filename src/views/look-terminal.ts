import { bytes, duration } from '../base/format.ts'
import { safeText, truncate, width, wrap } from '../base/safe-text.ts'
import type { Finding } from '../findings/finding.ts'
import type { BoxLook } from '../steps/look.ts'
import { paint, PRICE_WORDS, stateWord, type Style } from './style.ts'
import { topProcesses, vitals } from './vitals.ts'

/**
 * The screen of one look, for a tired person: state, the one thing that burns with its reason and next step, the other findings in a
 * line or two each, then figures, what was ruled out and what could not be seen. Ends with a newline.
 *
 * @param details everything that was ruled out with its figure, and all measured figures
 */
export function lookScreen(look: BoxLook, style: Style, details: boolean): string {
  const [first, ...others] = look.conclusion.findings
  const entered = look.identity !== undefined || look.conclusion.cleared.length > 0
  const sections: readonly (readonly string[])[] = [
    head(look, style),
    look.warnings.flatMap((warning) => indented(`note: ${safeText(warning)}`, style, '  ')),
    failureLines(look, style),
    first ? mainFinding(first, style, details) : [],
    others.flatMap((finding) => otherFinding(finding, style, details)),
    entered ? figures(look, style) : [],
    entered ? ruledOut(look, style, details) : [],
    notSeen(look, style),
  ]
  const screen = sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')
  return `${style.unicode ? screen : screen.replaceAll('·', '|').replaceAll('…', '~')}\n`
}

function head(look: BoxLook, style: Style): readonly string[] {
  const { identity } = look
  const name = paint(style, 'strong', safeText(look.box))
  const found = look.conclusion.findings.length
  const said =
    look.failure && !identity
      ? 'could not be entered'
      : found > 0
        ? `${found} ${found === 1 ? 'finding' : 'findings'}`
        : look.state === 'ok'
          ? 'nothing burns'
          : 'not enough was seen to say'
  const first = `${stateWord(style, look.state)}  ${name}  ${said}`
  const parts = identity
    ? [
        identity.hostname === look.box ? undefined : identity.hostname,
        identity.os,
        `Linux ${identity.kernel}`,
        `${identity.cpus} CPUs`,
        bytes(identity.memoryBytes),
        `as ${identity.user}`,
        `looked ${(look.tookMs / 1000).toFixed(1)} s`,
      ]
    : []
  const second = parts
    .filter((part) => part !== undefined)
    .map(safeText)
    .join(' · ')
  return second === ''
    ? [first]
    : [first, ...wrap(second, style.columns - 2).map((line) => paint(style, 'faint', `  ${line}`))]
}

function failureLines({ failure, outside }: BoxLook, style: Style): readonly string[] {
  if (!failure) return []
  return [
    ...indented(safeText(failure.message), style, '  '),
    ...indented(`Try: ${safeText(failure.tryNext)}`, style, '  '),
    ...outside.flatMap(({ what, said }) =>
      indented(`seen from outside, ${safeText(what)}: ${safeText(said)}`, style, '  '),
    ),
  ]
}

function mainFinding(finding: Finding, style: Style, details: boolean): readonly string[] {
  return [
    ...titleLines(finding, style, ''),
    ...indented(safeText(finding.why), style, '    '),
    ...(finding.subject.commandLine
      ? [`    ${truncate(safeText(finding.subject.commandLine), style.columns - 4)}`]
      : []),
    ...(finding.sinceMs === undefined
      ? []
      : [`    since ${new Date(finding.sinceMs).toISOString()} (console's clock)`]),
    ...(details ? measuredLines(finding, style) : []),
    ...nextLines(finding, style),
  ]
}

function otherFinding(finding: Finding, style: Style, details: boolean): readonly string[] {
  const indent = finding.symptomOf ? '  ' : ''
  const follows = finding.symptomOf ? [`${indent}    follows from ${finding.symptomOf}`] : []
  const why = details ? indented(safeText(finding.why), style, `${indent}    `) : []
  const more = details ? [...measuredLines(finding, style), ...nextLines(finding, style)] : []
  return [...titleLines(finding, style, indent), ...follows, ...why, ...more]
}

function titleLines({ state, title }: Finding, style: Style, indent: string): readonly string[] {
  const sign = style.unicode ? (state === 'critical' ? '✖' : '▲') : state === 'critical' ? '!!' : '! '
  const lines = wrap(safeText(title), style.columns - 4 - indent.length)
  return lines.map(
    (line, at) =>
      `${indent}${at === 0 ? paint(style, state, sign) : ' '.repeat(width(sign))} ${paint(style, 'strong', line)}`,
  )
}

function measuredLines({ measured }: Finding, style: Style): readonly string[] {
  return measured.flatMap(({ what, value, limit, unit, source }) =>
    indented(
      `${safeText(what)}: ${figure(value)}${limit === undefined ? '' : ` of ${figure(limit)}`} ${unit} (${safeText(source)})`,
      style,
      '    ',
    ),
  )
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1)
}

/** Commands are never wrapped or cut: they are there to be copied. */
function nextLines({ next }: Finding, style: Style): readonly string[] {
  const arrow = style.unicode ? '→' : '->'
  return next.flatMap(({ command, why, price }) => [
    `    ${paint(style, 'strong', `${arrow} ${safeText(command)}`)}`,
    ...indented(`${safeText(why)} (${price === 'free' ? 'free' : PRICE_WORDS[price]})`, style, '       ').map((line) =>
      paint(style, 'faint', line),
    ),
  ])
}

function figures(look: BoxLook, style: Style): readonly string[] {
  const lines = vitals(look.evidence).flatMap(({ name, said }) => {
    const [first = '', ...rest] = wrap(said, style.columns - 12)
    return [`  ${paint(style, 'faint', name.padEnd(9))} ${first}`, ...rest.map((line) => `            ${line}`)]
  })
  const top = topProcesses(look.evidence, 5)
  const rows = top.map(({ pid, name, cpuPercent, rssBytes, ageSeconds, commandLine }) =>
    truncate(
      `  ${String(pid).padStart(7)}  ${`${cpuPercent.toFixed(0)} %`.padStart(6)}  ${bytes(rssBytes).padStart(8)}  ${duration(ageSeconds).padStart(11)}  ${safeText(commandLine || `[${name}]`)}`,
      style.columns,
    ),
  )
  const header = paint(
    style,
    'faint',
    `  ${'pid'.padStart(7)}  ${'cpu'.padStart(6)}  ${'memory'.padStart(8)}  ${'age'.padStart(11)}  command`,
  )
  return rows.length > 0 ? [...lines, '', header, ...rows] : lines
}

function ruledOut({ conclusion: { cleared } }: BoxLook, style: Style, details: boolean): readonly string[] {
  if (cleared.length === 0) return []
  if (details)
    return [
      '  ruled out',
      ...cleared.flatMap(({ check, why }) => indented(`${check}: ${safeText(why)}`, style, '    ')),
    ]
  return indented(`ruled out: ${cleared.map(({ check }) => check).join(', ')} (figures: --details)`, style, '  ').map(
    (line) => paint(style, 'faint', line),
  )
}

function notSeen({ blind, conclusion }: BoxLook, style: Style): readonly string[] {
  const probes = blind.flatMap(({ probe, why, hint }) =>
    indented(`could not see ${probe}: ${safeText(why)}${hint ? ` (${safeText(hint)})` : ''}`, style, '  '),
  )
  const blindProbes = new Set(blind.map(({ probe }) => probe))
  // A check that has no answer because of a probe named above need not be explained again.
  const checks = conclusion.unknown.filter(({ why }) => !blindProbes.has(why.split(':')[0] ?? ''))
  return [
    ...probes,
    ...checks.flatMap(({ check, why, hint }) =>
      indented(`no answer for ${check}: ${safeText(why)}${hint ? ` (${safeText(hint)})` : ''}`, style, '  '),
    ),
  ]
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}
