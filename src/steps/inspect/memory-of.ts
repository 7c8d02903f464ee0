import type { Box } from '../../boxes/box.ts'
import type { InspectOptions, Inspector, Target } from '../../evidence/inspect/inspector.ts'
import type { MemoryUse } from '../../evidence/inspect/memory-use.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import { growsSteadily, rankedTypes } from '../../findings/inspect/memory-growth.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import type { InspectRequest } from './inspect.ts'
import type { Inspection, Paid, ShownMemory, Unseen } from './inspection.ts'
import { noneWords } from './none-words.ts'
import { refusal } from './refusal.ts'
import { runInspector } from './run-inspector.ts'
import { memoryInspectors } from './ways.ts'

export interface MemoryRequest {
  /** How long it is watched. Milliseconds. */
  readonly forMs: number
}

type Remembered = Pick<Inspection, 'memoryUse' | 'noMemory' | 'paid'>

const BOUNDS: Pick<InspectOptions, 'samples' | 'betweenMs' | 'maxThreads' | 'maxFrames'> = {
  samples: 2,
  betweenMs: 0,
  maxThreads: 500,
  maxFrames: 1,
}
/** Counting the objects of a big heap, twice, on a starved box. Milliseconds. */
const COUNTING_MS = 90_000

/**
 * Watches its memory by the best way that there is. Where the types of its objects have a price that nobody accepted, or cannot be had, its memory is told by kind, and why there
 * are no types. Never rejects.
 */
export async function memoryOf(
  box: Box,
  target: Target,
  identity: Identity | undefined,
  request: InspectRequest & { readonly memory?: MemoryRequest },
): Promise<Remembered> {
  const { by, memory: asked } = request
  if (!asked) return { paid: [] }
  const usable = memoryInspectors(target).filter(({ id }) => by === undefined || id === by)
  const [best, ...others] = usable
  if (!best) return { noMemory: noneWords(target, 'memory', by), paid: [] }
  const first = await watched(box, best, target, identity, { ...request, memory: asked })
  const fallback = others.find((each) => each.price(target).price === 'free')
  if (first.use || !fallback) return remembered(first, request.redact)
  const second = await watched(box, fallback, target, identity, { ...request, memory: asked })
  const paid = [...first.paid, ...second.paid]
  if (!second.use) return remembered({ ...first, paid }, request.redact)
  const { why, hint } = first.unseen
  return remembered(
    { ...second, use: { ...second.use, noTypes: { why: `${best.title}: ${why}`, hint } }, paid },
    request.redact,
  )
}

interface Watched {
  readonly inspector: Inspector<MemoryUse>
  readonly use: MemoryUse | undefined
  /** Why there is no use. */
  readonly unseen: Unseen
  readonly paid: readonly Paid[]
}

async function watched(
  box: Box,
  inspector: Inspector<MemoryUse>,
  target: Target,
  identity: Identity | undefined,
  request: InspectRequest & { readonly memory: MemoryRequest },
): Promise<Watched> {
  const price = inspector.price(target)
  const nothing = { inspector, use: undefined, unseen: { what: inspector.title, why: '', hint: '' } }
  if (price.price !== 'free') {
    const refused = await refusal(box, inspector, target, identity, request)
    if (refused) return { ...nothing, unseen: refused, paid: [] }
  }
  const { forMs } = request.memory
  const options = { ...BOUNDS, forMs, timeoutMs: forMs + Math.max(request.timeoutMs, COUNTING_MS) }
  const { reading, proof, ended } = await runInspector(box, inspector, target, options, request.signal)
  const paid: Paid = { inspector: inspector.id, ...price, ...(proof ? { proof } : {}), ...(ended ? { ended } : {}) }
  if (reading.kind === 'seen') return { ...nothing, use: reading.value, paid: [paid] }
  const hint = reading.kind === 'blind' ? reading.hint : ''
  return { ...nothing, unseen: { what: inspector.title, why: reading.why, hint }, paid: [paid] }
}

function remembered({ inspector, use, unseen, paid }: Watched, redact: Redact): Remembered {
  if (!use) return { noMemory: unseen, paid }
  return { memoryUse: shownMemory(inspector, redactedUse(use, redact)), paid }
}

function shownMemory({ id, title }: Inspector<MemoryUse>, use: MemoryUse): ShownMemory {
  const ranked = {
    ...use,
    ...(use.types ? { types: rankedTypes(use.types) } : {}),
    ...(use.sites ? { sites: use.sites.toSorted((a, b) => b.bytes - a.bytes) } : {}),
  }
  return { inspector: id, title, use: ranked, growsSteadily: growsSteadily(use) }
}

/** Names of types and files come from the program, and may be made of anything. */
function redactedUse(use: MemoryUse, redact: Redact): MemoryUse {
  return {
    ...use,
    notes: use.notes.map((note) => redact(note)),
    ...(use.types ? { types: use.types.map((each) => ({ ...each, name: redact(each.name) })) } : {}),
  }
}
