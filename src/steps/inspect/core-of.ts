import { randomHex } from '../../base/random.ts'
import type { Box } from '../../boxes/box.ts'
import { coreEstimate, coreEstimateScript, tooFull } from '../../evidence/inspect/core/core-estimate.ts'
import type { CoreEstimate, CoreOrder } from '../../evidence/inspect/core/taken-core.ts'
import { gcore, gcoreOf } from '../../evidence/inspectors/native/gcore.ts'
import type { InspectOptions, PriceTag, Target } from '../../evidence/inspect/inspector.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import type { InspectRequest } from './inspect.ts'
import type { Inspection, Paid, Unseen } from './inspection.ts'
import { noneWords } from './none-words.ts'
import { refusal } from './refusal.ts'
import { runInspector } from './run-inspector.ts'
import { waysInto } from './ways.ts'

type Taken = Pick<Inspection, 'core' | 'noCore' | 'paid'>

const BOUNDS: Pick<InspectOptions, 'samples' | 'betweenMs' | 'maxThreads' | 'maxFrames'> = {
  samples: 1,
  betweenMs: 0,
  maxThreads: 5_000,
  maxFrames: 1,
}
const ESTIMATE_BYTES = 64 * 1024
/** What a disk that is slower than it was taken for makes of it. */
const PATIENCE = 5
const AROUND_MS = 30_000

/** Takes a core into a file on the box: what it would take is asked first, without attaching, and is in the price. Never rejects. */
export async function coreOf(
  box: Box,
  target: Target,
  identity: Identity | undefined,
  request: InspectRequest & { readonly core?: CoreOrder },
): Promise<Taken> {
  const { timeoutMs, signal, core: order, by } = request
  if (!order) return { paid: [] }
  const way = waysInto(target).find(({ inspector }) => inspector === gcore.id)
  if (!way?.available || (by !== undefined && by !== gcore.id))
    return { noCore: noneWords(target, 'core', by), paid: [] }
  const estimate = await estimateOf(box, target, order, request)
  if ('why' in estimate) return { noCore: estimate, paid: [] }
  const full = tooFull(estimate)
  if (full !== undefined)
    return { noCore: { what: gcore.title, why: full, hint: '--core FOLDER with one that has more room' }, paid: [] }
  const inspector = gcoreOf(estimate)
  const price = inspector.price(target)
  const refused = await refusal(box, inspector, target, identity, request)
  if (refused) return { noCore: { ...refused, why: `${refused.why}: ${costWords(price)}` }, paid: [] }
  const options = { ...BOUNDS, timeoutMs: Math.max(timeoutMs, PATIENCE * estimate.pauseMs + AROUND_MS) }
  const { reading, proof, ended } = await runInspector(box, inspector, target, options, signal)
  const { residue, ...cost } = price
  const paid: Paid = {
    inspector: inspector.id,
    ...cost,
    ...(reading.kind === 'seen' && residue !== undefined ? { residue } : {}),
    ...(proof ? { proof } : {}),
    ...(ended ? { ended } : {}),
  }
  if (reading.kind !== 'seen') {
    const hint = reading.kind === 'blind' ? reading.hint : ''
    return { noCore: { what: inspector.title, why: reading.why, hint }, paid: [paid] }
  }
  return {
    core: { inspector: inspector.id, title: inspector.title, taken: reading.value, estimate },
    paid: [paid],
  }
}

/** Who refuses it for its price should see all of it. */
function costWords({ why, pauseMs = 0 }: PriceTag): string {
  return `it would stand still for some ${pauseMs} ms; ${why}`
}

async function estimateOf(
  box: Box,
  target: Target,
  order: CoreOrder,
  { timeoutMs, signal }: InspectRequest,
): Promise<CoreEstimate | Unseen> {
  const result = await box.run(coreEstimateScript(target.process, order), {
    what: 'what a core would take',
    timeoutMs,
    maxBytes: ESTIMATE_BYTES,
    signal,
  })
  const reading = coreEstimate(result.stdout, target.process, randomHex(4))
  if (reading.kind === 'seen') return reading.value
  const { failure } = result
  return {
    what: gcore.title,
    why: failure?.message ?? reading.why,
    hint: failure?.tryNext ?? (reading.kind === 'blind' ? reading.hint : ''),
  }
}
