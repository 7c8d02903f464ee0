import type { Box } from '../../boxes/box.ts'
import type { InspectOptions, Inspector, Target } from '../../evidence/inspect/inspector.ts'
import { interpreterNote } from '../../evidence/inspect/interpreters.ts'
import type { Stacks } from '../../evidence/inspect/stacks.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import { stackGroups } from '../../findings/inspect/stacks.ts'
import type { InspectRequest } from './inspect.ts'
import type { Paid, ShownStacks, Unseen } from './inspection.ts'
import { isNextTried, withBoth, type Stacked } from './next-way.ts'
import { noneWords } from './none-words.ts'
import { redactedStacks } from './redacted-state.ts'
import { refusal } from './refusal.ts'
import { runInspector } from './run-inspector.ts'
import { stackInspectors } from './ways.ts'

const STACKS: Pick<InspectOptions, 'samples' | 'betweenMs' | 'maxThreads' | 'maxFrames'> = {
  samples: 2,
  betweenMs: 200,
  maxThreads: 5_000,
  maxFrames: 200,
}
const NO_STACKS: Stacked = { stacks: undefined, noStacks: undefined, paid: [] }

/** Reads its stacks, by the best way for its price where they were asked for, else only where that is free. Never rejects. */
export async function stacksOf(
  box: Box,
  target: Target,
  identity: Identity | undefined,
  request: InspectRequest,
): Promise<Stacked> {
  if ((request.profile || request.at || request.memory) && !request.stacks) return NO_STACKS
  const usable = stackInspectors(target).filter(({ id }) => request.by === undefined || id === request.by)
  // Who asked gets the best there is for its price; else only what costs nothing and knows this runtime.
  const [inspector, ...others] = request.stacks
    ? usable
    : usable.filter((each) => each.price(target).price === 'free' && (each.runtimes !== 'any' || isHanging(target)))
  if (!inspector) return request.stacks ? unseen(noneWords(target, 'stacks', request.by)) : NO_STACKS
  const stacked = await stacksBy(inspector, box, target, identity, request)
  const [next] = others
  if (!next || !isNextTried(inspector, stacked, request.signal)) return stacked
  return withBoth(inspector, stacked, await stacksBy(next, box, target, identity, request))
}

async function stacksBy(
  inspector: Inspector<Stacks>,
  box: Box,
  target: Target,
  identity: Identity | undefined,
  request: InspectRequest,
): Promise<Stacked> {
  const price = inspector.price(target)
  if (price.price !== 'free') {
    const refused = await refusal(box, inspector, target, identity, request)
    if (refused) return unseen(refused)
  }
  const options = { ...STACKS, timeoutMs: request.timeoutMs }
  const { reading, proof, ended } = await runInspector(box, inspector, target, options, request.signal)
  const measured = reading.kind === 'seen' ? reading.value.samples.flatMap(({ stoppedMs }) => stoppedMs ?? []) : []
  const stoppedMs = measured.length === 0 ? undefined : Math.max(...measured)
  const paid: Paid = {
    inspector: inspector.id,
    ...price,
    ...(stoppedMs === undefined ? {} : { stoppedMs }),
    ...(proof ? { proof } : {}),
    ...(ended ? { ended } : {}),
  }
  if (reading.kind !== 'seen') {
    const hint = reading.kind === 'blind' ? reading.hint : ''
    return { ...unseen({ what: inspector.title, why: reading.why, hint }), paid: [paid] }
  }
  const stacks = redactedStacks(reading.value, request.redact)
  const note =
    inspector.runtimes !== 'any' && inspector.runtimes.includes('native') ? interpreterNote(target) : undefined
  return {
    stacks: shownStacks(inspector, note === undefined ? stacks : { ...stacks, notes: [...stacks.notes, note] }),
    noStacks: undefined,
    paid: [paid],
  }
}

/** Where it hangs in the kernel, its stacks there say in what. */
function isHanging({ process }: Target): boolean {
  return process.threads.some(({ state }) => state === 'D')
}

function unseen(noStacks: Unseen): Stacked {
  return { ...NO_STACKS, noStacks }
}

function shownStacks({ id, title }: Inspector<Stacks>, stacks: Stacks): ShownStacks {
  const { samples, notes } = stacks
  const apartMs = samples.length > 1 ? (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0) : 0
  return { inspector: id, title, groups: stackGroups(stacks), notes, apartMs, stacks }
}
