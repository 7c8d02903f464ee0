import { eventOf } from '../reading/event.ts'
import type { LogEvent, LogFormat, Severity } from '../format.ts'

/**
 * What systemd itself says of its units, without a header (`journalctl -o cat`, or inside syslog and the journal). Wording: src/core/job.c and service.c of systemd,
 * systemd.exec(5).
 */
export const systemd: LogFormat = {
  id: 'systemd',
  title: 'messages of systemd',
  samples: [
    { text: 'Started orders.service - Orders.', origin: 'systemd 252, a job that is done' },
    {
      text: 'orders.service: Main process exited, code=exited, status=1/FAILURE',
      origin: 'systemd 252, service.c; systemd.exec(5) has the codes',
    },
    { text: "orders.service: Failed with result 'exit-code'.", origin: 'systemd 252, unit_log_failure' },
    { text: 'Failed to start orders.service - Orders.', origin: 'systemd 252, a job that failed' },
    { text: 'orders.service: Scheduled restart job, restart counter is at 5.', origin: 'systemd 252, service.c' },
  ],
  read: (text) => systemdEvent(text),
}

const UNIT = String.raw`([\w@.\\:-]{1,200}\.(?:service|socket|timer|mount|automount|scope|slice|target|device|path|swap))`
const OF_UNIT = new RegExp(`^${UNIT}: `)
const OF_JOB = new RegExp(
  `^(Starting|Started|Stopping|Stopped|Reloading|Reloaded|Finished|Failed to start|Failed to stop|Reached target|Stopped target|Listening on|Closed|Mounting|Mounted|Unmounting|Unmounted|Created slice|Removed slice) (?:${UNIT}|(.{1,200}?)(?:\\.\\.\\.|\\.)$)`,
)

function systemdEvent(text: string): LogEvent | undefined {
  const beginning = text.slice(0, 512)
  const unit = OF_UNIT.exec(beginning)?.[1]
  const [, job, named] = unit === undefined ? (OF_JOB.exec(beginning) ?? []) : []
  if (unit === undefined && (job === undefined || text.includes('\n'))) return undefined
  const about = unit ?? named
  return eventOf({
    severity: severityOf(text, job),
    message: text,
    fields: about === undefined ? undefined : { unit: about },
  })
}

function severityOf(text: string, job: string | undefined): Severity {
  if (job?.startsWith('Failed')) return 'error'
  const beginning = text.slice(0, 512)
  if (
    /: (?:Main|Control) process exited, code=(?:killed|dumped)|, status=\d+\/(?!SUCCESS)|: Failed |oom-kill|timed out|: Start request repeated/.test(
      beginning,
    )
  )
    return 'error'
  return /Scheduled restart|State '|Watchdog|: Unit process/.test(beginning) ? 'warning' : 'info'
}
