import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import * as checks from '../src/findings/checks/index.ts'
import type { AnyCheck } from '../src/findings/check.ts'
import { CAUSES } from '../src/findings/rank.ts'

export const CHECKS_DOC = path.join(import.meta.dirname, '../docs/checks.md')

/** docs/checks.md, from the checks themselves: what each means, its thresholds with their reasons, and how it was shown. */
export function checksDoc(): string {
  const all: readonly AnyCheck[] = Object.values(checks).toSorted((a, b) => a.id.localeCompare(b.id))
  const summary = all.map(
    (check) => `| [${check.id}](#${check.id}) | ${check.title} | ${check.resource} | ${shownWords(check)} |`,
  )
  return [
    '# Checks',
    '',
    'Written by `npm run checks-doc` from `src/findings/checks/`; do not edit.',
    '',
    `${all.length} checks. *lit live*: the condition was made on a test box and found over ssh; *real sample*: its example holds figures or lines of a published real case.`,
    '',
    '| check | condition | resource | shown |',
    '| --- | --- | --- | --- |',
    ...summary,
    ...all.flatMap(section),
    '',
  ].join('\n')
}

function section(check: AnyCheck): readonly string[] {
  const causes = CAUSES.filter(({ symptom }) => symptom === check.id).map(
    ({ cause, why }) => `- follows from ${cause}: ${why}`,
  )
  const symptoms = CAUSES.filter(({ cause }) => cause === check.id).map(
    ({ symptom, why }) => `- brings about ${symptom}: ${why}`,
  )
  return [
    '',
    `## ${check.id}`,
    '',
    `**${check.title}** (${check.resource}). ${check.about}`,
    '',
    '| threshold | value | why |',
    '| --- | --- | --- |',
    ...Object.entries(check.limits).map(([name, { value, unit, why }]) => `| ${name} | ${value} ${unit} | ${why} |`),
    ...(causes.length + symptoms.length > 0 ? ['', ...causes, ...symptoms] : []),
  ]
}

function shownWords({ shown }: AnyCheck): string {
  return shown.how === 'lit live' ? `lit live: \`${shown.test}\`` : `real sample: <${shown.source}>`
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(CHECKS_DOC, checksDoc())
