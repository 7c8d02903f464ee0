import type { Failure } from '../../boxes/box.ts'
import { isClean, proofWords } from '../../boxes/proof.ts'
import { expressionText } from '../../evidence/inspect/expression.ts'
import type { Frame, Local } from '../../evidence/inspect/frame.ts'
import { placeText as statementText } from '../../evidence/inspect/snapshot.ts'
import type { ProfiledFunction } from '../../findings/inspect/profile.ts'
import { endWords } from '../../findings/inspect/crash-says.ts'
import { subjectWords } from '../../evidence/inspect/subject.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import type { Recorded, Recorder } from '../../incidents/recorder.ts'
import { inspectionContract } from './contract.ts'
import type { Inspection, ShownCrash, ShownMemory, ShownProfile, ShownSnapshot, ShownStacks } from './inspection.ts'

/** Groups, frames of each, functions of a profile, hits of a snapshot values of each, and types, that the entry names; the evidence has all. */
const KEPT = { groups: 20, frames: 30, functions: 20, hits: 20, values: 20, types: 20 } as const

/** Writes down what was seen, with all of it as evidence: the contract `halligan.inspect/1`. */
export async function recordInspection(
  inspection: Omit<Inspection, 'recorded'>,
  { recorder, asked }: { readonly recorder: Recorder; readonly asked: string },
): Promise<Recorded> {
  const { box, identity, state } = inspection
  const bytes = state ? [Buffer.from(JSON.stringify(inspectionContract(inspection)))] : []
  return recorder.record(
    (evidence) => ({ did: 'inspected', box, identity, payload: payloadOf(inspection, asked, evidence) }),
    bytes,
    { ids: [identity?.machineId, identity?.bootId] },
  )
}

function payloadOf(
  {
    state,
    doing,
    groups,
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
    tookMs,
    ...inspection
  }: Omit<Inspection, 'recorded'>,
  asked: string,
  evidence: readonly string[],
): PayloadOf<'inspected'> {
  const failure = inspection.failure ?? notOne({ ...inspection, state })
  return {
    tookMs: Math.round(tookMs),
    asked,
    ...(state
      ? {
          pid: state.process.pid,
          name: state.process.name,
          runtime: [state.runtime.kind, state.runtime.version].filter((part) => part !== undefined).join(' '),
          threads: state.process.threadCount,
        }
      : {}),
    doing,
    groups: groups
      .slice(0, KEPT.groups)
      .map(({ says, threads, cpuMs }) => ({ says, threads: threads.length, cpuMs: Math.round(cpuMs) })),
    ...(stacks ? { stacks: stacksPayload(stacks) } : {}),
    ...(profile ? { profile: profilePayload(profile) } : {}),
    ...(memoryUse ? { memory: memoryPayload(memoryUse) } : {}),
    ...(snapshot ? { snapshot: snapshotPayload(snapshot) } : {}),
    ...(crash ? { crash: crashPayload(crash) } : {}),
    ...(core ? { core: { inspector: core.inspector, file: core.taken.file, bytes: core.taken.bytes } } : {}),
    paid: paid.map(({ inspector, price, pauseMs, stoppedMs, residue, proof, ended }) => ({
      inspector,
      price,
      pauseMs,
      stoppedMs,
      residue,
      ended,
      ...(proof ? { isClean: isClean(proof), proof: proofWords(proof) } : {}),
    })),
    blind: [
      ...blind,
      ...[noStacks, noProfile, noSnapshot, noCrash, noCore, noMemory].flatMap((none) => none ?? []),
      ...(memoryUse?.use.noTypes ? [{ what: 'types of its objects', ...memoryUse.use.noTypes }] : []),
    ].map(({ what, why }) => ({ what, why })),
    ...(inspection.lent ? { lent: { ...inspection.lent, tools: [...inspection.lent.tools] } } : {}),
    ...(failure ? { failure } : {}),
    ...(evidence.length > 0 ? { evidence } : {}),
  }
}

function crashPayload({ inspector, tookMs, crash, captures }: ShownCrash): PayloadOf<'inspected'>['crash'] {
  return {
    inspector,
    watchedMs: Math.round(tookMs),
    captures: crash.captures.map(({ why, tid }, at) => {
      const stacks = captures[at]
      return { says: endWords(why, tid), groups: stacks ? stacksPayload(stacks).groups : [] }
    }),
    ...(crash.end ? { end: endWords(crash.end) } : {}),
  }
}

export function stacksPayload({ inspector, groups }: ShownStacks): NonNullable<PayloadOf<'inspected'>['stacks']> {
  return {
    inspector,
    groups: groups.slice(0, KEPT.groups).map(({ frames, threads, moves }) => ({
      threads: threads.length,
      moves,
      frames: frames.slice(0, KEPT.frames).map(frameText),
      left: Math.max(0, frames.length - KEPT.frames),
    })),
  }
}

function profilePayload({ inspector, profile, tops, compared }: ShownProfile): PayloadOf<'inspected'>['profile'] {
  const spent = (functions: readonly ProfiledFunction[], shareOf: (each: ProfiledFunction) => number): Spent[] =>
    functions
      .slice(0, KEPT.functions)
      .map((each) => ({ function: placeText(each), percent: tenths(100 * shareOf(each)), own: each.own }))
  return {
    inspector,
    of: profile.of,
    unit: profile.unit,
    watchedMs: Math.round(profile.tookMs),
    total: tops.total,
    idlePercent: tenths(100 * tops.idleShare),
    bySelf: spent(tops.bySelf, ({ selfShare }) => selfShare),
    byTotal: spent(tops.byTotal, ({ totalShare }) => totalShare),
    ...(compared ? { comparedWith: compared.with } : {}),
  }
}

function memoryPayload({ inspector, use, growsSteadily }: ShownMemory): PayloadOf<'inspected'>['memory'] {
  const { watchedMs, byKind, types = [], sites = [] } = use
  return {
    inspector,
    watchedMs: Math.round(watchedMs),
    ...(growsSteadily === undefined ? {} : { growsSteadily }),
    byKind: byKind.map(({ kind, residentBytes, swapBytes, grewBytes }) => ({
      kind,
      residentBytes,
      swapBytes,
      grewBytes,
    })),
    types: types.slice(0, KEPT.types).map(({ name, count, bytes, grewCount, grewBytes }) => ({
      name,
      count,
      bytes,
      ...(grewCount === undefined ? {} : { grewCount }),
      ...(grewBytes === undefined ? {} : { grewBytes }),
    })),
    sites: sites.slice(0, KEPT.types).map(({ frame, bytes }) => ({ function: frameText(frame), bytes })),
  }
}

function snapshotPayload({ inspector, asked, snapshot }: ShownSnapshot): PayloadOf<'inspected'>['snapshot'] {
  const { place, hits, reached, ended, tookMs, isSampled } = snapshot
  return {
    inspector,
    at: statementText(place),
    ...(asked.when ? { when: expressionText(asked.when) } : {}),
    watchedMs: Math.round(tookMs),
    ended,
    isSampled,
    ...(reached === undefined ? {} : { reached }),
    hits: hits.slice(0, KEPT.hits).map(({ atMs, tid, threadName, values, frames, condition }) => ({
      atMs: Math.round(atMs),
      ...(tid === undefined && threadName === undefined
        ? {}
        : { thread: [tid, threadName && `(${threadName})`].filter((part) => part !== undefined).join(' ') }),
      ...(condition === undefined ? {} : { condition }),
      values: values.slice(0, KEPT.values).map(valueText),
      frames: frames.slice(0, KEPT.frames).map(frameText),
    })),
    left: Math.max(0, hits.length - KEPT.hits),
  }
}

function valueText({ name, value, type }: Local): string {
  return `${name} = ${value}${type === undefined ? '' : ` (${type})`}`
}

interface Spent {
  readonly function: string
  readonly percent: number
  readonly own: boolean
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

function placeText({ function: called, place, line }: ProfiledFunction): string {
  return frameText({
    function: called,
    ...(place === undefined ? {} : { file: place }),
    ...(line === undefined ? {} : { line }),
  })
}

/** `price_order (src/cart.py:118)`. */
function frameText({ function: called, file, line, module }: Frame): string {
  const place = file === undefined ? module : line === undefined ? file : `${file}:${line}`
  return place === undefined ? called : `${called} (${place})`
}

/** Why no process was looked into; undefined where one was. */
export function notOne({
  box,
  subject,
  found,
  state,
}: Pick<Inspection, 'box' | 'subject' | 'found' | 'state'>): Pick<Failure, 'kind' | 'message' | 'tryNext'> | undefined {
  if (state) return undefined
  const what = subjectWords(subject)
  if (found.count > 1)
    return {
      kind: 'unknown',
      message: `${found.count} processes of ${box} fit ${what}.`,
      tryNext: `Name one by its PID: halligan inspect ${box} ${found.candidates[0]?.pid ?? 'PID'}`,
    }
  if (found.heldUnseen)
    return {
      kind: 'unknown',
      message: `Something has ${what} of ${box}, but which process could not be seen.`,
      tryNext: 'Run it with --sudo: descriptors of other users are not shown. The kernel itself may have it, too.',
    }
  return {
    kind: 'unknown',
    message: `There is no process on ${box} for ${what}.`,
    tryNext: TRY[subject.by].replace('BOX', box),
  }
}

const TRY = {
  pid: 'It may have ended. Name it by its name or its unit, which stay: halligan inspect BOX orders-api',
  name: 'A name is that of the process (ps -e), or a word of its command line. In halligan look BOX stand those that burn.',
  unit: 'Is the unit running? halligan run BOX --price free -- systemctl status UNIT',
  port: 'Nothing listens there in the network of the box; what listens in a container is found by the name of its process.',
} as const
