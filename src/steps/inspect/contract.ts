import { descriptorGroups } from '../../evidence/inspect/descriptors.ts'
import type { InspectedThread } from '../../evidence/inspect/thread.ts'
import { expressionText } from '../../evidence/inspect/expression.ts'
import type { CoreSignal } from '../../evidence/inspect/core/core-notes.ts'
import { signalMeaning, signalName } from '../../evidence/inspect/core/signal-meaning.ts'
import type { CrashEnd } from '../../evidence/inspect/crash.ts'
import type { ProcessState } from '../../evidence/inspect/state.ts'
import type { Reading } from '../../evidence/reading.ts'
import type { ThreadGroup } from '../../findings/inspect/thread-groups.ts'
import type { Inspection, ShownCrash, ShownMemory, ShownProfile, ShownSnapshot, ShownStacks } from './inspection.ts'

/** The contract `halligan.inspect/1` (ARCHITECTURE.md): changed only by adding. Times are ISO 8601 in UTC, sizes in bytes, addresses in hex. What could not be seen is null, and named in `blind`. */
export function inspectionContract(inspection: Omit<Inspection, 'recorded'>): object {
  const {
    box,
    startedAtMs,
    tookMs,
    identity,
    failure,
    found,
    state,
    doing,
    groups,
    ways,
    stacks,
    paid,
    blind,
    noStacks,
    profile,
    noProfile,
    memoryUse,
    noMemory,
    snapshot,
    crash,
    noCrash,
    core,
    noCore,
    noSnapshot,
  } = inspection
  return {
    schema: 'halligan.inspect/1',
    box,
    startedAt: iso(startedAtMs),
    tookMs,
    ...(identity ? { identity } : {}),
    ...(failure ? { failure } : {}),
    found: { ...found, candidates: found.candidates },
    ...(state ? stateParts(state, memoryUse) : {}),
    doing,
    threads: state ? state.process.threads.map((thread) => threadJson(thread, state, stacks)) : [],
    groups: groups.map(groupJson),
    stacks: stacks ? stacksJson(stacks) : null,
    ...(profile ? { profile: profileJson(profile) } : {}),
    ...(snapshot ? { snapshot: snapshotJson(snapshot) } : {}),
    ...(crash ? { crash: crashJson(crash) } : {}),
    ...(core ? { coreTaken: { inspector: core.inspector, ...core.taken, estimate: core.estimate } } : {}),
    ways,
    paid,
    blind: [
      ...blind,
      ...(noStacks ? [noStacks] : []),
      ...(noProfile ? [noProfile] : []),
      ...(noSnapshot ? [noSnapshot] : []),
      ...(noCrash ? [noCrash] : []),
      ...(noCore ? [noCore] : []),
      ...(noMemory ? [noMemory] : []),
    ],
  }
}

export function stacksJson({ inspector, apartMs, groups, stacks, notes }: ShownStacks): object {
  return {
    inspector,
    apartMs,
    groups: groups.map(({ frames, threads, moves, cpuMs }) => ({
      threads: threads.map(({ tid }) => tid),
      moves,
      cpuMs: cpuMs ?? null,
      frames,
      ...(threads.some(({ says }) => says)
        ? { says: threads.flatMap(({ tid, says }) => (says ? [{ tid, says }] : [])) }
        : {}),
    })),
    apart: stacks.samples.at(-1)?.apart ?? [],
    notes,
  }
}

/** Types, those that matter first. */
const TYPES_TOLD = 2_000

function watchedJson({ inspector, use, growsSteadily }: ShownMemory): object {
  const { types, sites, noTypes, ...rest } = use
  return {
    inspector,
    growsSteadily: growsSteadily ?? null,
    ...rest,
    types: types?.slice(0, TYPES_TOLD) ?? null,
    typesLeft: Math.max(0, (types?.length ?? 0) - TYPES_TOLD),
    sites: sites ?? null,
    noTypes: noTypes ?? null,
  }
}

/** Of a profile: functions by weight, changes, and stacks, the heaviest first; `--output` has all. */
const TOLD = { functions: 200, stacks: 2_000 } as const

function profileJson({ inspector, startedAtMs, profile, tops, compared }: ShownProfile): object {
  const { stacks, ...rest } = profile
  const heaviest = stacks.toSorted((a, b) => b.weight - a.weight)
  return {
    inspector,
    startedAt: iso(startedAtMs),
    ...rest,
    total: tops.total,
    idleShare: tops.idleShare,
    ownShare: tops.ownShare,
    bySelf: tops.bySelf.slice(0, TOLD.functions),
    byTotal: tops.byTotal.slice(0, TOLD.functions),
    stacks: heaviest.slice(0, TOLD.stacks),
    stacksLeft: Math.max(0, stacks.length - TOLD.stacks),
    compared: compared
      ? {
          with: compared.with,
          byNameAlone: compared.changes.byNameAlone,
          bySelf: compared.changes.bySelf.slice(0, TOLD.functions),
          byTotal: compared.changes.byTotal.slice(0, TOLD.functions),
        }
      : null,
  }
}

function crashJson({ inspector, startedAtMs, tookMs, forMs, crash, captures }: ShownCrash): object {
  return {
    inspector,
    startedAt: iso(startedAtMs),
    watchedMs: tookMs,
    forMs,
    end: crash.end ? endJson(crash.end) : null,
    captures: crash.captures.map(({ why, tid, stacksBy }, at) => {
      const stacks = captures[at]
      const by = stacksBy === undefined ? {} : { stacksBy }
      return { why: endJson(why), tid: tid ?? null, ...by, stacks: stacks ? stacksJson(stacks) : null }
    }),
    notes: crash.notes,
  }
}

function endJson(end: CrashEnd): object {
  return end.by === 'signal' ? { ...end, signal: signalJson(end.signal) } : end
}

export function signalJson(signal: CoreSignal): object {
  return {
    ...signal,
    name: signalName(signal.number),
    says: signalMeaning(signal),
    ...(signal.address === undefined ? {} : { address: hex(signal.address) }),
  }
}

function snapshotJson({ inspector, startedAtMs, asked, snapshot }: ShownSnapshot): object {
  const { when, print, ...place } = asked
  return {
    inspector,
    startedAt: iso(startedAtMs),
    asked: { ...place, when: when ? expressionText(when) : null, print: print.map(expressionText) },
    ...snapshot,
  }
}

function stateParts(state: ProcessState, use: ShownMemory | undefined): object {
  const { process, runtime, memory, descriptors, limits, environment, changed, parents, children, fileLocks } = state
  const { threads: _threads, signals, executable, workingFolder, root, startedAtMs, ...rest } = process
  return {
    process: {
      ...rest,
      user: state.user ?? null,
      startedAt: startedAtMs === undefined ? null : iso(startedAtMs),
      executable: valueOf(executable),
      workingFolder: valueOf(workingFolder),
      root: valueOf(root),
      signals: Object.fromEntries(Object.entries(signals).map(([name, mask]) => [name, hex(mask)])),
      exitCode: state.exitCode ?? null,
      lost: state.lost ?? null,
      windowMs: state.windowMs,
    },
    runtime,
    memory: {
      residentBytes: process.residentBytes,
      swapBytes: process.swapBytes,
      ...memory,
      ...(use ? { watched: watchedJson(use) } : {}),
    },
    files:
      descriptors.kind === 'seen'
        ? { open: descriptors.value.open, groups: descriptorGroups(descriptors.value.listed) }
        : null,
    limits: valueOf(limits),
    environment: valueOf(environment),
    changed: valueOf(changed),
    parents,
    children: valueOf(children),
    fileLocks: valueOf(fileLocks),
    locks: state.lockOwners.map(({ address, tid, waitedFor }) => ({ address: hex(address), tid, waitedFor })),
  }
}

function threadJson(thread: InspectedThread, { calls }: ProcessState, stacks: Inspection['stacks']): object {
  const { systemCall, frames: _frames, ...rest } = thread
  const call = calls.get(thread.tid)
  const stack = stacks?.stacks.samples.at(-1)?.threads.find(({ tid }) => tid === thread.tid)
  return {
    ...rest,
    ...(systemCall
      ? {
          systemCall: {
            number: systemCall.number,
            name: systemCall.name ?? null,
            args: systemCall.args.map(hex),
            ...(call ? { says: call.says, waits: call.waits } : {}),
          },
        }
      : {}),
    frames: stack?.frames ?? [],
  }
}

function groupJson({ says, waits, threads, cpuMs, owner, waitedFor }: ThreadGroup): object {
  return {
    says,
    waits,
    threads: threads.map(({ tid }) => tid),
    cpuMs,
    ...(owner ? { owner: { tid: owner.tid, name: owner.name }, waitedFor } : {}),
  }
}

function valueOf<T>(reading: Reading<T>): T | null {
  return reading.kind === 'seen' ? reading.value : null
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}
