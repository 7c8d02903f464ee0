import { bytes, count } from '../base/format.ts'
import type { Finding, NextStep } from '../findings/finding.ts'
import type { BoxLook } from '../steps/look.ts'
import { failureWords, leftOpen, ruledOutWords } from './look-words.ts'
import { code, escaped } from './ticket-markdown.ts'
import { vitals } from './vitals.ts'

/**
 * One look as Markdown, for a ticket or a chat. What came from the box is escaped: no markup, link or HTML of its own.
 *
 * @param details what was ruled out with each figure, instead of a line for all
 */
export function lookMarkdown(look: BoxLook, details: boolean): string {
  const { identity, failure, conclusion, outside } = look
  const lines = [
    `## ${escaped(look.box)}: ${look.state}`,
    '',
    ...(identity ? [identityLine(look), ''] : []),
    ...look.warnings.flatMap((warning) => [`Note: ${escaped(warning)}`, '']),
    ...(failure ? [escaped(failureWords(look)), '', `Try: ${escaped(failure.tryNext)}`, ''] : []),
    ...outside.map(({ what, said }) => `- seen from outside, ${escaped(what)}: ${escaped(said)}`),
    ...(outside.length > 0 ? [''] : []),
    ...conclusion.findings.flatMap((finding) => findingLines(finding, conclusion.findings)),
    ...(look.state === 'ok' ? ['Nothing burns.', ''] : []),
    ...figures(look),
    ...ruledOut(look, details),
    ...notSeen(look),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function identityLine({ identity, startedAtMs }: BoxLook): string {
  if (!identity) return ''
  const { hostname, os, kernel, cpus, memoryBytes, user } = identity
  const parts = [hostname, os, `Linux ${kernel}`, count(cpus, 'CPU'), bytes(memoryBytes), `as ${user}`]
  return `${parts.map(escaped).join(' · ')} · ${new Date(startedAtMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function findingLines(finding: Finding, findings: readonly Finding[]): readonly string[] {
  const { state, title, why, subject, next, symptomOf } = finding
  const cause = findings.find(({ check }) => check === symptomOf)
  return [
    `### ${state}: ${escaped(title)}`,
    '',
    ...(cause ? [`Follows from: ${escaped(cause.title)}`, ''] : []),
    escaped(why),
    '',
    ...(subject.commandLine ? [`Command line: ${code(subject.commandLine)}`, ''] : []),
    ...next.map(nextLine),
    '',
  ]
}

function nextLine({ command, why, price, beyondPolicy }: NextStep): string {
  return `- ${code(command)}: ${escaped(why)} (${price}${beyondPolicy ? ', **beyond the policy of this box**' : ''})`
}

function figures({ evidence }: BoxLook): readonly string[] {
  const lines = vitals(evidence).map(({ name, parts }) => `- ${name}: ${parts.map(escaped).join(' · ')}`)
  return lines.length > 0 ? ['Figures:', '', ...lines, ''] : []
}

function ruledOut({ conclusion }: BoxLook, details: boolean): readonly string[] {
  if (conclusion.cleared.length === 0) return []
  if (!details) return [`${capitalized(ruledOutWords(conclusion))}.`, '']
  return ['Ruled out:', '', ...conclusion.cleared.map(({ check, why }) => `- ${check}: ${escaped(why)}`), '']
}

function notSeen(look: BoxLook): readonly string[] {
  const { probes, checks } = leftOpen(look)
  return [...list('Could not see:', probes), ...list('No answer for:', checks)]
}

function list(head: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [head, '', ...items.map((words) => `- ${escaped(words)}`), '']
}

function capitalized(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
