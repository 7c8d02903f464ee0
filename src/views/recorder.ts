import { recorderOf, type Recorder } from '../incidents/recorder.ts'
import type { AnyEntry, IncidentSummary, Store } from '../incidents/store.ts'
import type { OpenIncident } from '../steps/decide.ts'
import { author, typedWords } from './author.ts'
import { sayTrouble, theRedaction } from './redaction.ts'
import { tellTeam } from './telling.ts'
import { theStore } from './the-store.ts'

/**
 * What writes into an incident, also when it is closed; the team is told of it where halligan.yaml says so.
 *
 * @param typed words of the command that its entries name (`typedWords`, or what may be written of them)
 */
export async function recorderInto(incident: string, store: Store, typed: readonly string[]): Promise<Recorder> {
  const redaction = await theRedaction()
  const parts = {
    incident,
    store: () => store,
    by: author(),
    typed,
    redact: redaction.redactThoroughly,
    now: Date.now,
  }
  const quiet = recorderOf(parts)
  const onRecorded = (entry: AnyEntry): void => {
    sayTrouble(redaction)
    tellTeam(entry, quiet, store)
  }
  return recorderOf({ ...parts, onRecorded })
}

/** An incident to write into with `decideAndRecord`; a step says itself when it is closed. */
export async function openIncident({ id }: IncidentSummary): Promise<OpenIncident> {
  const store = await theStore()
  return { store, incident: id, recorder: await recorderInto(id, store, typedWords()) }
}

/** What the incident of this recorder holds so far; nothing when the record cannot be read (then it cannot be written either, which is said there). */
export async function entriesOf({ incident }: Recorder): Promise<readonly AnyEntry[]> {
  if (incident === undefined) return []
  try {
    return await (await theStore()).read(incident)
  } catch {
    return []
  }
}
