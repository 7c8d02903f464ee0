import type { Configuration } from '../boxes/configuration.ts'
import { homeFolder } from '../incidents/home.ts'
import {
  redactionKey,
  redactor,
  thoroughRedactor,
  type Redact,
  type RedactThoroughly,
  type Rule,
} from '../incidents/redaction/index.ts'
import { Problem } from './problem.ts'

/** How this console redacts: with the key of its home and the patterns of its halligan.yaml. */
export interface Redaction {
  /** For the screen. */
  readonly redact: Redact
  /** For what is written. */
  readonly redactThoroughly: RedactThoroughly
  /** To be said once where something is written: marks are not what they should be, and what to do. */
  readonly trouble: string | undefined
}

export async function redactionOf(settings: Configuration): Promise<Redaction> {
  const { key, trouble } = redactionKey(homeFolder(process.env))
  const redact = redactor({ key, patterns: await patternsOf(settings) })
  return { redact, redactThoroughly: thoroughRedactor(key, redact), trouble }
}

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
