import type { Configuration } from '../boxes/configuration.ts'
import type { Rule } from '../incidents/redaction/index.ts'
import { Problem } from './problem.ts'

/** Rules for the patterns of halligan.yaml; one that cannot be used is a problem with file, line and key. */
export async function patternsOf({ redact }: Configuration): Promise<readonly Rule[]> {
  if (redact.length === 0) return []
  const { patternRule } = await import('../incidents/redaction/patterns.ts')
  const made = redact.map(({ kind, pattern, place }) => ({ place, ...patternRule(kind, pattern) }))
  const mistakes = made.flatMap((each) => (each.ok ? [] : [`${each.place}: ${each.why}.`]))
  if (mistakes.length > 0)
    throw new Problem(mistakes.join('\n'), 'Patterns are in RE2 syntax; docs/record.md has an example.', 2)
  return made.flatMap((each) => (each.ok ? [each.rule] : []))
}
