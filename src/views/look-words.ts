import { count } from '../base/format.ts'
import type { Conclusion } from '../findings/conclude.ts'
import type { Resource } from '../findings/finding.ts'
import type { BoxLook, ShownLook } from '../steps/look.ts'

/** What one look came to, in a few words: `2 findings`, `nothing burns`. */
export function outcomeWords({
  failure,
  identity,
  conclusion,
  state,
  box,
}: Pick<ShownLook, 'failure' | 'identity' | 'conclusion' | 'state' | 'box'>): string {
  if (failure && !identity) {
    if (box.startsWith('recorded:')) return 'could not be read'
    return failure.kind === 'cancelled' ? 'interrupted before it answered' : 'could not be entered'
  }
  if (conclusion.findings.length > 0) return count(conclusion.findings.length, 'finding')
  return state === 'ok' ? 'nothing burns' : 'not enough was seen to say'
}

/** Without the name of the box in front: it stands in the line above. */
export function failureWords({
  failure,
  box,
}: {
  readonly failure: { readonly message: string } | undefined
  readonly box: string
}): string {
  const message = failure?.message ?? ''
  if (!message.startsWith(`${box}: `)) return message
  const words = message.slice(box.length + 2)
  return /^(?:the|no|its|it|nothing) /.test(words) ? words.slice(0, 1).toUpperCase() + words.slice(1) : words
}

/**
 * `ruled out 35 of 39 checks: all of cpu, memory, disk; process 4 of 6`: which resources can be left alone altogether, and in which
 * something burns or was not seen.
 */
export function ruledOutWords({ cleared, findings, unknown }: Conclusion): string {
  const burning = new Map(findings.map(({ check, resource }) => [check, resource]))
  const notCleared = [...burning.values(), ...unknown.map(({ resource }) => resource)]
  const quiet = tally(cleared.map(({ resource }) => resource))
  const loud = tally(notCleared)
  const whole = [...quiet].filter(([resource]) => !loud.has(resource)).map(([resource]) => resource)
  const parts = [...quiet]
    .filter(([resource]) => loud.has(resource))
    .map(([resource, number]) => `${resource} ${number} of ${number + (loud.get(resource) ?? 0)}`)
  const said = [whole.length > 0 ? `all of ${whole.join(', ')}` : '', parts.join(', ')].filter((words) => words !== '')
  return `ruled out ${cleared.length} of ${cleared.length + notCleared.length} checks: ${said.join('; ')}`
}

/** What a look left open: probes that could not be read, and checks without an answer. A line each, those with the same reason in one. */
export interface LeftOpen {
  readonly probes: readonly string[]
  /** Only for reasons of their own: one that has no answer because of such a probe need not be explained again. */
  readonly checks: readonly string[]
}

export function leftOpen({ blind, conclusion }: Pick<BoxLook, 'blind' | 'conclusion'>): LeftOpen {
  const blindProbes = new Set(blind.map(({ probe }) => probe))
  const checks = conclusion.unknown.filter(({ why }) => !blindProbes.has(why.split(':')[0] ?? ''))
  return {
    probes: together(blind.map(({ probe, why, hint }) => ({ name: probe, why, hint }))),
    checks: together(checks.map(({ check, why, hint }) => ({ name: check, why, hint }))),
  }
}

interface NotSeen {
  readonly name: string
  readonly why: string
  readonly hint: string
}

/** `kernel-log, disks: the answer ended before (look again)`. */
function together(items: readonly NotSeen[]): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const { name, why, hint } of items) {
    const reason = `${why}${hint === '' ? '' : ` (${hint})`}`
    groups.set(reason, [...(groups.get(reason) ?? []), name])
  }
  return [...groups].map(([reason, names]) => `${names.join(', ')}: ${reason}`)
}

function tally(resources: readonly Resource[]): ReadonlyMap<Resource, number> {
  const counts = new Map<Resource, number>()
  for (const resource of resources) counts.set(resource, (counts.get(resource) ?? 0) + 1)
  return counts
}
