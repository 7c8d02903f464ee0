import { readRecordingBytes } from '../../boxes/recorded.ts'
import { probesOf, readEvidence, type Evidence } from '../../evidence/evidence.ts'
import * as checks from '../../findings/checks/index.ts'
import { measureAgain, type Measurement } from '../../findings/measure-again.ts'
import { StoreProblem, type Store } from '../../incidents/store.ts'
import { lastSights, type MeasuredAgain } from '../../incidents/story/figures.ts'
import type { Sight } from '../../incidents/story/sights.ts'
import { storyOf, type Story } from '../../incidents/story/story.ts'

/** The story of an incident, from its entries and from the raw evidence of the looks that it ends with. Rejects with a `StoreProblem`. */
export async function tellStory(store: Store, incident: string): Promise<Story | undefined> {
  const entries = await store.read(incident)
  const story = storyOf(entries, new Map())
  if (!story) return undefined
  const again = await measuredAgain(store, story)
  return again.size === 0 ? story : storyOf(entries, again)
}

/** Figures that burned and are quiet now are in no finding any more; the raw answer still has them. */
async function measuredAgain(store: Store, story: Story): Promise<MeasuredAgain> {
  const again = new Map<number, readonly Measurement[]>()
  for (const [box, sight] of lastSights(story.boxes, story.course.mitigated?.seq)) {
    const missing = new Set(
      story.figures.flatMap(({ box: own, after, check }) =>
        own === box && !(after && 'value' in after) ? [check] : [],
      ),
    )
    const evidence = missing.size === 0 ? undefined : await evidenceOf(store, sight)
    if (!evidence) continue
    const wanted = Object.values(checks).filter(({ id }) => missing.has(id))
    again.set(
      sight.seq,
      wanted.flatMap((check) => measureAgain(check, evidence)),
    )
  }
  return again
}

/** A raw answer that is gone or damaged costs the figure, not the write-up: `halligan audit` is there to name it. */
async function evidenceOf(store: Store, { evidence: [id] }: Sight): Promise<Evidence | undefined> {
  if (id === undefined) return undefined
  try {
    const bytes = await store.getEvidence(id)
    const recording = bytes && readRecordingBytes(bytes, id.slice(0, 12))
    if (!recording || 'kind' in recording) return undefined
    const { boundary, asked, beganAtMs } = recording.header
    const probes = probesOf('deep').filter((probe) => asked.includes(probe.id))
    return readEvidence(recording.answer, boundary, probes, { beganAtMs })
  } catch (error) {
    if (error instanceof StoreProblem) return undefined
    throw error
  }
}
