import type { PayloadOf } from '../../incidents/payloads.ts'
import type { Recorded, Recorder } from '../../incidents/recorder.ts'
import { isStale, type BoxDrift } from './contract.ts'

/** Files that the entry names; the diff of all is its evidence. */
const FILES_KEPT = 500

/** Writes down what was seen. */
export function recordDrift(drift: BoxDrift, recorder: Recorder): Promise<Recorded> {
  const { box, identity } = drift
  const diff = drift.files.map((file) => file.diff ?? '').join('')
  return recorder.record(
    (evidence) => ({ did: 'drift-seen', box, identity, payload: payloadOf(drift, evidence) }),
    diff === '' ? [] : [Buffer.from(diff)],
  )
}

function payloadOf(drift: BoxDrift, evidence: readonly string[]): PayloadOf<'drift-seen'> {
  const { expected, files, processes, settings, notices, blind, failure } = drift
  const compared = { same: drift.same, ofCommit: drift.ofCommit }
  return {
    tookMs: Math.round(drift.tookMs),
    path: drift.folder,
    ...(expected && { commit: expected.commit.id, how: expected.how, from: expected.from, ...compared }),
    files: files.slice(0, FILES_KEPT).map(({ path, what, modifiedAtMs, owner, who }) => ({
      path,
      what,
      ...(modifiedAtMs !== undefined && { modifiedAt: new Date(modifiedAtMs).toISOString() }),
      ...(owner !== undefined && { owner }),
      ...(who.length > 0 && { who }),
    })),
    ...(files.length > FILES_KEPT && { left: files.length - FILES_KEPT }),
    processes: processes.filter(isStale).map((each) => ({ pid: each.pid, name: each.name, says: staleWords(each) })),
    settings: settings.map(({ file, why }) => ({ file, why })),
    notices,
    blind,
    ...(failure && { failure }),
    ...(evidence.length > 0 && { evidence }),
  }
}

/** What a process has against it, in words. */
export function staleWords({ runsDeleted, older }: BoxDrift['processes'][number]): string {
  const [first, ...others] = older
  const more = others.length === 0 ? '' : ` and ${others.length} more files`
  return [
    ...(runsDeleted === undefined ? [] : [`runs ${runsDeleted}, which was removed or replaced`]),
    ...(first ? [`started before ${first.path}${more} ${others.length === 0 ? 'was' : 'were'} written`] : []),
  ].join('; ')
}
