import type { Failure } from '../boxes/box.ts'
import type { Configuration } from '../boxes/configuration.ts'
import { knownBoxes, meantBox } from '../boxes/selection.ts'
import type { Recorder } from '../incidents/recorder.ts'
import { sshNames } from './console.ts'
import { entriesOf } from './recorder.ts'

/** There is nothing of that name. What is there and does not answer was meant. */
const NOTHING_OF_THAT_NAME: ReadonlySet<Failure['kind']> = new Set(['name-not-resolved', 'container-not-found'])

/**
 * The same, and where a name leads nowhere and is nearly one that is known, that one as the first thing to try: of halligan.yaml, the ssh configuration,
 * or the incident.
 */
export async function withMeantBox<T extends { readonly failure: Failure | undefined }>(
  result: T,
  box: string,
  settings: Configuration,
  recorder: Recorder,
): Promise<T> {
  const { failure } = result
  if (!failure || !NOTHING_OF_THAT_NAME.has(failure.kind)) return result
  const { boxes, untried } = await boxesOf(recorder)
  const ofServices = Object.values(settings.services).flatMap((service) => service.boxes ?? [])
  const meant = meantBox(box, [...knownBoxes(settings, sshNames()), ...ofServices, ...boxes, ...untried])
  if (meant === undefined) return result
  return { ...result, failure: { ...failure, tryNext: `Did you mean ${meant}? ${failure.tryNext}` } }
}

async function boxesOf(
  recorder: Recorder,
): Promise<{ readonly boxes: readonly string[]; readonly untried: readonly string[] }> {
  const entries = await entriesOf(recorder)
  if (entries.length === 0) return { boxes: [], untried: [] }
  const { incidentBoxesOf } = await import('../incidents/incident-boxes.ts')
  const { boxes, untried } = incidentBoxesOf(entries)
  return { boxes: boxes.flatMap(({ names, isRecording }) => (isRecording ? [] : [...names])), untried }
}
