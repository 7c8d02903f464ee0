import type { Recorded, Recorder } from '../../incidents/recorder.ts'
import { coreContract } from './core-contract.ts'
import type { CoreInspection } from './core-inspection.ts'
import { stacksPayload } from './record-inspection.ts'

/** Writes down what a core said, with all of it as evidence: the contract `halligan.inspect/1`. */
export async function recordCore(
  inspection: Omit<CoreInspection, 'recorded'>,
  { recorder }: { readonly recorder: Recorder },
): Promise<Recorded> {
  const { box, identity, core, file, tookMs, doing, noStacks, noRuntimeStacks, failure } = inspection
  // What a person wrote says more than the frames of the runtime; all of both is in the evidence.
  const stacks = inspection.runtimeStacks ?? inspection.stacks
  const bytes = core ? [Buffer.from(JSON.stringify(coreContract(inspection)))] : []
  return recorder.record(
    (evidence) => ({
      did: 'inspected',
      box,
      identity,
      payload: {
        tookMs: Math.round(tookMs),
        asked: `core:${file}`,
        ...(core?.process ? { pid: core.process.pid, name: core.process.name } : {}),
        ...(core ? { threads: core.threads.length } : {}),
        doing,
        groups: [],
        ...(stacks ? { stacks: stacksPayload(stacks) } : {}),
        paid: [],
        blind: [noStacks, noRuntimeStacks].flatMap((each) => (each ? [{ what: each.what, why: each.why }] : [])),
        ...(failure ? { failure } : {}),
        ...(evidence.length > 0 ? { evidence } : {}),
      },
    }),
    bytes,
    { ids: [identity?.machineId, identity?.bootId] },
  )
}
