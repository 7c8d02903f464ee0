import { count } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import { readExport } from '../../incidents/export-file.ts'
import { print } from '../console.ts'
import { theStore } from '../the-store.ts'

/** Takes an incident that was exported elsewhere into the record: all of it, verified, or nothing. */
export async function importFrom(file: string): Promise<number> {
  const store = await theStore()
  const { incident, entries, added, evidence, head } = await store.adopt(() => readExport(file))
  const what =
    added === 0
      ? `${incident} is here already, with ${entries === 1 ? 'the one entry' : `all ${entries} entries`} of ${safeText(file)}.`
      : `Imported ${incident} from ${safeText(file)}: ${added} of ${count(entries, 'entry', 'entries')} ${added === 1 ? 'is' : 'are'} new, ${count(evidence, 'piece')} of evidence.`
  await print(`${what}\nIts chain verifies; the head is ${head}. To work on it: halligan switch ${incident}\n`)
  return 0
}
