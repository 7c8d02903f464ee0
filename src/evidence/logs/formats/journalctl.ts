import type { BoxTime } from '../time/box-time.ts'
import { headOf } from '../reading/event.ts'
import type { LogFormat } from '../format.ts'
import { priorityAt, syslogEvent, syslogRest } from '../reading/syslog-line.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * Lines of syslog with a full time: `journalctl -o short-iso`, `short-iso-precise`, `short-unix`, `short-full`, and what rsyslog writes with its
 * RSYSLOG_FileFormat (the default of newer distributions). Source: journalctl(1), rsyslog.com/doc/configuration/templates.
 */
export const journalctl: LogFormat = {
  id: 'journalctl',
  title: 'journal or syslog with full time',
  breadth: 1,
  envelope: true,
  samples: [
    {
      text: '2024-03-05T10:15:42+0100 web-1 orders[812]: order failed for acme',
      origin: 'journalctl(1), output mode short-iso',
    },
    {
      text: '1709630142.120345 web-1 systemd[1]: Started orders.service - Orders.',
      origin: 'journalctl(1), output mode short-unix',
    },
    {
      text: '<3>1795683909.042224 web-1 orders[140]: order failed for acme',
      origin: 'an entry with its priority, as it is read from the journal of systemd 252 (fetch/journal-lines.ts)',
    },
    {
      text: '<>1795683909.042224 web-1 audit[140]: USER_LOGIN pid=140',
      origin: 'an entry without a priority, read likewise',
    },
    {
      text: 'Tue 2024-03-05 10:15:42 CET web-1 sshd[2113]: Connection closed by 10.0.0.7 port 52044 [preauth]',
      origin: 'journalctl(1), output mode short-full',
    },
    {
      text: '2024-03-05T10:15:42.120345+01:00 web-1 orders[812]: Traceback (most recent call last):\n2024-03-05T10:15:42.120345+01:00 web-1 orders[812]:   File "/srv/app/orders.py", line 88, in place\n2024-03-05T10:15:42.120345+01:00 web-1 orders[812]:     raise ValueError(item)\n2024-03-05T10:15:42.120345+01:00 web-1 orders[812]: ValueError: 12',
      origin: 'rsyslog RSYSLOG_FileFormat, an exception over four lines',
    },
  ],
  read: (text, time) => {
    const [line, others] = headOf(text)
    const head = headAt(line, time)
    return head && syslogEvent(head.rest, others, { ...head, headOf: (other) => headAt(other, time)?.rest })
  },
}

/** A time with a zone, or seconds with microseconds: without those it could be any program's own line. */
const FULL_TIME =
  /^(?:\d{4}-\d\d-\d\dT[\d:.,]{8,18}(?:Z|[+-]\d\d:?\d\d) |\d{10}\.\d{6} |[A-Z][a-z]{2} \d{4}-\d\d-\d\d [\d:.]{8,15} \S{2,10} )/

function headAt(line: string, time: BoxTime) {
  const { severity, end } = priorityAt(line)
  const [whole] = FULL_TIME.exec(line.slice(end, end + 64)) ?? []
  if (whole === undefined) return undefined
  const weekday = /^[A-Z]/.test(whole) ? 4 : 0
  const found = timeAt(line, end + weekday, time)
  const rest = syslogRest(line, end + whole.length)
  return found === undefined || rest === undefined ? undefined : { atMs: found.atMs, severity, rest }
}
