import { safeText } from '../../base/safe-text.ts'
import { reopen } from '../../steps/reopen.ts'
import { print } from '../console.ts'
import { Problem } from '../problem.ts'
import { openIncident } from '../recorder.ts'
import { makeCurrent, theIncident } from '../the-incident.ts'

/** Opens a closed incident again and makes it the current one of this person, who has it from then on. */
export async function reopenIncident(id: string): Promise<number> {
  const open = await openIncident(await theIncident({ incident: id }))
  const outcome = await reopen(open)
  if (outcome.how === 'failed') throw outcome.problem
  if (outcome.how === 'left')
    throw new Problem(
      `${open.incident} is open, and ${outcome.leave.holder.by} has it.`,
      `halligan switch ${open.incident}, or halligan take-over ${open.incident}`,
    )
  makeCurrent(open.incident)
  await print(
    `Incident ${open.incident} is open again and current, #${outcome.entry.seq}: ${safeText(outcome.situation.title ?? '(purged)')}\n`,
  )
  return 0
}
