import type { FindingDraft } from './check.ts'
import type { Finding, Resource } from './finding.ts'

export type RankedDraft = FindingDraft & { readonly check: string; readonly resource: Resource }

/**
 * Puts what burns most first, and a cause above its symptoms.
 *
 * 1. A critical finding scores 70 to 99, a warning 30 to 59, by how severe it is within its state.
 * 2. Of two findings of the same kind on the same subject the more severe one stays.
 * 3. A finding whose cause (the table below) burns too is its symptom: it keeps its state, says what it follows from,
 *    and scores just below that cause. A cause that is only a warning is lifted to just above its critical symptom:
 *    the person is sent to where the fire is, not to where the smoke is.
 */
export function rank(drafts: readonly RankedDraft[]): readonly Finding[] {
  const scored = withoutRepeats(drafts).map((draft) => ({
    draft,
    score: baseScore(draft),
    symptomOf: undefined as string | undefined,
  }))
  const burning = new Set(scored.map(({ draft }) => draft.check))
  const bestOf = (check: string): number =>
    Math.max(...scored.filter(({ draft }) => draft.check === check).map(({ score }) => score))
  for (const { cause, symptom, sameSubject } of CAUSES) {
    if (!burning.has(cause) || !burning.has(symptom)) continue
    const causes = scored.filter(({ draft }) => draft.check === cause)
    for (const item of scored.filter(({ draft }) => draft.check === symptom)) {
      const source = sameSubject ? causes.find(({ draft }) => draft.subject.pid === item.draft.subject.pid) : causes[0]
      if (!source || item.symptomOf || source.symptomOf === symptom) continue
      item.symptomOf = cause
      source.score = Math.max(source.score, Math.min(99, item.score + 1))
      item.score = Math.min(item.score, bestOf(cause) - 1)
    }
  }
  return scored
    .map(({ draft, score, symptomOf }) => finding(draft, score, symptomOf))
    .toSorted((a, b) => b.score - a.score || a.check.localeCompare(b.check))
}

interface Cause {
  readonly cause: string
  readonly symptom: string
  /** Only when both name the same process. */
  readonly sameSubject?: boolean
  /** How the one brings the other about. */
  readonly why: string
}

/** Which condition brings which other about. Each pair with its mechanism; order matters where chains meet. */
export const CAUSES: readonly Cause[] = []

function baseScore({ state, severity }: RankedDraft): number {
  const within = Math.round(29 * Math.min(1, Math.max(0, Number.isFinite(severity) ? severity : 0)))
  return (state === 'critical' ? 70 : 30) + within
}

function withoutRepeats(drafts: readonly RankedDraft[]): readonly RankedDraft[] {
  const best = new Map<string, RankedDraft>()
  for (const draft of drafts) {
    const key = [draft.check, draft.subject.kind, draft.subject.name, draft.subject.pid, draft.subject.tid].join('\n')
    const known = best.get(key)
    if (!known || baseScore(draft) > baseScore(known)) best.set(key, draft)
  }
  return [...best.values()]
}

function finding(
  { severity: _severity, ...draft }: RankedDraft,
  score: number,
  symptomOf: string | undefined,
): Finding {
  return { ...draft, score, ...(symptomOf ? { symptomOf } : {}) }
}
