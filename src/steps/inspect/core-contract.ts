import type { CoreFile } from '../../evidence/inspect/core/core-file.ts'
import { signalJson, stacksJson } from './contract.ts'
import type { CoreInspection } from './core-inspection.ts'

/** The contract `halligan.inspect/1` of a core: `core` stands in place of what only a living process has. Addresses are in hex. */
export function coreContract(inspection: Omit<CoreInspection, 'recorded'>): object {
  const { box, file, startedAtMs, tookMs, identity, failure, core, binary, doing, stacks, noStacks } = inspection
  const { runtimeStacks, noRuntimeStacks } = inspection
  const frames = new Map(stacks?.stacks.samples.at(-1)?.threads.map((thread) => [thread.tid, thread.frames]))
  return {
    schema: 'halligan.inspect/1',
    box,
    startedAt: new Date(startedAtMs).toISOString(),
    tookMs,
    ...(identity ? { identity } : {}),
    ...(failure ? { failure } : {}),
    core: core ? coreJson(core, binary) : { file },
    ...(core?.process ? { process: core.process } : {}),
    doing,
    threads: (core?.threads ?? []).map(({ tid, instruction, place }) => ({
      tid,
      instruction: instruction === undefined ? null : hex(instruction),
      place: place ?? null,
      frames: frames.get(tid) ?? [],
    })),
    groups: [],
    stacks: stacks ? stacksJson(stacks) : null,
    ...(runtimeStacks ? { runtimeStacks: stacksJson(runtimeStacks) } : {}),
    ways: [],
    paid: [],
    blind: [...(noStacks ? [noStacks] : []), ...(noRuntimeStacks ? [noRuntimeStacks] : [])],
  }
}

function coreJson(core: CoreFile, binary: string | undefined): object {
  const { path, bytes, writtenAtMs, architecture, signal, program, missingBytes, files } = core
  return {
    file: path,
    bytes,
    missingBytes,
    writtenAt: new Date(writtenAtMs).toISOString(),
    architecture,
    signal: signal ? signalJson(signal) : null,
    program: program ?? null,
    binary: binary ?? null,
    files: files.map(({ start, end, ...file }) => ({ ...file, start: hex(start), end: hex(end) })),
  }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}
