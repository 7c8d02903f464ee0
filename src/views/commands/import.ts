import { safeText } from '../../base/safe-text.ts'
import { readExport } from '../../incidents/export-file.ts'
import { print } from '../console.ts'
import { theStore } from '../record.ts'

/** Takes an incident that was exported elsewhere into the record: all of it, verified, or nothing. */
export async function importFrom(file: string): Promise<number> {
  const store = await theStore()
  const { incident, entries, added, evidence, head } = await store.adopt(() => readExport(file))
  const what =
    added === 0
      ? `${incident} is here already, with all ${entries} entries of ${safeText(file)}.`
      : `Imported ${incident} from ${safeText(file)}: ${added} of ${entries} entries are new, ${evidence} pieces of evidence.`
  await print(`${what}\nIts chain verifies; the head is ${head}. To work on it: halligan switch ${incident}\n`)
  return 0
}
