import type { BoxTime } from '../time/box-time.ts'
import { eventOf, pidOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { jsonObject } from '../reading/json-object.ts'
import { severityOfSyslog } from '../reading/severity.ts'
import { timeAt } from '../time/time-in-text.ts'

/** The journal as `journalctl -o json` prints it, one object a line. Fields: systemd.journal-fields(7). */
export const journaldJson: LogFormat = {
  id: 'journald-json',
  title: 'journal (journalctl -o json)',
  envelope: true,
  samples: [
    {
      text: '{"__CURSOR":"s=ab;i=1","__REALTIME_TIMESTAMP":"1709630142120345","PRIORITY":"3","_HOSTNAME":"web-1","SYSLOG_IDENTIFIER":"orders","_PID":"812","_SYSTEMD_UNIT":"orders.service","_TRANSPORT":"stdout","MESSAGE":"order failed for acme"}',
      origin: 'journalctl(1), output mode json',
    },
    {
      text: '{"__REALTIME_TIMESTAMP":"1709630143000000","PRIORITY":"6","_COMM":"systemd","_PID":"1","CODE_FILE":"src/core/unit.c","CODE_LINE":"5894","UNIT":"orders.service","MESSAGE":"Started orders.service - Orders."}',
      origin: 'journalctl(1), a message of systemd itself, with its place in the code',
    },
    {
      text: '{"__REALTIME_TIMESTAMP":"1709630144000000","_COMM":"orders","MESSAGE":[27,91,51,49,109,102,97,105,108,101,100]}',
      origin: 'journalctl(1): a message with control characters is a list of bytes',
    },
  ],
  read: (text, time) => journalEvent(text, time),
}

function journalEvent(text: string, time: BoxTime): LogEvent | undefined {
  // Objects that go on with the first: the lines of one stack trace, each an entry of its own.
  let first: Readonly<Record<string, unknown>> | undefined
  const messages: string[] = []
  for (const line of text.split('\n')) {
    const object = line.includes('"__REALTIME_TIMESTAMP"') ? jsonObject(line) : undefined
    if (object === undefined && first === undefined) return undefined
    first ??= object
    messages.push(object === undefined ? line : messageOf(object['MESSAGE']))
  }
  if (first === undefined) return undefined
  const said = (name: string): string | undefined => {
    const value = first[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const at = said('__REALTIME_TIMESTAMP')
  const file = said('CODE_FILE')
  const unit = said('_SYSTEMD_UNIT') ?? said('UNIT')
  const priority = said('PRIORITY')
  return eventOf({
    atMs: at === undefined ? undefined : timeAt(at, 0, time)?.atMs,
    severity: priority === undefined ? undefined : severityOfSyslog(Number(priority)),
    ...saidOf(messages.join('\n')),
    host: said('_HOSTNAME'),
    program: said('SYSLOG_IDENTIFIER') ?? said('_COMM'),
    pid: pidOf(said('_PID') ?? said('SYSLOG_PID')),
    statement:
      file === undefined ? undefined : [file, said('CODE_LINE')].filter((part) => part !== undefined).join(':'),
    fields: unit === undefined ? undefined : { unit },
  })
}

function messageOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return ''
  const bytes = value.filter((byte): byte is number => typeof byte === 'number' && byte >= 0 && byte < 256)
  return new TextDecoder().decode(new Uint8Array(bytes))
}
