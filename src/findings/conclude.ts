import type { Evidence, ProbeId } from '../evidence/evidence.ts'
import type { Reading } from '../evidence/reading.ts'
import { limitsOf, unknown, type About, type AnyCheck, type FindingDraft, type Verdict } from './check.ts'
import type { Finding, Resource, State } from './finding.ts'
import { rank, type RankedDraft } from './rank.ts'

export interface Conclusion {
  readonly state: State
  /** Sorted by score, most burning first. */
  readonly findings: readonly Finding[]
  /** What was exonerated, with the figure. */
  readonly cleared: readonly { readonly check: string; readonly resource: Resource; readonly why: string }[]
  /** Checks that could not be answered. */
  readonly unknown: readonly {
    readonly check: string
    readonly resource: Resource
    readonly why: string
    readonly hint: string
  }[]
}

/** Of one check: whoever reads needs the worst of them, and a hostile box could name a million. */
const FINDINGS_KEPT = 50

/** All checks over one box's evidence. A check that breaks is unknown; it never hides the others. */
export function conclude(checks: readonly AnyCheck[], evidence: Evidence, about: About): Conclusion {
  const verdicts = checks.map((check) => ({ check, verdict: verdictOf(check, evidence, about) }))
  const drafts = verdicts.flatMap(({ check, verdict }): RankedDraft[] =>
    verdict.kind === 'burning'
      ? worst(verdict.findings).map((draft) => ({ ...draft, check: check.id, resource: check.resource }))
      : [],
  )
  const findings = rank(drafts).map(bearable)
  const cleared = verdicts.flatMap(({ check, verdict }) =>
    verdict.kind === 'cleared' ? [{ check: check.id, resource: check.resource, why: shortened(verdict.why) }] : [],
  )
  const unanswered = verdicts.flatMap(({ check, verdict }) =>
    verdict.kind === 'unknown'
      ? [{ check: check.id, resource: check.resource, why: shortened(verdict.why), hint: verdict.hint }]
      : [],
  )
  const essentialUnknown = verdicts.some(({ check, verdict }) => check.essential && verdict.kind === 'unknown')
  return { state: stateOf(findings, essentialUnknown), findings, cleared, unknown: unanswered }
}

/** What one check says. Total: whatever it throws is `unknown`. */
export function verdictOf(
  check: AnyCheck,
  evidence: Evidence,
  about: About,
  limits: Readonly<Record<string, number>> = limitsOf(check),
): Verdict {
  const seen: Partial<Record<ProbeId, unknown>> = {}
  for (const id of check.needs) {
    const reading: Reading<unknown> = evidence[id]
    if (reading.kind !== 'seen') return unknown(`${id}: ${reading.why}`, reading.kind === 'blind' ? reading.hint : '')
    seen[id] = reading.value
  }
  for (const id of check.wants ?? []) {
    const reading: Reading<unknown> = evidence[id]
    seen[id] = reading.kind === 'seen' ? reading.value : undefined
  }
  try {
    return check.run(seen, limits, about)
  } catch (error) {
    return unknown(`this check failed: ${String(error)}`, 'please report it with a recording (look --save)')
  }
}

/** A path has at most 4,096 bytes; a hostile box may call a process by a megabyte. Characters. */
const TEXT_KEPT = 5_000
/** The last moment that a Date can be (ECMA-262, 21.4.1.1). Milliseconds since the epoch. */
const LATEST_MS = 8.64e15

/**
 * A command is never cut, since half of one does something else: too long a one is left out. So is a moment that no calendar has
 * (made of a kernel log of invented times).
 */
function bearable({ sinceMs, ...finding }: Finding): Finding {
  const { title, why, subject, measured, next } = finding
  return {
    ...finding,
    ...(sinceMs !== undefined && Math.abs(sinceMs) <= LATEST_MS ? { sinceMs } : {}),
    title: shortened(title),
    why: shortened(why),
    subject: {
      ...subject,
      name: shortened(subject.name),
      ...(subject.unit === undefined ? {} : { unit: shortened(subject.unit) }),
    },
    measured: measured.map((each) => ({ ...each, what: shortened(each.what), source: shortened(each.source) })),
    next: next.filter(({ command }) => command.length <= TEXT_KEPT),
  }
}

function shortened(text: string): string {
  return text.length > TEXT_KEPT ? `${text.slice(0, TEXT_KEPT)}…` : text
}

function worst(drafts: readonly FindingDraft[]): readonly FindingDraft[] {
  if (drafts.length <= FINDINGS_KEPT) return drafts
  const weight = ({ state, severity }: FindingDraft): number => (state === 'critical' ? 2 : 0) + severity
  return drafts.toSorted((a, b) => weight(b) - weight(a)).slice(0, FINDINGS_KEPT)
}

function stateOf(findings: readonly Finding[], essentialUnknown: boolean): State {
  if (findings.some(({ state }) => state === 'critical')) return 'critical'
  if (findings.length > 0) return essentialUnknown ? 'unknown' : 'warning'
  return essentialUnknown ? 'unknown' : 'ok'
}
