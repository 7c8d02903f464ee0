import type { Frame } from '../../evidence/inspect/frame.ts'
import type { Profile, WeightedStack } from '../../evidence/inspect/profile.ts'

/** One function, with what was seen in it. */
export interface ProfiledFunction {
  readonly function: string
  /** Its file, or the module that it lies in. */
  readonly place?: string
  /** Of the first sample in it. From 1. */
  readonly line?: number
  readonly own: boolean
  /** In the function itself, in the unit of the profile. */
  readonly self: number
  /** With all that it calls; of a function that calls itself a sample counts once. */
  readonly total: number
  /** Of all that ran, from 0 to 1. */
  readonly selfShare: number
  readonly totalShare: number
}

/** A profile by functions. */
export interface ProfileTops {
  /** Of all stacks, in the unit of the profile. */
  readonly total: number
  /** Of all samples, those in which nothing ran. From 0 to 1. */
  readonly idleShare: number
  /** Of what ran, the part whose innermost own function is known. From 0 to 1. */
  readonly ownShare: number
  readonly bySelf: readonly ProfiledFunction[]
  readonly byTotal: readonly ProfiledFunction[]
}

/** A call with all its calls below it; those of all threads are one. */
export interface CallNode {
  readonly function: string
  readonly place?: string
  readonly line?: number
  readonly own: boolean
  readonly self: number
  readonly total: number
  /** The heaviest first. */
  readonly calls: readonly CallNode[]
}

/** Function by function: where most is spent, alone and with what is called. Pure. */
export function profileTops({ stacks, idle }: Pick<Profile, 'stacks' | 'idle'>): ProfileTops {
  const total = sum(stacks)
  const functions = new Map<string, { frame: Frame; self: number; total: number }>()
  for (const { frames, weight } of stacks) {
    const seen = new Set<string>()
    frames.forEach((frame, at) => {
      const key = functionKey(frame)
      const known = functions.get(key) ?? { frame, self: 0, total: 0 }
      functions.set(key, known)
      if (at === 0) known.self += weight
      if (!seen.has(key)) known.total += weight
      seen.add(key)
    })
  }
  const all = [...functions.values()].map(({ frame, ...spent }): ProfiledFunction => ({
    ...named(frame),
    ...spent,
    selfShare: shareOf(spent.self, total),
    totalShare: shareOf(spent.total, total),
  }))
  return {
    total,
    idleShare: shareOf(idle, total + idle),
    ownShare: shareOf(sum(stacks.filter(({ frames }) => frames.some(({ own }) => own))), total),
    bySelf: all.filter(({ self }) => self > 0).toSorted((a, b) => b.self - a.self || b.total - a.total),
    byTotal: all.toSorted((a, b) => b.total - a.total || b.self - a.self),
  }
}

/** The stacks as one tree; its root is no function, and is called by its `all`. Pure. */
export function callTree(stacks: readonly WeightedStack[]): CallNode {
  const root = grown({ function: 'all' })
  for (const { frames, weight } of stacks) {
    let node = root
    node.total += weight
    for (const frame of frames.toReversed()) {
      const key = functionKey(frame)
      const next = node.calls.get(key) ?? grown(frame)
      node.calls.set(key, next)
      next.total += weight
      node = next
    }
    node.self += weight
  }
  return treeOf(root)
}

interface Growing {
  readonly frame: Frame
  self: number
  total: number
  readonly calls: Map<string, Growing>
}

function grown(frame: Frame): Growing {
  return { frame, self: 0, total: 0, calls: new Map() }
}

/** A profile bounds its stacks (`maxFrames` of the inspectors), and with them the depth of this. */
function treeOf({ frame, self, total, calls }: Growing): CallNode {
  return {
    ...named(frame),
    self,
    total,
    calls: [...calls.values()].map(treeOf).toSorted((a, b) => b.total - a.total || compareText(a.function, b.function)),
  }
}

/** The same for one function, wherever in it the samples are. */
function functionKey({ function: called, file, module }: Frame): string {
  return JSON.stringify([called, file ?? module])
}

function named(frame: Frame): Pick<ProfiledFunction, 'function' | 'place' | 'line' | 'own'> {
  const place = frame.file ?? frame.module
  return {
    function: frame.function,
    ...(place === undefined ? {} : { place }),
    ...(frame.file === undefined || frame.line === undefined ? {} : { line: frame.line }),
    own: frame.own === true,
  }
}

function sum(stacks: readonly WeightedStack[]): number {
  return stacks.reduce((all, { weight }) => all + weight, 0)
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
