import { readRecordingBytes } from '../boxes/recorded.ts'
import { readEvidence } from '../evidence/evidence.ts'
import * as checks from '../findings/checks/index.ts'
import type { Conclusion } from '../findings/conclude.ts'
import type { Finding } from '../findings/finding.ts'
import type { Redact } from '../incidents/redaction/index.ts'
import type { Told } from '../incidents/told.ts'
import { lookOfRecording, type ShownLook } from './look.ts'

type LookEntry = Told<'looked' | 'preserved'>

/**
 * A look that is in the record, as it stood on the screen: concluded again from its answer, on the path of a live look; where there is none, or none that this
 * version can read, what the entry has of it.
 *
 * @param answer the evidence of the look
 */
export function storedLook(entry: LookEntry, answer: Uint8Array | undefined, redact: Redact): ShownLook {
  const recording = answer && readRecordingBytes(answer, `#${entry.seq}`)
  if (!recording || 'kind' in recording) return rememberedLook(entry, answer !== undefined)
  const look = lookOfRecording(recording, redact)
  const { conclusion } = look
  const findings = conclusion.findings.map((finding) => asItWasAllowed(finding, entry))
  return {
    ...look,
    box: entry.box ?? look.box,
    conclusion: { ...conclusion, findings },
    warnings: [...look.warnings, ...otherwise(conclusion, entry)],
  }
}

/** What the policy of the box did not allow then stays marked, whatever halligan.yaml says today. */
function asItWasAllowed(finding: Finding, { payload }: LookEntry): Finding {
  const beyond = new Set(
    payload.findings.flatMap(({ next }) => next.flatMap((step) => (step.beyondPolicy ? [step.command] : []))),
  )
  if (beyond.size === 0) return finding
  return {
    ...finding,
    next: finding.next.map((step) => (beyond.has(step.command) ? { ...step, beyondPolicy: true } : step)),
  }
}

/** Another version may have other thresholds: what was told then must not be told otherwise without a word. */
function otherwise({ findings }: Conclusion, { payload }: LookEntry): readonly string[] {
  const now = new Set(findings.map(({ title }) => title))
  const then = new Set(payload.findings.map(({ title }) => title))
  if (now.size === then.size && [...then].every((title) => now.has(title))) return []
  const said = then.size === 0 ? 'nothing that burns' : [...then].join('; ')
  return [`this version of Halligan concludes otherwise than was recorded then: ${said}`]
}

/** Without the answer there are no figures of the box, and nobody knows which checks had none. */
function rememberedLook(entry: LookEntry, isThere: boolean): ShownLook {
  const { payload, at, box = '' } = entry
  const { state, cleared, blind, failure, tookMs = 0 } = payload
  const why = isThere ? 'this version cannot read the answer of the box' : 'the answer of the box is not in the record'
  // The schema has the words of every version; they are those of this one or read as such.
  const findings = payload.findings as readonly unknown[] as readonly Finding[]
  const wasEntered = findings.length > 0 || cleared.length > 0
  const startedAtMs = Date.parse(at) - tookMs
  return {
    box,
    state,
    startedAtMs,
    tookMs,
    identity: undefined,
    conclusion: { state, findings, cleared: cleared.map(withResource), unknown: [] },
    blind: blind.map((each) => ({ ...each, hint: '' })),
    // The kind is one of this version or of another, and only shown.
    failure: wasEntered ? undefined : (failure as ShownLook['failure']),
    outside: payload.outside ?? [],
    warnings: [
      ...(payload.warnings ?? []),
      ...(wasEntered ? [`${why}: this is what the entry has of it`] : []),
      ...cutOff(wasEntered, failure),
    ],
    evidence: readEvidence(new Uint8Array(), '', [], { beganAtMs: startedAtMs }),
  }
}

function cutOff(wasEntered: boolean, failure: LookEntry['payload']['failure']): readonly string[] {
  return wasEntered && failure ? [failure.message] : []
}

function withResource({ check, why }: { readonly check: string; readonly why: string }): Conclusion['cleared'][number] {
  const known = Object.values(checks).find(({ id }) => id === check)
  return { check, why, resource: known?.resource ?? 'process' }
}
