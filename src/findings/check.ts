import type { ProbeId, Value } from '../evidence/evidence.ts'
import type { Finding, Resource } from './finding.ts'

/** A check answers one question from readings alone; pure, no clock, no I/O. */
export interface Check<Need extends ProbeId = ProbeId, Want extends ProbeId = never, Limit extends string = string> {
  /** Words joined by hyphens, the condition that it finds: `disk-full`. */
  readonly id: string
  /** The condition in words: `File system full`. */
  readonly title: string
  readonly resource: Resource
  /** What it teaches: how the condition comes about, what it does to the service, how to read the figures. For docs and help. */
  readonly about: string
  /** Without these the answer is `unknown`, never `ok`. */
  readonly needs: readonly Need[]
  /** Read when they were seen (`undefined` else), to say more: who writes, which unit. */
  readonly wants?: readonly Want[]
  /** The thresholds, each with its unit and the reason for the number. */
  readonly limits: Readonly<Record<Limit, Threshold>>
  /** A box about which this is unknown is itself `unknown`, however quiet the rest is. */
  readonly essential?: boolean
  /** How it was shown: lit on a test box (the test's name), or read from a real sample (where it is published). */
  readonly shown: Shown
  readonly run: (seen: SeenOf<Need, Want>, limits: Readonly<Record<Limit, number>>, about: About) => Verdict
}

export interface Threshold {
  readonly value: number
  readonly unit: string
  /** Why this number and not another; a source where there is one. */
  readonly why: string
}

export type Shown =
  | { readonly how: 'lit live'; readonly test: string }
  | { readonly how: 'real sample'; readonly source: string }

export type SeenOf<Need extends ProbeId, Want extends ProbeId> = { readonly [Id in Need]: Value<Id> } & {
  readonly [Id in Want]: Value<Id> | undefined
}

/** What a check may know beside the readings. */
export interface About {
  /** The box as the user named it, for the commands that it suggests. */
  readonly box: string
}

export type FindingDraft = Omit<Finding, 'check' | 'resource' | 'score' | 'symptomOf'> & {
  /** 0 to 1: how far into its state it is (0 just over the threshold, 1 it cannot get worse). Ranks among findings of one state. */
  readonly severity: number
  /** It says what may be, since what would tell was not seen: not put above another finding as its cause. */
  readonly hedged?: true
}

export type Verdict =
  | { readonly kind: 'burning'; readonly findings: readonly FindingDraft[] }
  /** Exonerated, with the figure that shows it. */
  | { readonly kind: 'cleared'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string; readonly hint: string }

/** `burning` with findings, else cleared with the figure. */
export function verdict(findings: readonly FindingDraft[], clearedBecause: string): Verdict {
  return findings.length > 0 ? { kind: 'burning', findings } : cleared(clearedBecause)
}

/**
 * State of a figure against its two thresholds, and how far into that state it is: 0 just over the threshold, 1 at the next one (or at
 * `worst`). Undefined below both.
 */
export function grade(
  value: number,
  warning: number,
  critical: number,
  worst: number,
): Pick<FindingDraft, 'state' | 'severity'> | undefined {
  if (value >= critical) return { state: 'critical', severity: share(value, critical, worst) }
  if (value >= warning) return { state: 'warning', severity: share(value, warning, critical) }
  return undefined
}

function share(value: number, from: number, to: number): number {
  return to > from ? Math.min(1, (value - from) / (to - from)) : 1
}

function cleared(why: string): Verdict {
  return { kind: 'cleared', why }
}

export function unknown(why: string, hint = ''): Verdict {
  return { kind: 'unknown', why, hint }
}

/** Ties the types of a check's needs, wants and limits to its `run`. */
export function check<Need extends ProbeId, Limit extends string, Want extends ProbeId = never>(
  definition: Check<Need, Want, Limit>,
): AnyCheck {
  // Erased on purpose: `conclude` treats all checks alike and hands each one just the readings that it named.
  return definition as unknown as AnyCheck
}

export interface AnyCheck extends Omit<Check, 'run' | 'needs' | 'wants'> {
  readonly needs: readonly ProbeId[]
  readonly wants?: readonly ProbeId[]
  readonly run: (
    seen: Readonly<Partial<Record<ProbeId, unknown>>>,
    limits: Readonly<Record<string, number>>,
    about: About,
  ) => Verdict
}

export function limitsOf(definition: Pick<AnyCheck, 'limits'>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(definition.limits).map(([name, { value }]) => [name, value]))
}
