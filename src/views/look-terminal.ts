import { bytes, count, duration } from '../base/format.ts'
import { width, wrap, wrapParts } from '../base/safe-text.ts'
import type { LogReading } from '../incidents/log-readings.ts'
import type { ShownLook } from '../steps/look.ts'
import { logsBeside } from './beside-lines.ts'
import { mainFinding, otherFindings } from './finding-lines.ts'
import { failureWords, leftOpen, outcomeWords, ruledOutWords } from './look-words.ts'
import { cut, paint, separator, shown, stateWord, type Style } from './style.ts'
import { topProcesses, vitals } from './vitals.ts'

/**
 * `brief` leaves out the figures of the whole box (one of several boxes); `details` adds everything that was ruled out with its figure,
 * and all that was measured.
 */
export type Extent = 'brief' | 'usual' | 'details'

/**
 * The screen of one look, for a tired person: state, the one thing that burns with its reason and next step, the other findings in a
 * line or two each, what its logs said when they were read last, then figures, what was ruled out and what could not be seen. Ends with a newline.
 */
export function lookScreen(
  look: ShownLook,
  style: Style,
  extent: Extent,
  readings: readonly LogReading[] = [],
): string {
  const { conclusion, startedAtMs } = look
  const entered = look.identity !== undefined || conclusion.cleared.length > 0
  const details = extent === 'details'
  const found = { findings: conclusion.findings, startedAtMs }
  const sections: readonly (readonly string[])[] = [
    head(look, style),
    look.warnings.flatMap((warning) => indented(`note: ${shown(style, warning)}`, style, '  ')),
    failureLines(look, style),
    mainFinding(found, style, details),
    otherFindings(found, style, details),
    logsBeside(readings, startedAtMs, style),
    ...(entered && extent !== 'brief'
      ? [figures(look, style), processTable(look, style), ruledOut(look, style, details)]
      : []),
    notSeen(look, style),
  ]
  const screen = sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')
  return `${style.unicode ? screen : screen.replaceAll('·', '|').replaceAll('…', '~')}\n`
}

function head(look: ShownLook, style: Style): readonly string[] {
  const { identity, startedAtMs, tookMs } = look
  const first = firstLines(look, style)
  if (!identity) return first
  const parts = [
    identity.hostname === look.box ? undefined : identity.hostname,
    identity.os,
    `Linux ${identity.kernel}`,
    count(identity.cpus, 'CPU'),
    bytes(identity.memoryBytes),
    `as ${identity.user}`,
    `${new Date(startedAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    `took ${(tookMs / 1000).toFixed(1)} s`,
  ].filter((part) => part !== undefined)
  return [
    ...first,
    ...inParts(
      parts.map((part) => shown(style, part)),
      style,
    ).map((line) => paint(style, 'faint', `  ${line}`)),
  ]
}

/** State, name and outcome; the outcome on a line of its own where there is no room for it. */
function firstLines(look: ShownLook, style: Style): readonly string[] {
  const state = stateWord({ ...style, color: false }, look.state)
  const name = cut(style, shown(style, look.box), style.columns - width(state) - 2)
  const outcome = outcomeWords(look)
  const named = `${stateWord(style, look.state)}  ${paint(style, 'strong', name)}`
  return width(state) + width(name) + width(outcome) + 4 <= style.columns
    ? [`${named}  ${outcome}`]
    : [named, `  ${outcome}`]
}

function inParts(parts: readonly string[], style: Style): readonly string[] {
  return wrapParts(parts, style.columns - 2, separator(style))
}

function failureLines(look: ShownLook, style: Style): readonly string[] {
  const { failure, outside } = look
  // That it was interrupted before it answered stands in the first line; there is nothing to try.
  if (!failure || (failure.kind === 'cancelled' && !look.identity)) return []
  const widest = Math.max(0, ...outside.map(({ what }) => what.length))
  return [
    ...indented(shown(style, failureWords(look)), style, '  '),
    ...indented(`Try: ${shown(style, failure.tryNext)}`, style, '  '),
    ...(outside.length > 0 ? ['', '  seen from outside, without a login'] : []),
    ...outside.flatMap(({ what, said }) => labelled(shown(style, what), shown(style, said), style, '    ', widest)),
  ]
}

function figures(look: ShownLook, style: Style): readonly string[] {
  return vitals(look.evidence).flatMap(({ name, parts }) => {
    const lines = wrapParts(
      parts.map((part) => shown(style, part)),
      style.columns - 12,
      separator(style),
    )
    return lines.map((line, at) => `  ${at === 0 ? paint(style, 'faint', name.padEnd(9)) : ' '.repeat(9)} ${line}`)
  })
}

/** Below it there is no room for the age of a process beside its command line. Columns. */
const ROOM_FOR_AGE = 70

function processTable(look: ShownLook, style: Style): readonly string[] {
  const withAge = style.columns >= ROOM_FOR_AGE
  const row = (pid: string, cpu: string, memory: string, age: string, command: string): string =>
    [` ${pid.padStart(8)}`, cpu.padStart(6), memory.padStart(8), ...(withAge ? [age.padStart(11)] : []), command].join(
      '  ',
    )
  const rows = topProcesses(look.evidence, 5).map(({ pid, name, cpuPercent, rssBytes, ageSeconds, commandLine }) =>
    cut(
      style,
      row(
        String(pid),
        `${cpuPercent.toFixed(0)} %`,
        bytes(rssBytes),
        duration(ageSeconds),
        shown(style, commandLine || `[${name}]`),
      ),
      style.columns,
    ),
  )
  return rows.length === 0 ? [] : [paint(style, 'faint', row('pid', 'cpu', 'memory', 'age', 'command')), ...rows]
}

function ruledOut({ conclusion }: ShownLook, style: Style, details: boolean): readonly string[] {
  const { cleared } = conclusion
  if (cleared.length === 0) return []
  if (details)
    return [
      '  ruled out',
      ...cleared.flatMap(({ check, why }) => indented(`${check}: ${shown(style, why)}`, style, '    ')),
    ]
  return indented(`${ruledOutWords(conclusion)} (each with its figure: --details)`, style, '  ').map((line) =>
    paint(style, 'faint', line),
  )
}

/** What could not be seen, and what is not known because of something else. */
function notSeen(look: ShownLook, style: Style): readonly string[] {
  const { probes, checks } = leftOpen(look)
  return [
    ...probes.map((words) => `could not see ${words}`),
    ...checks.map((words) => `no answer for ${words}`),
  ].flatMap((words) => indented(shown(style, words), style, '  '))
}

function labelled(label: string, text: string, style: Style, indent: string, widest: number): readonly string[] {
  // A long label (of a jump host) stands on a line of its own rather than leave no room.
  if (indent.length + widest + 24 > style.columns) return indented(`${label}: ${text}`, style, indent)
  return wrap(text, style.columns - indent.length - widest - 2).map(
    (line, at) => `${indent}${(at === 0 ? label : '').padEnd(widest)}  ${line}`,
  )
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}
