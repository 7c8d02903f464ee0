import type { CoreOrder } from '../../evidence/inspect/core/taken-core.ts'
import type { CrashRequest } from '../../evidence/inspect/crash.ts'
import type { SnapshotRequest } from '../../evidence/inspect/snapshot.ts'
import type { MemoryRequest } from '../../steps/inspect/memory-of.ts'
import type { ProfileRequest } from '../../steps/inspect/profile-of.ts'
import type { InspectFlags } from '../commands/inspect.ts'
import { Problem } from '../problem.ts'

/** What one look into a process is for, besides its state and its stacks: at most one of these. */
export interface InspectRequests {
  readonly profile: ProfileRequest | undefined
  readonly memory: MemoryRequest | undefined
  readonly at: SnapshotRequest | undefined
  readonly onCrash: CrashRequest | undefined
  readonly core: CoreOrder | undefined
}

/** What the options ask for; a `Problem` for what is none, and for two at once. No box is asked before. */
export async function requestsOf(flags: InspectFlags): Promise<InspectRequests> {
  const [first, second] = (['profile', 'memory', 'at', 'onCrash', 'core'] as const).filter((name) => flags[name])
  if (first && second)
    throw new Problem(`${OPTION[first]} and ${OPTION[second]} are two looks.`, 'One after the other.', 2)
  return {
    profile: await profileRequest(flags),
    memory: memoryRequest(flags),
    at: await snapshotRequest(flags),
    onCrash: crashRequest(flags),
    core: coreOrder(flags),
  }
}

const OPTION = { profile: '--profile', memory: '--memory', at: '--at', onCrash: '--on-crash', core: '--core' } as const

const OF_RUNNING = { ...OPTION, by: '--by', toolbox: '--toolbox' } as const

/** A core is read in one way, at no price: who asks for something of a running process is told so, and not left to believe that it was done. */
export function mustSuitCore(flags: InspectFlags): void {
  const first = (Object.keys(OF_RUNNING) as (keyof typeof OF_RUNNING)[]).find((name) => flags[name])
  if (first)
    throw new Problem(
      `${OF_RUNNING[first]} is for running processes.`,
      'A core is read with its stacks: halligan inspect BOX core:FILE',
      2,
    )
}

/** What is used where no time is named. Milliseconds. */
const USUAL_PROFILE_MS = 10_000
const PROFILE_MS = {
  least: 100,
  most: 300_000,
  words: 'a time from 100ms to 5min',
  example: '10s, or put --profile last',
} as const

/** Before the box is entered: how long, and the profile to compare with. */
async function profileRequest({ profile, offCpu, compare, output }: InspectFlags): Promise<ProfileRequest | undefined> {
  if (profile === undefined) {
    const without = offCpu ? '--off-cpu' : compare === undefined ? output && '--output' : '--compare'
    if (without) throw new Problem(`${without} is for profiles.`, `Add --profile 10s.`, 2)
    return undefined
  }
  const { mustBeProfileFile, readProfile } = await import('../inspect/profile-output.ts')
  const forMs = profile === true ? USUAL_PROFILE_MS : timeOf('--profile', profile, PROFILE_MS)
  if (output !== undefined) mustBeProfileFile(output)
  return {
    of: offCpu ? 'off-cpu' : 'profile',
    forMs,
    before: compare === undefined ? undefined : { file: compare, profile: readProfile(compare) },
  }
}

/** What is used where no time is named: long enough for a slow leak to be told from noise. */
const USUAL_MEMORY_MS = 30_000
const MEMORY_MS = { least: 1_000, most: 1_800_000, words: 'a time from 1s to 30min', example: '30s' } as const

function memoryRequest({ memory, for: time }: InspectFlags): MemoryRequest | undefined {
  if (!memory) return undefined
  return { forMs: time === undefined ? USUAL_MEMORY_MS : timeOf('--for', time, MEMORY_MS) }
}

/** What is used where it is not named. */
const USUAL_HITS = 5
const USUAL_SNAPSHOT_MS = 30_000
const SNAPSHOT_MS = { least: 1_000, most: 600_000, words: 'a time from 1s to 10min', example: '30s' } as const

/** Before the box is entered: the statement, and expressions that can change nothing. */
async function snapshotRequest(flags: InspectFlags): Promise<SnapshotRequest | undefined> {
  const { at, when, print: values, hits, for: time, memory } = flags
  if (at === undefined) {
    const without = (['when', 'print', 'hits', 'for'] as const).find((name) => flags[name] !== undefined)
    if (without === 'for' && (memory || flags.onCrash)) return undefined
    if (without === 'for')
      throw new Problem('--for is for what is watched.', 'Add --at FILE:LINE, --memory or --on-crash.', 2)
    if (without !== undefined) throw new Problem(`--${without} is for snapshots.`, 'Add --at FILE:LINE.', 2)
    return undefined
  }
  const { MOST_HITS, statementPlace } = await import('../../evidence/inspect/snapshot.ts')
  const { readExpression, readExpressions } = await import('../../evidence/inspect/expression.ts')
  const place = statementPlace(at)
  if (!place)
    throw new Problem(
      `--at takes a statement, and "${at}" is none.`,
      'FILE:LINE like src/cart.c:118, or the name of a function.',
      2,
    )
  const condition = when === undefined ? undefined : readExpression(when)
  if (condition && !condition.ok)
    throw new Problem(`--when ${when} is refused: ${condition.why}.`, condition.tryNext, 2)
  const printed = values === undefined ? undefined : readExpressions(values)
  if (printed && !printed.ok)
    throw new Problem(`--print "${printed.part}" is refused: ${printed.why}.`, printed.tryNext, 2)
  const many = hits === undefined ? USUAL_HITS : /^\d{1,3}$/.test(hits) ? Number(hits) : 0
  if (many < 1 || many > MOST_HITS)
    throw new Problem(`--hits takes a number from 1 to ${MOST_HITS}, not "${hits}".`, 'For example --hits 5.', 2)
  return {
    ...place,
    ...(condition ? { when: condition.expression } : {}),
    print: printed?.expressions ?? [],
    hits: many,
    forMs: time === undefined ? USUAL_SNAPSHOT_MS : timeOf('--for', time, SNAPSHOT_MS),
  }
}

/** What is used where no time is named. Milliseconds. */
const USUAL_WATCH_MS = 30 * 60_000
const WATCH_MS = { least: 1_000, most: 24 * 3_600_000, words: 'a time from 1s to 24h', example: '30m' } as const

function crashRequest({ onCrash, for: time }: InspectFlags): CrashRequest | undefined {
  if (!onCrash) return undefined
  return { forMs: time === undefined ? USUAL_WATCH_MS : timeOf('--for', time, WATCH_MS) }
}

function coreOrder({ core }: InspectFlags): CoreOrder | undefined {
  if (core === undefined) return undefined
  if (core === true) return {}
  if (/^\/[^\0\n]*$/.test(core)) return { folder: core }
  throw new Problem(
    `--core takes a folder on the box, and "${core}" is none.`,
    'Put --core last, or name a folder: --core /var/tmp.',
    2,
  )
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 }

interface TimeBounds {
  readonly least: number
  readonly most: number
  readonly words: string
  readonly example: string
}

function timeOf(option: string, typed: string, { least, most, words, example }: TimeBounds): number {
  const [, number = '', unit = 's'] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|min|h)?$/.exec(typed) ?? []
  const ms = number === '' ? NaN : Number(number) * (UNIT_MS[unit] ?? 1)
  if (ms >= least && ms <= most) return ms
  throw new Problem(`${option} takes ${words}, not "${typed}".`, `For example ${option} ${example}.`, 2)
}
