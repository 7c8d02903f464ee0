import type { PayloadOf } from '../../incidents/payloads.ts'
import type { Recorded, Recorder } from '../../incidents/recorder.ts'
import type { LogsRead, ReadLog } from './logs-read.ts'

/** Patterns that the record keeps; what is as ever says nothing of the incident. */
const PATTERNS_KEPT = 40
/** Of its sample. Characters. */
const SAMPLE_KEPT = 2_000

type WhatWasRead = Pick<LogsRead, 'boxes' | 'plan' | 'patterns' | 'findings' | 'notices' | 'tookMs'> &
  Partial<Pick<LogsRead, 'boots'>> & {
    readonly logs: readonly Pick<ReadLog, 'source' | 'format' | 'records' | 'bytes'>[]
  }

/** Writes down what reading the logs came to. */
export async function recordLogs(
  read: WhatWasRead,
  asked: {
    readonly recorder: Recorder
    readonly subjects: readonly string[]
    readonly sought: readonly string[]
  },
): Promise<Recorded> {
  const { boxes } = read
  const [only, ...others] = boxes
  const place = only && others.length === 0 ? { box: only.box, identity: only.identity } : {}
  return asked.recorder.record(() => ({ did: 'logs-read', ...place, payload: logsPayload(read, asked) }))
}

function logsPayload(
  read: WhatWasRead,
  { subjects, sought }: { readonly subjects: readonly string[]; readonly sought: readonly string[] },
): PayloadOf<'logs-read'> {
  const { boxes, logs, plan, patterns, findings, notices, tookMs, boots = [] } = read
  const froms = plan.spans.map(({ fromMs }) => fromMs)
  const tos = plan.spans.map(({ toMs }) => toMs)
  const from = froms.includes(undefined) ? undefined : Math.min(...froms.map(Number))
  const to = tos.includes(undefined) ? undefined : Math.max(...tos.map(Number))
  return {
    tookMs: Math.round(tookMs),
    boxes: boxes.map(({ box }) => box),
    ...(subjects.length > 0 ? { subjects } : {}),
    logs: logs.map(({ source, format, records, bytes }) => ({
      box: source.box,
      log: source.id,
      format: format.id,
      records,
      bytes,
    })),
    ...(from === undefined ? {} : { from: iso(from) }),
    ...(to === undefined ? {} : { to: iso(to) }),
    ...(sought.length > 0 ? { sought } : {}),
    ...(plan.onset ? { onset: iso(plan.onset.atMs), onsetFrom: plan.onset.from } : {}),
    patterns: patterns
      .filter(({ verdict, ofBoot }) => verdict !== 'steady' && !ofBoot)
      .slice(0, PATTERNS_KEPT)
      .map(({ template, verdict, severity, before, after, samples, statement }) => ({
        template,
        verdict,
        ...(severity === undefined ? {} : { severity }),
        before: before.count,
        after: after.count,
        sample: (samples[0]?.text ?? '').slice(0, SAMPLE_KEPT),
        ...(statement ? { source: statement.place } : {}),
      })),
    findings,
    notices: [...boots.map(({ box, atMs }) => `${box} booted at ${iso(atMs)}`), ...notices],
  }
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}
