import { mustBeWritable, writeExport } from '../incidents/export-file.ts'
import type { Recorded, Recorder } from '../incidents/recorder.ts'
import type { CopyItem, IncidentSummary, Store } from '../incidents/store.ts'

export interface ExportParts {
  readonly store: Store
  readonly recorder: Recorder
  readonly incident: IncidentSummary
  /** Where to; nothing of that name may be there. */
  readonly file: string
}

/**
 * Writes an incident as one file. That it is exported is recorded first, so that the file has it too and a console that imports it can go on from
 * there; should the file then fail, a further entry takes that back. Rejects with a `StoreProblem`.
 */
export async function exportIncident({ store, recorder, incident, file }: ExportParts): Promise<Recorded> {
  mustBeWritable(file)
  const { head, id } = incident
  const recorded = await recorder.record(() => ({ did: 'exported', payload: { file, clean: false, head } }))
  try {
    await writeExport(file, exported(store.copy(id)))
    return recorded
  } catch (error) {
    if (recorded.how === 'recorded') await takeBack(recorder, recorded.entry.seq, error)
    throw error
  }
}

/** What of an incident goes into the file: all of it. The place for what would take names and addresses out. */
function exported(items: AsyncIterable<CopyItem>): AsyncIterable<CopyItem> {
  return items
}

function takeBack(recorder: Recorder, of: number, error: unknown): Promise<Recorded> {
  const why = error instanceof Error ? error.message : String(error)
  return recorder.record(() => ({ did: 'undone', payload: { of, why: `nothing was exported: ${why}` } }))
}
