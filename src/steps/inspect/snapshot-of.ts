import type { Box } from '../../boxes/box.ts'
import type { InspectOptions, Inspector, Target } from '../../evidence/inspect/inspector.ts'
import type { Snapshot, SnapshotRequest } from '../../evidence/inspect/snapshot.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import type { InspectRequest } from './inspect.ts'
import type { Inspection, Paid } from './inspection.ts'
import { noneWords } from './none-words.ts'
import { redactedSnapshot } from './redacted-state.ts'
import { refusal } from './refusal.ts'
import { runInspector } from './run-inspector.ts'
import { snapshotInspectors } from './ways.ts'

type Caught = Pick<Inspection, 'snapshot' | 'noSnapshot' | 'paid'>

const BOUNDS: Pick<InspectOptions, 'samples' | 'betweenMs' | 'maxThreads' | 'maxFrames'> = {
  samples: 1,
  betweenMs: 0,
  maxThreads: 5_000,
  maxFrames: 40,
}
/** Lines are looked up before, and names after the time in which it is watched: in a binary of 100 MB on a starved box that takes long. Milliseconds. */
const AROUND_MS = 60_000

/** Values of variables each time a statement runs, by the best way that there is, when its price was accepted. Never rejects. */
export async function snapshotOf(
  box: Box,
  target: Target,
  identity: Identity | undefined,
  request: InspectRequest & { readonly at?: SnapshotRequest },
): Promise<Caught> {
  const { by, signal, timeoutMs, at, redact } = request
  if (!at) return { paid: [] }
  const found = snapshotInspectors(target, at).find(({ id }) => by === undefined || id === by)
  if (!found) return { noSnapshot: noneWords(target, 'snapshot', by), paid: [] }
  // What it costs hangs on what is asked.
  const inspector: Inspector<Snapshot> = { ...found, price: (of) => found.price(of, at) }
  const price = inspector.price(target)
  if (price.price !== 'free') {
    const refused = await refusal(box, inspector, target, identity, request)
    if (refused) return { noSnapshot: refused, paid: [] }
  }
  const startedAtMs = Date.now()
  const options = { ...BOUNDS, at, forMs: at.forMs, timeoutMs: at.forMs + Math.max(timeoutMs, AROUND_MS) }
  const { reading, proof, ended } = await runInspector(box, inspector, target, options, signal)
  const paid: Paid = { inspector: inspector.id, ...price, ...(proof ? { proof } : {}), ...(ended ? { ended } : {}) }
  if (reading.kind !== 'seen') {
    const hint = reading.kind === 'blind' ? reading.hint : ''
    return { noSnapshot: { what: inspector.title, why: reading.why, hint }, paid: [paid] }
  }
  const snapshot = redactedSnapshot(reading.value, redact)
  return {
    snapshot: { inspector: inspector.id, title: inspector.title, startedAtMs, asked: at, snapshot },
    paid: [paid],
  }
}
