import { PRICES, type Price } from '../boxes/price.ts'
import type { Finding, NextStep } from './finding.ts'

/** Marks the next steps that cost more than the policy of the box allows; without a policy nothing is marked. Pure. */
export function markBeyondPolicy(findings: readonly Finding[], highest: Price | undefined): readonly Finding[] {
  if (highest === undefined) return findings
  return findings.map((finding) => ({ ...finding, next: markSteps(finding.next, highest) }))
}

export function markSteps(steps: readonly NextStep[], highest: Price | undefined): readonly NextStep[] {
  if (highest === undefined) return steps
  const allowed = PRICES.indexOf(highest)
  return steps.map((step) => (PRICES.indexOf(step.price) > allowed ? { ...step, beyondPolicy: true } : step))
}
