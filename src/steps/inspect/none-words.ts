import type { Target, Way } from '../../evidence/inspect/inspector.ts'
import type { Unseen } from './inspection.ts'
import { waysInto } from './ways.ts'

/** Why no inspector does that here: of the one that was named, or of the best that there would be. */
export function noneWords(target: Target, does: Way, by: string | undefined): Unseen {
  const what = WORDS[does]
  const all = waysInto(target).filter((way) => way.does === does)
  const best = all.find(({ inspector }) => by === undefined || inspector === by)
  if (!best && by !== undefined)
    return { what, why: `there is no way "${by}"`, hint: all.map(({ inspector }) => inspector).join(', ') }
  return {
    what,
    why: best?.why ?? `no way to ${A[does]} of ${target.runtime.kind} is known`,
    hint: best?.hint ?? '',
  }
}

const WORDS: Readonly<Record<Way, string>> = {
  state: 'state',
  stacks: 'stacks',
  profile: 'profile',
  'off-cpu': 'profile of waiting',
  snapshot: 'snapshot',
  memory: 'memory',
  core: 'core',
  crash: 'watch for its end',
}

const A: Readonly<Record<Way, string>> = {
  state: 'the state',
  stacks: 'the stacks',
  profile: 'a profile',
  'off-cpu': 'a profile of waiting',
  snapshot: 'a snapshot',
  memory: 'the memory',
  core: 'a core',
  crash: 'watch for the end',
}
