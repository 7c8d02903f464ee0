import type { RecordedFinding } from './box-story.ts'
import type { AnyEntry } from './store.ts'
import { told } from './told.ts'

/** What the logs of some boxes said when they were read last. */
export interface LogReading {
  readonly seq: number
  readonly at: string
  readonly boxes: readonly string[]
  /** Most burning first; there is one at least. */
  readonly findings: readonly RecordedFinding[]
}

/** The last reading of the logs of each set of boxes that found something; one that found nothing later takes it back. The last one first. */
export function logReadingsOf(entries: readonly AnyEntry[]): readonly LogReading[] {
  const last = new Map<string, LogReading>()
  for (const { seq, at, payload } of told(entries, 'logs-read')) {
    const { boxes, findings, onset } = payload
    // Lines that were only shown say nothing of what is new.
    if (onset === undefined && findings.length === 0) continue
    last.set(JSON.stringify(boxes.toSorted()), { seq, at, boxes, findings })
  }
  return [...last.values()].filter(({ findings }) => findings.length > 0).toSorted((a, b) => b.seq - a.seq)
}
