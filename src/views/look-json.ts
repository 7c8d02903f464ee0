import { safeJson } from '../base/safe-text.ts'
import type { LogReading } from '../incidents/log-readings.ts'
import type { BoxLook } from '../steps/look.ts'
import { logsBesideJson } from './beside-lines.ts'

/** The contract `halligan.look/1` as text (ARCHITECTURE.md): changed only by adding. Times in milliseconds unless they say otherwise. */
export function lookJson(
  looks: readonly BoxLook[],
  startedAtMs: number,
  tookMs: number,
  readingsOf: (box: string) => readonly LogReading[] = () => [],
): string {
  const answer = {
    schema: 'halligan.look/1',
    startedAt: new Date(startedAtMs).toISOString(),
    tookMs,
    boxes: looks.map((look) => ({
      box: look.box,
      state: look.state,
      ...(look.identity ? { identity: look.identity } : {}),
      ...(look.failure ? { failure: look.failure } : {}),
      ...(look.outside.length > 0 ? { outside: look.outside } : {}),
      ...(look.warnings.length > 0 ? { warnings: look.warnings } : {}),
      windowMs: look.windowMs ?? null,
      tookMs: look.tookMs,
      clockSkewMs: look.clockSkewMs ?? null,
      cost: { boxCpuMs: look.boxCpuMs ?? null, bytesReceived: look.bytesReceived },
      findings: look.conclusion.findings,
      cleared: look.conclusion.cleared,
      unknown: look.conclusion.unknown,
      blind: look.blind,
      ...logsBesideJson(readingsOf(look.box)),
    })),
    oddOneOut: [],
  }
  return `${safeJson(answer)}\n`
}
