import { bytes } from '../base/format.ts'
import { safeText } from '../base/safe-text.ts'
import type { Finding } from '../findings/finding.ts'
import type { BoxLook } from '../steps/look.ts'
import { vitals } from './vitals.ts'

/** One look as Markdown, for a ticket or a chat. What came from the box is escaped: no markup, link or HTML of its own. */
export function lookMarkdown(look: BoxLook): string {
  const { identity, failure, conclusion } = look
  const lines = [
    `## ${escaped(look.box)}: ${look.state}`,
    '',
    ...(identity
      ? [
          `${[identity.hostname, identity.os, `Linux ${identity.kernel}`, `${identity.cpus} CPUs`, bytes(identity.memoryBytes)].map(escaped).join(' · ')}, ${new Date(look.startedAtMs).toISOString()}`,
          '',
        ]
      : []),
    ...(failure ? [escaped(failure.message), '', `Try: ${escaped(failure.tryNext)}`, ''] : []),
    ...look.outside.map(({ what, said }) => `- seen from outside, ${escaped(what)}: ${escaped(said)}`),
    ...conclusion.findings.flatMap(findingLines),
    ...(conclusion.findings.length === 0 && identity ? ['Nothing burns.', ''] : []),
    ...vitals(look.evidence).map(({ name, said }) => `- ${name}: ${escaped(said)}`),
    '',
    ...(conclusion.cleared.length > 0
      ? ['Ruled out:', '', ...conclusion.cleared.map(({ check, why }) => `- ${check}: ${escaped(why)}`), '']
      : []),
    ...(look.blind.length > 0
      ? [
          'Could not see:',
          '',
          ...look.blind.map(
            ({ probe, why, hint }) => `- ${probe}: ${escaped(why)}${hint ? ` (${escaped(hint)})` : ''}`,
          ),
          '',
        ]
      : []),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function findingLines({ state, title, why, subject, next, symptomOf }: Finding): readonly string[] {
  return [
    `### ${state}: ${escaped(title)}`,
    '',
    `${escaped(why)}${symptomOf ? ` Follows from ${symptomOf}.` : ''}`,
    '',
    ...(subject.commandLine ? [`Command line: ${code(subject.commandLine)}`, ''] : []),
    ...next.map((step) => `- ${code(step.command)}: ${escaped(step.why)} (${step.price})`),
    '',
  ]
}

function escaped(text: string): string {
  // GitHub makes links of bare addresses too (GFM 6.9): the slashes and the dot are what it looks for.
  return safeText(text)
    .replaceAll(/[\\`*_{}[\]()#+!|<>~&@-]/g, String.raw`\$&`)
    .replaceAll(/:(?=\/\/)|(?<=www)\./gi, String.raw`\$&`)
}

/** A code span whose fence is longer than any run of backticks inside (CommonMark 6.1). */
function code(text: string): string {
  const harmless = safeText(text)
  const longest = Math.max(0, ...[...harmless.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence} ${harmless} ${fence}`
}
