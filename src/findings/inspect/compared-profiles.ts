import type { Frame } from '../../evidence/inspect/frame.ts'
import type { Profile, WeightedStack } from '../../evidence/inspect/profile.ts'
import { callTree, profileTops, type CallNode, type ProfiledFunction } from './profile.ts'

/** What changed from one profile to another, in shares of what ran in each: their lengths and the number of their samples make no difference. */
export interface ComparedProfiles {
  /** Functions whose own share changed, the largest change first. */
  readonly bySelf: readonly ChangedFunction[]
  readonly byTotal: readonly ChangedFunction[]
  readonly tree: ChangedCall
  /** One of them has names of functions without their places: functions of the same name count as one. */
  readonly byNameAlone: boolean
}

export interface ChangedFunction {
  readonly function: string
  readonly place?: string
  readonly line?: number
  readonly own: boolean
  /** From 0 to 1. */
  readonly before: number
  readonly after: number
  /** `after` less `before`. */
  readonly change: number
}

/** A call in both trees. */
export interface ChangedCall extends ChangedFunction {
  /** The largest change below it first. */
  readonly calls: readonly ChangedCall[]
}

/** Pure. */
export function compareProfiles(
  before: Pick<Profile, 'stacks' | 'idle'>,
  after: Pick<Profile, 'stacks' | 'idle'>,
): ComparedProfiles {
  const byNameAlone = !hasPlaces(before.stacks) || !hasPlaces(after.stacks)
  const [old, now] = [before, after].map(({ stacks, idle }) => ({
    idle,
    stacks: byNameAlone ? stacks.map(withoutPlaces) : stacks,
  })) as [Pick<Profile, 'stacks' | 'idle'>, Pick<Profile, 'stacks' | 'idle'>]
  const oldTops = profileTops(old)
  const nowTops = profileTops(now)
  const trees = { old: callTree(old.stacks), now: callTree(now.stacks) }
  return {
    bySelf: changedFunctions(oldTops.bySelf, nowTops.bySelf, ({ selfShare }) => selfShare),
    byTotal: changedFunctions(oldTops.byTotal, nowTops.byTotal, ({ totalShare }) => totalShare),
    tree: changedCall(trees.old, trees.now, { old: trees.old.total, now: trees.now.total }),
    byNameAlone,
  }
}

function hasPlaces(stacks: readonly WeightedStack[]): boolean {
  return stacks.some(({ frames }) => frames.some(({ file, module }) => file !== undefined || module !== undefined))
}

function withoutPlaces({ frames, ...rest }: WeightedStack): WeightedStack {
  return {
    ...rest,
    frames: frames.map(({ function: called, own }): Frame => ({
      function: called,
      ...(own === undefined ? {} : { own }),
    })),
  }
}

function changedFunctions(
  old: readonly ProfiledFunction[],
  now: readonly ProfiledFunction[],
  shareOf: (each: ProfiledFunction) => number,
): readonly ChangedFunction[] {
  const was = new Map(old.map((each) => [keyOf(each), each]))
  const is = new Map(now.map((each) => [keyOf(each), each]))
  return [...new Set([...was.keys(), ...is.keys()])]
    .flatMap((key): ChangedFunction[] => {
      const [a, b] = [was.get(key), is.get(key)]
      const which = b ?? a
      return which ? [changeOf(which, a?.own === true || b?.own === true, a ? shareOf(a) : 0, b ? shareOf(b) : 0)] : []
    })
    .filter(({ change }) => change !== 0)
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change) || (keyOf(a) < keyOf(b) ? -1 : 1))
}

interface Totals {
  readonly old: number
  readonly now: number
}

function changedCall(old: CallNode | undefined, now: CallNode | undefined, totals: Totals): ChangedCall {
  const which = now ?? old ?? { function: '', own: false, calls: [] }
  const was = new Map(old?.calls.map((each) => [keyOf(each), each]))
  const is = new Map(now?.calls.map((each) => [keyOf(each), each]))
  const calls = [...new Set([...is.keys(), ...was.keys()])].map((key) => changedCall(was.get(key), is.get(key), totals))
  const share = (node: CallNode | undefined, total: number): number => (node && total > 0 ? node.total / total : 0)
  return {
    ...changeOf(which, old?.own === true || now?.own === true, share(old, totals.old), share(now, totals.now)),
    calls: calls.toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change)),
  }
}

function changeOf(
  { function: called, place, line }: Pick<ProfiledFunction, 'function' | 'place' | 'line'>,
  own: boolean,
  before: number,
  after: number,
): ChangedFunction {
  return {
    function: called,
    ...(place === undefined ? {} : { place }),
    ...(line === undefined ? {} : { line }),
    own,
    before,
    after,
    change: after - before,
  }
}

function keyOf({ function: called, place }: Pick<ProfiledFunction, 'function' | 'place'>): string {
  return JSON.stringify([called, place])
}
