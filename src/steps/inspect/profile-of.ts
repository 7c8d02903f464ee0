import type { Box } from '../../boxes/box.ts'
import type { InspectOptions, Inspector, Target } from '../../evidence/inspect/inspector.ts'
import type { Profile } from '../../evidence/inspect/profile.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import { compareProfiles } from '../../findings/inspect/compared-profiles.ts'
import { profileTops } from '../../findings/inspect/profile.ts'
import { redactedProfile } from './redacted-state.ts'
import type { InspectRequest } from './inspect.ts'
import type { Inspection, Paid, ShownProfile } from './inspection.ts'
import { noneWords } from './none-words.ts'
import { refusal } from './refusal.ts'
import { runInspector } from './run-inspector.ts'
import { profileInspectors, type ProfileWay } from './ways.ts'

export interface ProfileRequest {
  /** Of processor time, or of waiting. */
  readonly of: ProfileWay
  /** How long it is watched. Milliseconds. */
  readonly forMs: number
  /** An earlier profile to compare with, and the name of its file. */
  readonly before: { readonly file: string; readonly profile: Pick<Profile, 'stacks' | 'idle'> } | undefined
}

type Profiled = Pick<Inspection, 'profile' | 'noProfile' | 'paid'>

const BOUNDS: Pick<InspectOptions, 'samples' | 'betweenMs' | 'maxThreads' | 'maxFrames'> = {
  samples: 1,
  betweenMs: 0,
  maxThreads: 5_000,
  maxFrames: 127,
}
/** Names of functions are looked up after the samples were taken: in a binary of 100 MB on a starved box that takes its time. Milliseconds. */
const NAMING_MS = 60_000

/** Watches where the process spends its time, by the best way that there is, when its price was accepted. Never rejects. */
export async function profileOf(
  box: Box,
  target: Target,
  identity: Identity | undefined,
  request: InspectRequest & { readonly profile?: ProfileRequest },
): Promise<Profiled> {
  const { by, signal, timeoutMs, profile: asked } = request
  if (!asked) return { paid: [] }
  const inspector = profileInspectors(target, asked.of).find(({ id }) => by === undefined || id === by)
  if (!inspector) return { noProfile: noneWords(target, asked.of, by), paid: [] }
  const price = inspector.price(target)
  if (price.price !== 'free') {
    const refused = await refusal(box, inspector, target, identity, request)
    if (refused) return { noProfile: refused, paid: [] }
  }
  const startedAtMs = Date.now()
  const options = { ...BOUNDS, forMs: asked.forMs, timeoutMs: asked.forMs + Math.max(timeoutMs, NAMING_MS) }
  const { reading, proof, ended } = await runInspector(box, inspector, target, options, signal)
  const paid: Paid = { inspector: inspector.id, ...price, ...(proof ? { proof } : {}), ...(ended ? { ended } : {}) }
  if (reading.kind !== 'seen') {
    const hint = reading.kind === 'blind' ? reading.hint : ''
    return { noProfile: { what: inspector.title, why: reading.why, hint }, paid: [paid] }
  }
  const profile = redactedProfile(reading.value, request.redact)
  return { profile: shownProfile(inspector, profile, startedAtMs, asked), paid: [paid] }
}

function shownProfile(
  { id, title }: Inspector<Profile>,
  profile: Profile,
  startedAtMs: number,
  { before }: ProfileRequest,
): ShownProfile {
  return {
    inspector: id,
    title,
    startedAtMs,
    profile,
    tops: profileTops(profile),
    ...(before ? { compared: { with: before.file, changes: compareProfiles(before.profile, profile) } } : {}),
  }
}
