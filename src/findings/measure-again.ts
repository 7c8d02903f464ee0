import type { Evidence } from '../evidence/evidence.ts'
import { limitsOf, type AnyCheck, type FindingDraft } from './check.ts'
import { verdictOf } from './conclude.ts'

export interface Measurement extends Pick<FindingDraft, 'subject' | 'measured'> {
  readonly check: string
}

/**
 * What a check measures where it finds nothing worth saying: the same check, with its lines moved out of the way. Thresholds decide whether a figure
 * is told, never what it is (rule of the registry test: they are data). For before against after, when after is quiet.
 */
export function measureAgain(check: AnyCheck, evidence: Evidence): readonly Measurement[] {
  const own = limitsOf(check)
  // Some lines warn above, some below; rooms and shares hold others back. What gives an answer first is taken.
  const ways: readonly ((name: string, value: number) => number)[] = [
    (name, value) => (name.startsWith('warning') ? 0 : name.startsWith('room') ? Infinity : value),
    (name, value) => (/^(?:warning|room)/.test(name) ? Infinity : value),
    () => 0,
  ]
  for (const way of ways) {
    const limits = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, way(name, value)]))
    const verdict = verdictOf(check, evidence, { box: '' }, limits)
    if (verdict.kind === 'burning' && verdict.findings.length > 0)
      return verdict.findings.map(({ subject, measured }) => ({ check: check.id, subject, measured: real(measured) }))
  }
  return []
}

/** A line at infinity must not show up as a figure. */
function real(measured: FindingDraft['measured']): FindingDraft['measured'] {
  return measured.filter(({ value }) => Number.isFinite(value))
}
