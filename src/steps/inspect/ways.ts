import type { Crash } from '../../evidence/inspect/crash.ts'
import type { BoxTool, Inspector, PriceTag, Target } from '../../evidence/inspect/inspector.ts'
import { INTERPRETER_TOOLS } from '../../evidence/inspect/interpreters.ts'
import type { MemoryUse } from '../../evidence/inspect/memory-use.ts'
import type { Profile } from '../../evidence/inspect/profile.ts'
import type { Snapshot, SnapshotRequest } from '../../evidence/inspect/snapshot.ts'
import type { Stacks } from '../../evidence/inspect/stacks.ts'
import * as inspectors from '../../evidence/inspectors/index.ts'

/** One way of looking into a process, with whether it can be gone here, and at what price. */
export interface Way {
  readonly inspector: string
  readonly title: string
  readonly does: Inspector<unknown>['does']
  readonly price: PriceTag
  readonly available: boolean
  /** Why it is not available; empty where it is. */
  readonly why: string
  /** What would help: a package, an option. Empty where nothing is known to. */
  readonly hint: string
}

const all: readonly Inspector<unknown>[] = Object.values(inspectors)

/** Names of all tools that some inspector needs. */
export const inspectorTools: readonly string[] = [...new Set(all.flatMap(({ tools }) => tools.map(({ name }) => name)))]

/** Asked for together with the state: those of others too that tell of a runtime what is not told here. */
export const toolsAskedFor: readonly string[] = [...inspectorTools, ...INTERPRETER_TOOLS]

/** What there is for this process, those that can be gone first, then as `stackInspectors` has them. */
export function waysInto(target: Target): readonly Way[] {
  return all
    .filter((inspector) => fits(inspector, target))
    .toSorted((a, b) => rank(a, target) - rank(b, target))
    .map((inspector) => wayOf(inspector, target))
    .toSorted((a, b) => Number(b.available) - Number(a.available) || ORDER.indexOf(a.does) - ORDER.indexOf(b.does))
}

/** What is looked at first stands first; a watch for the end comes last. */
const ORDER: readonly Way['does'][] = ['state', 'stacks', 'profile', 'off-cpu', 'snapshot', 'memory', 'core', 'crash']

/** The inspectors of stacks that can be used on it, best first: one for its runtime before one for many, free before priced, a short pause before a long one. */
export function stackInspectors(target: Target): readonly Inspector<Stacks>[] {
  return bestFirst(Object.values(inspectors).filter(isOfStacks), target)
}

/** The inspectors that make a profile of it, best first: of processor time, or of waiting. */
export function profileInspectors(target: Target, of: ProfileWay): readonly Inspector<Profile>[] {
  return bestFirst(
    Object.values(inspectors)
      .filter(isOfProfile)
      .filter(({ does }) => does === of),
    target,
  )
}

/** The inspectors that watch its memory, best first: one that knows its types before one that knows only kinds of memory. */
export function memoryInspectors(target: Target): readonly Inspector<MemoryUse>[] {
  return bestFirst(Object.values(inspectors).filter(isOfMemory), target)
}

export type ProfileWay = 'profile' | 'off-cpu'

/** The inspectors that tell values at a statement, best first. */
export function snapshotInspectors(target: Target, at: SnapshotRequest): readonly Inspector<Snapshot>[] {
  return bestFirst(all.filter(isOfSnapshot), target, at)
}

/** The inspectors that wait for its end, best first. */
export function crashInspectors(target: Target): readonly Inspector<Crash>[] {
  return bestFirst(Object.values(inspectors).filter(isOfCrash), target)
}

function bestFirst<T>(some: readonly Inspector<T>[], target: Target, at?: SnapshotRequest): readonly Inspector<T>[] {
  return some
    .filter((inspector) => fits(inspector, target) && wayOf(inspector, target).available)
    .toSorted((a, b) => rank(a, target, at) - rank(b, target, at))
}

/** Who does `stacks` tells `Stacks`. */
function isOfStacks(inspector: Inspector<unknown>): inspector is Inspector<Stacks> {
  return inspector.does === 'stacks'
}

/** Who does `profile` or `off-cpu` tells `Profile`. */
function isOfProfile(inspector: Inspector<unknown>): inspector is Inspector<Profile> {
  return inspector.does === 'profile' || inspector.does === 'off-cpu'
}

/** Who does `crash` tells `Crash`. */
function isOfCrash(inspector: Inspector<unknown>): inspector is Inspector<Crash> {
  return inspector.does === 'crash'
}

/** Who does `snapshot` tells `Snapshot`. */
function isOfSnapshot(inspector: Inspector<unknown>): inspector is Inspector<Snapshot> {
  return inspector.does === 'snapshot'
}

/** Who does `memory` tells `MemoryUse`. */
function isOfMemory(inspector: Inspector<unknown>): inspector is Inspector<MemoryUse> {
  return inspector.does === 'memory'
}

function fits<T>({ runtimes }: Inspector<T>, { runtime }: Target): boolean {
  return runtimes === 'any' || runtimes.includes(runtime.kind)
}

/** More than any price: who knows one runtime says more of it than who knows many. */
const A_RUNTIME = 1_000_000
/** Who was made for native code may know Go too, which is that. */
const FEW = 2
/** More than there are runtimes. */
const FOR_ANY = 100
const PRICED = 10_000

function rank<T>(inspector: Inspector<T>, target: Target, at?: SnapshotRequest): number {
  const { price, pauseMs = 0 } = inspector.price(target, at)
  const known = inspector.runtimes === 'any' ? FOR_ANY : inspector.runtimes.length
  const runtimes = known <= FEW ? 1 : known
  return runtimes * A_RUNTIME + (price === 'free' ? 0 : PRICED) + Math.min(pauseMs, PRICED - 1)
}

function wayOf<T>(inspector: Inspector<T>, target: Target): Way {
  const { id, title, does, tools } = inspector
  const common = { inspector: id, title, does, price: inspector.price(target) }
  const missing = missingTool(tools, target)
  if (missing) return { ...common, available: false, ...missing }
  const able = inspector.able(target)
  return able.able
    ? { ...common, available: true, why: '', hint: '' }
    : { ...common, available: false, why: able.why, hint: able.hint }
}

/** The first of them that is not on the box, and which package gives it; undefined when all are there. */
export function missingTool(
  tools: readonly BoxTool[],
  { box }: Target,
): { readonly why: string; readonly hint: string } | undefined {
  const tool = tools.find(({ name }) => !box.tools.has(name))
  if (!tool) return undefined
  const named = box.distribution && tool.packages[box.distribution]
  const hint =
    named === undefined ? `install ${tool.name} there` : `${INSTALLERS[box.distribution ?? 'debian']} ${named}`
  return { why: `there is no ${tool.name} on the box`, hint }
}

const INSTALLERS = { debian: 'apt-get install', fedora: 'dnf install', alpine: 'apk add' } as const
