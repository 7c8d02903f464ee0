import { PRICES, type Price } from '../boxes/price.ts'
import type { Finding, NextStep } from './finding.ts'

/** Marks the next steps that cost more than the policy of the box allows; without a policy nothing is marked. Pure. */
export function markBeyondPolicy(findings: readonly Finding[], highest: Price | undefined): readonly Finding[] {
  if (highest === undefined) return findings
  const allowed = PRICES.indexOf(highest)
  const marked = (step: NextStep): NextStep =>
    PRICES.indexOf(step.price) > allowed ? { ...step, beyondPolicy: true } : step
  return findings.map((finding) => ({ ...finding, next: finding.next.map(marked) }))
}
