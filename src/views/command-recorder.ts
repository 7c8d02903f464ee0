import { noRecorder, type Recorder } from '../incidents/recorder.ts'
import { Problem } from './problem.ts'
import { recorderInto } from './recorder.ts'
import { incidentOf, namedIn, reopenOrOpen, type IncidentFlags } from './the-incident.ts'
import { home, theStore } from './the-store.ts'

/** The current incident of this person, which somebody else has closed. */
let closedMeanwhile: string | undefined

export function incidentClosedMeanwhile(): string | undefined {
  return closedMeanwhile
}

/**
 * What this command is recorded with. A record that cannot even be opened gives a recorder whose entries fail, so that the command still answers and says
 * so in the end.
 *
 * @param typed words of the command that its entries name
 */
export async function recorderFor(flags: IncidentFlags, typed: readonly string[]): Promise<Recorder> {
  const { problemOf } = await import('../incidents/sqlite-failures.ts')
  try {
    const incident = await incidentOf(flags)
    if (!incident) return noRecorder
    if (incident.closedAt === undefined) return await recorderInto(incident.id, await theStore(), typed)
    if (namedIn(flags) !== undefined)
      throw new Problem(`${incident.id} is closed: nothing can be recorded in it.`, reopenOrOpen(incident.id))
    closedMeanwhile = incident.id
    return noRecorder
  } catch (error) {
    if (error instanceof Problem) throw error
    const problem = problemOf(error, home())
    return { incident: 'unknown', record: () => Promise.resolve({ how: 'failed', problem }) }
  }
}
