import type { Box } from '../../boxes/box.ts'
import type { CrashCapture, CrashRequest } from '../../evidence/inspect/crash.ts'
import type { InspectOptions, Target } from '../../evidence/inspect/inspector.ts'
import type { Stacks } from '../../evidence/inspect/stacks.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import { stackGroups } from '../../findings/inspect/stacks.ts'
import { endWords } from '../../findings/inspect/crash-says.ts'
import type { InspectRequest } from './inspect.ts'
import type { Inspection, Paid, ShownStacks } from './inspection.ts'
import { noneWords } from './none-words.ts'
import { redactedCrash } from './redacted-state.ts'
import { refusal } from './refusal.ts'
import { runInspector } from './run-inspector.ts'
import { crashInspectors } from './ways.ts'

type Watched = Pick<Inspection, 'crash' | 'noCrash' | 'paid'>

const BOUNDS: Pick<InspectOptions, 'samples' | 'betweenMs' | 'maxThreads' | 'maxFrames'> = {
  samples: 1,
  betweenMs: 0,
  maxThreads: 500,
  maxFrames: 100,
}
/** Symbols of a large program are read before it is watched, and stacks after it ended. Milliseconds. */
const AROUND_MS = 60_000

/** Waits for the end of the process, or of the time, by the best way that there is, when its price was accepted. Never rejects. */
export async function crashOf(
  box: Box,
  target: Target,
  identity: Identity | undefined,
  request: InspectRequest & { readonly onCrash?: CrashRequest },
): Promise<Watched> {
  const { by, signal, timeoutMs, onCrash, redact } = request
  if (!onCrash) return { paid: [] }
  const inspector = crashInspectors(target).find(({ id }) => by === undefined || id === by)
  if (!inspector) return { noCrash: noneWords(target, 'crash', by), paid: [] }
  const price = inspector.price(target)
  if (price.price !== 'free') {
    const refused = await refusal(box, inspector, target, identity, request)
    if (refused) return { noCrash: refused, paid: [] }
  }
  const startedAtMs = Date.now()
  const options = { ...BOUNDS, forMs: onCrash.forMs, timeoutMs: onCrash.forMs + Math.max(timeoutMs, AROUND_MS) }
  const { reading, proof, ended } = await runInspector(box, inspector, target, options, signal)
  const paid: Paid = { inspector: inspector.id, ...price, ...(proof ? { proof } : {}), ...(ended ? { ended } : {}) }
  if (reading.kind !== 'seen') {
    const hint = reading.kind === 'blind' ? reading.hint : ''
    return { noCrash: { what: inspector.title, why: reading.why, hint }, paid: [paid] }
  }
  const crash = redactedCrash(reading.value, redact)
  const { id, title } = inspector
  return {
    crash: {
      inspector: id,
      title,
      startedAtMs,
      tookMs: Date.now() - startedAtMs,
      forMs: onCrash.forMs,
      isGone: proof?.targets.some(({ after }) => after === 'ended') ?? false,
      crash,
      captures: crash.captures.map((capture) => shownCapture(capture, { id, title })),
    },
    paid: [paid],
  }
}

/** The thread in which it happened stands first, and says so. */
function shownCapture(
  { why, tid, stacks }: CrashCapture,
  { id, title }: { readonly id: string; readonly title: string },
): ShownStacks {
  const marked = tid === undefined ? stacks : markedStacks(stacks, tid, endWords(why, tid))
  const groups = stackGroups(marked).toSorted(
    (a, b) => Number(b.threads.some(({ says }) => says)) - Number(a.threads.some(({ says }) => says)),
  )
  return { inspector: id, title, groups, notes: stacks.notes, apartMs: 0, stacks: marked }
}

export function markedStacks(stacks: Stacks, tid: number, says: string): Stacks {
  return {
    ...stacks,
    samples: stacks.samples.map((sample) => ({
      ...sample,
      threads: sample.threads
        .map((thread) => (thread.tid === tid ? { ...thread, says: [says, ...(thread.says ?? [])] } : thread))
        .toSorted((a, b) => Number(b.tid === tid) - Number(a.tid === tid)),
    })),
  }
}
