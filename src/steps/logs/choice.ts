import { count } from '../../base/format.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import type { LogPlan } from './plan.ts'

/** Which of the logs that were found are read, and what is said of the others. */
export interface Choice {
  readonly chosen: readonly LogSource[]
  readonly notices: readonly string[]
}

/** Of one box, where nobody named any: the first ones are those that matter most, and each costs a session on the box. */
const LOGS_OF_A_BOX = 24
/** What writes the journal into files once more. */
const SYSLOG_DAEMONS: ReadonlySet<string> = new Set(['rsyslogd', 'syslog-ng', 'syslogd'])
/** Their files where nobody may see who holds them (Debian, Red Hat, SUSE). */
const SYSLOG_FILES = /^\/var\/log\/(?:syslog|messages|daemon\.log|user\.log|auth\.log|secure|kern\.log|cron|cron\.log)$/

/**
 * What somebody named is read. Else: what was written to in the time that is asked for, without the files that only repeat the journal.
 *
 * @param skewMs clock of the box minus clock of this console, by which the plan goes
 */
export function chosenLogs(
  box: string,
  sources: readonly LogSource[],
  named: boolean,
  plan: LogPlan,
  skewMs: number,
): Choice {
  const readable = sources.filter(({ blind }) => blind === undefined)
  if (named) return { chosen: readable, notices: [] }
  const earliest = Math.min(...plan.spans.map(({ fromMs }) => (fromMs === undefined ? -Infinity : fromMs + skewMs)))
  const hasJournal = readable.some(({ kind }) => kind === 'journal')
  const repeats = readable.filter((source) => hasJournal && isRepeated(source))
  const awake = readable.filter((source) => !repeats.includes(source) && isAwake(source, earliest))
  const chosen = awake.slice(0, LOGS_OF_A_BOX)
  const left = awake.slice(LOGS_OF_A_BOX)
  return {
    chosen,
    notices: [
      ...(repeats.length > 0
        ? [`${box}: ${repeats.map(({ id }) => id).join(', ')} not read, the journal has the same (name it to read it)`]
        : []),
      ...(left.length > 0
        ? [
            `${box}: ${count(left.length, 'more log')} not read, ${left[0]?.id} among them (--list shows all; name those that you mean)`,
          ]
        : []),
    ],
  }
}

function isRepeated({ kind, id, writers }: LogSource): boolean {
  return kind === 'file' && (SYSLOG_FILES.test(id) || writers.some(({ name }) => SYSLOG_DAEMONS.has(name)))
}

function isAwake({ kind, files }: LogSource, earliestMs: number): boolean {
  if (kind !== 'file') return true
  return files.some(({ bytes, modifiedAtMs }) => bytes > 0 && modifiedAtMs >= earliestMs)
}
