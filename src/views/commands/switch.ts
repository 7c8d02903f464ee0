import { safeText } from '../../base/safe-text.ts'
import { print } from '../console.ts'
import { makeCurrent, theIncident } from '../the-incident.ts'

/** Makes another incident the current one of this person. */
export async function switchTo(id: string): Promise<number> {
  const incident = await theIncident({ incident: id })
  makeCurrent(incident.id)
  const closed = incident.closedAt === undefined ? '' : ' It is closed: nothing more is recorded in it.'
  await print(`Current is now ${incident.id}: ${safeText(incident.title)}.${closed}\n`)
  return 0
}
