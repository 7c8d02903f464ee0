import { addToMap, cleanCopy, learnFrom, readMap, type Hints, type Kind } from '../incidents/cleaning/index.ts'
import { mustBeWritable, writeExport } from '../incidents/export-file.ts'
import type { Recorded, Recorder } from '../incidents/recorder.ts'
import type { CopyItem, IncidentSummary, Store } from '../incidents/store.ts'

export interface ExportParts {
  readonly store: Store
  readonly recorder: Recorder
  readonly incident: IncidentSummary
  /** Where to; nothing of that name may be there. */
  readonly file: string
  /** Without host names, addresses and users. */
  readonly clean?: CleanParts | undefined
}

export interface CleanParts extends Hints {
  /** The folder that keeps the map of what stands for what. */
  readonly home: string
}

export interface Exported {
  readonly recorded: Recorded
  /** Hash of the last entry in the file; that of a clean one is its own. */
  readonly head: string
  readonly entries: number
  readonly clean: CleanOutcome | undefined
}

/** What a clean export replaced, and what it could not. */
export interface CleanOutcome {
  readonly mapFile: string
  /** How many of a kind have a substitute in the file. */
  readonly used: (kind: Kind) => number
  /** Pieces of evidence in whose place a sentence stands. */
  readonly leftOut: number
  /** Hosts in URLs that are not known to be anybody's. */
  readonly foreign: readonly string[]
}

/**
 * Writes an incident as one file. That it is exported is recorded first, so that the file has it too and a console that imports it can go on from
 * there; should the file then fail, a further entry takes that back. Rejects with a `StoreProblem`.
 */
export async function exportIncident({ store, recorder, incident, file, clean }: ExportParts): Promise<Exported> {
  mustBeWritable(file)
  if (clean) readMap(clean.home)
  const { head, id } = incident
  const recorded = await recorder.record(() => ({
    did: 'exported',
    payload: { file, clean: clean !== undefined, head },
  }))
  const last = { head, entries: 0 }
  const noted = async function* (items: AsyncIterable<CopyItem>): AsyncIterable<CopyItem> {
    for await (const item of items) {
      if ('entry' in item) Object.assign(last, { head: item.entry.hash, entries: item.entry.seq })
      yield item
    }
  }
  try {
    const copy = (): AsyncIterable<CopyItem> => store.copy(id)
    const outcome = clean ? await writeClean(file, copy, clean, noted) : await writeExport(file, noted(copy()))
    return { recorded, ...last, clean: outcome ?? undefined }
  } catch (error) {
    if (recorded.how === 'recorded') await takeBack(recorder, recorded.entry.seq, error)
    throw error
  }
}

async function writeClean(
  file: string,
  copy: () => AsyncIterable<CopyItem>,
  { home, ...hints }: CleanParts,
  noted: (items: AsyncIterable<CopyItem>) => AsyncIterable<CopyItem>,
): Promise<CleanOutcome> {
  const learned = await learnFrom(copy(), hints)
  // The map is on disk before anything is made with it.
  const { file: mapFile, map } = await addToMap(home, (known) => learned.addedTo(known))
  const { items, used, leftOut } = cleanCopy(copy, learned, map)
  await writeExport(file, noted(items))
  return { mapFile, used, leftOut: leftOut(), foreign: learned.foreign(map) }
}

function takeBack(recorder: Recorder, of: number, error: unknown): Promise<Recorded> {
  const why = error instanceof Error ? error.message : String(error)
  return recorder.record(() => ({ did: 'undone', payload: { of, why: `nothing was exported: ${why}` } }))
}
