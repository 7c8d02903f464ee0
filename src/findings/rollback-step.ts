import { nextRelieve } from './next.ts'
import type { NextStep, Subject } from './finding.ts'

/** The link of a deployment in the layout of Capistrano and its kin, in a command line: `/srv/shop/current/server.js`. */
const CURRENT = /(?:^|[\s=:])(\/[\w.@+/-]{1,200}\/current)\//

/**
 * The release before, where what runs was started through the link of a deployment: what began with a release ends with going back. In a container the link lies elsewhere.
 *
 * @param command as it was started; that of the subject if nothing else is known
 */
export function rollbackStep(box: string, subject: Subject, command = subject.commandLine): readonly NextStep[] {
  const link = subject.container === undefined ? CURRENT.exec(command ?? '')?.[1] : undefined
  if (link === undefined) return []
  const unit = subject.unit?.endsWith('.service') ? [subject.unit] : []
  return nextRelieve(
    box,
    ['rollback', link, ...unit],
    'go back to the release before, if it began with this one',
    `ls -lt ${link}/..`,
  )
}
