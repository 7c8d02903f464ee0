import type { BoxLook } from '../steps/look.ts'

/** The contract `halligan.look/1` (ARCHITECTURE.md): changed only by adding. Times in milliseconds unless they say otherwise. */
export function lookJson(looks: readonly BoxLook[], startedAtMs: number, tookMs: number): unknown {
  return {
    schema: 'halligan.look/1',
    startedAt: new Date(startedAtMs).toISOString(),
    tookMs,
    boxes: looks.map((look) => ({
      box: look.box,
      state: look.state,
      ...(look.identity ? { identity: look.identity } : {}),
      ...(look.failure ? { failure: look.failure } : {}),
      windowMs: look.windowMs ?? null,
      tookMs: look.tookMs,
      clockSkewMs: look.clockSkewMs ?? null,
      cost: { boxCpuMs: look.boxCpuMs ?? null, bytesReceived: look.bytesReceived },
      findings: look.conclusion.findings,
      cleared: look.conclusion.cleared,
      unknown: look.conclusion.unknown,
      blind: look.blind,
    })),
    oddOneOut: [],
  }
}
