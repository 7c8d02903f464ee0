import { safeJson } from '../../base/safe-text.ts'
import type { OddBox } from '../../findings/drift/odd-one-out.ts'
import { hasDrift, isStale, type BoxDrift } from '../../steps/hotfix/contract.ts'

/** `halligan.drift/1` (docs/hotfix.md): changed only by adding. */
export function driftJson(drifts: readonly BoxDrift[], odd: readonly OddBox[]): string {
  const told = { schema: 'halligan.drift/1', boxes: drifts.map(boxJson), oddOneOut: odd }
  return `${safeJson(told)}\n`
}

function boxJson(drift: BoxDrift): unknown {
  const { expected, processes, settings, deployedAtMs, tookMs, files, identity, failure, ...rest } = drift
  return {
    ...rest,
    drift: failure ? null : hasDrift(drift),
    identity: identity && { hostname: identity.hostname, machineId: identity.machineId, bootId: identity.bootId },
    failure,
    expected: expected && {
      commit: expected.commit.id,
      subject: expected.commit.subject,
      committedAt: iso(expected.commit.atMs),
      how: expected.how,
      from: expected.from,
      equal: expected.equal,
    },
    files: files.map(({ modifiedAtMs, ...each }) => ({ ...each, modifiedAt: iso(modifiedAtMs) })),
    deployedAt: iso(deployedAtMs),
    processes: processes.map(({ startedAtMs, older, ...each }) => ({
      ...each,
      startedAt: iso(startedAtMs),
      stale: isStale({ ...each, startedAtMs, older }),
      older: older.map(({ path, atMs }) => ({ path, writtenAt: iso(atMs) })),
    })),
    settings: settings.map(({ modifiedAtMs, ...each }) => ({ ...each, modifiedAt: iso(modifiedAtMs) })),
    tookMs: Math.round(tookMs),
  }
}

function iso(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString()
}
