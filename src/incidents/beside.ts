import { boxStoriesOf, type Sighting } from './box-story.ts'
import { incidentBoxesOf } from './incident-boxes.ts'
import { logReadingsOf, type LogReading } from './log-readings.ts'
import type { AnyEntry } from './store.ts'

/** What the record holds of a box beside what is asked of it just now: as it was recorded, which is no fresh measurement. */
export interface Beside {
  /** The last readings of its logs that found something; the last one first. */
  readonly readings: readonly LogReading[]
  /** The last look at it that saw anything. */
  readonly look: Sighting | undefined
}

/** By the name under which the box was asked for; a box of several names is one. */
export function besideOf(entries: readonly AnyEntry[], box: string): Beside {
  const { boxes } = incidentBoxesOf(entries)
  const own = boxes.find(({ names }) => names.has(box))
  const names = own?.names ?? new Set([box])
  const [story] = own ? boxStoriesOf(entries, [own]) : []
  return {
    readings: logReadingsOf(entries).filter((reading) => reading.boxes.some((each) => names.has(each))),
    look: story?.seen,
  }
}
