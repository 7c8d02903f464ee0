import { count } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import { exportIncident } from '../../steps/export.ts'
import { print } from '../console.ts'
import { recorderInto, sayRecorded, theIncident, theStore, type IncidentFlags } from '../record.ts'

/** Writes the incident as one file. */
export async function exportTo(name: string | undefined, flags: IncidentFlags): Promise<number> {
  const incident = await theIncident(flags)
  const file = name ?? `${incident.id}.jsonl.zst`
  const store = await theStore()
  const recorder = await recorderInto(incident.id, store)
  const recorded = await exportIncident({ store, recorder, incident, file })
  const [entries, head] =
    recorded.how === 'recorded' ? [recorded.entry.seq, recorded.entry.hash] : [incident.entries, incident.head]
  await print(
    `Exported ${incident.id} to ${safeText(file)}: ${count(entries, 'entry', 'entries')}, head ${head}.\nIt has host names, addresses and command lines in it: look before you send it to anybody.\n`,
  )
  return sayRecorded([recorded], incident.id) ? 0 : 1
}
