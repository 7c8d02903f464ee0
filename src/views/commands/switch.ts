import { safeText } from '../../base/safe-text.ts'
import { writeDesk } from '../../incidents/desk.ts'
import { print } from '../console.ts'
import { home, theDesk, theIncident, deskName } from '../record.ts'

/** Makes another incident the current one of this person. */
export async function switchTo(id: string): Promise<number> {
  const incident = await theIncident({ incident: id })
  writeDesk(home(), deskName(), { ...theDesk(), current: incident.id })
  const closed = incident.closedAt === undefined ? '' : ' It is closed: nothing more is recorded in it.'
  await print(`Current is now ${incident.id}: ${safeText(incident.title)}.${closed}\n`)
  return 0
}
