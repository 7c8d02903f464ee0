import type { BoxTime } from '../time/box-time.ts'
import { headOf } from '../reading/event.ts'
import type { LogFormat } from '../format.ts'
import { priorityAt, syslogEvent, type SyslogRest, syslogRest } from '../reading/syslog-line.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * Lines of syslog as RFC 3164 describes them and rsyslog writes them by default (`/var/log/syslog`, `messages`, `auth.log`), also what journalctl prints:
 * `Mmm dd hh:mm:ss host program[pid]: text`, without year and zone.
 */
export const syslog: LogFormat = {
  id: 'syslog',
  title: 'syslog (RFC 3164)',
  breadth: 1,
  envelope: true,
  samples: [
    {
      text: 'Mar  5 10:15:42 web-1 orders[812]: order failed for acme',
      origin: 'RFC 3164, 4.1; rsyslog TraditionalFileFormat',
    },
    {
      text: '<27>Dec 31 23:59:58 web-1 CRON[2113]: (root) CMD (run-parts /etc/cron.hourly)',
      origin: 'RFC 3164, 4.1, with the priority as it is sent',
    },
    {
      text: 'Jan 14 06:25:01 web-1 kernel: [12345.678901] Out of memory: Killed process 812 (orders)',
      origin: 'a message of the kernel as rsyslog writes it to kern.log',
    },
    {
      text: 'Jan 14 06:25:01.123456 web-1 orders[812]: no stock\nJan 14 06:25:01.123460 web-1 orders[812]:     at place (/srv/app/orders.js:88:13)',
      origin: 'journalctl -o short-precise, a stack trace over two lines',
    },
  ],
  read: (text, time) => {
    const [line, others] = headOf(text)
    const head = headAt(line, time)
    return head && syslogEvent(head.rest, others, { ...head, headOf: (other) => headAt(other, time)?.rest })
  },
}

function headAt(line: string, time: BoxTime) {
  const { severity, end } = priorityAt(line)
  if (!/^[A-Z][a-z]{2} [ \d]\d /.test(line.slice(end, end + 8))) return undefined
  const found = timeAt(line, end, time)
  const rest: SyslogRest | undefined = found === undefined ? undefined : syslogRest(line, found.end)
  return found === undefined || rest === undefined ? undefined : { atMs: found.atMs, severity, rest }
}
