import type { Box } from '../../boxes/box.ts'
import type { Inspector, Target } from '../../evidence/inspect/inspector.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import { anotherMachine } from '../../incidents/known-machine.ts'
import type { InspectRequest } from './inspect.ts'
import type { Unseen } from './inspection.ts'

/** Before anything that costs: is it the machine that is meant, and is the price accepted? */
export async function refusal(
  box: Box,
  inspector: Inspector<unknown>,
  target: Target,
  identity: Identity | undefined,
  { entries, accepts }: Pick<InspectRequest, 'entries' | 'accepts'>,
): Promise<Unseen | undefined> {
  const what = inspector.title
  if (!identity) return { what, why: 'the box did not say which machine it is', hint: '' }
  const another = anotherMachine(await entries(), box.name, identity)
  if (another) return { what, why: another, hint: 'find out which one is meant' }
  const accepted = await accepts(inspector, target)
  return accepted.accepted ? undefined : { what, why: accepted.why, hint: accepted.hint }
}
