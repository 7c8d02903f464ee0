import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat, Severity } from '../format.ts'
import { severityOf } from '../reading/severity.ts'
import { syslogPrefixOf } from '../reading/syslog-prefix.ts'
import { atOf, timeAt } from '../time/time-in-text.ts'

/** What HAProxy says of itself and of its servers: checks that fail, servers and backends that are down, handshakes that fail, starts and reloads. */
export const haproxyMessage: LogFormat = {
  id: 'haproxy-message',
  title: 'HAProxy messages',
  samples: [
    {
      text: 'Nov 26 05:44:35 lb-1 haproxy[812]: Server be_orders/web-2 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 1 active and 0 backup servers left. 12 sessions active, 0 requeued, 3 remaining in queue.',
      origin: 'HAProxy 2.8 (src/check.c) through rsyslog',
    },
    {
      text: 'Nov 26 05:44:36 lb-1 haproxy[812]: backend be_orders has no server available!',
      origin: 'HAProxy 2.8 (src/server.c)',
    },
    {
      text: '203.0.113.9:40022 [26/Nov/2026:05:44:37.001] fe_shop/1: SSL handshake failure',
      origin: 'HAProxy 2.8, Configuration Manual "Error log format"',
    },
    {
      text: '[WARNING]  (811) : Server be_orders/web-1 is UP, reason: Layer7 check passed, code: 200, check duration: 2ms. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
      origin: 'HAProxy 2.8 on standard error',
    },
    {
      text: '[ALERT] 329/054435 (811) : Starting proxy fe_shop: cannot bind socket [0.0.0.0:443]',
      origin: 'HAProxy 2.2 on standard error, with its day of the year and time',
    },
    {
      text: '<129>Nov 26 09:19:39 haproxy[196]: Server dead/d1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      origin: 'HAProxy 2.6.12, as it is sent to the socket of syslog: without a host',
    },
  ],
  read: (text, time) => readMessage(text, time),
}

function readMessage(text: string, time: BoxTime): LogEvent | undefined {
  const line = firstLine(text)
  if (line.startsWith('[')) return onStandardError(line)
  const prefix = syslogPrefixOf(line, time)
  if (prefix !== undefined && prefix.program !== 'haproxy') return undefined
  const said = line.slice(prefix?.end ?? 0)
  const event = ofConnection(said, time) ?? ofServers(said)
  if (event === undefined || prefix === undefined) return event
  const { atMs, host, program, pid } = prefix
  return {
    ...atOf(atMs),
    ...(host === undefined ? {} : { host }),
    program,
    ...(pid === undefined ? {} : { pid }),
    ...event,
  }
}

const LONGEST = 4096

function firstLine(text: string): string {
  const end = text.indexOf('\n')
  return (end === -1 ? text : text.slice(0, end)).slice(0, LONGEST)
}

const STANDARD_ERROR = /^\[(NOTICE|WARNING|ALERT|EMERG|DIAG|DEBUG)\] {1,5}(?:\d{1,3}\/\d{6} )?\((\d{1,10})\) : /

function onStandardError(line: string): LogEvent | undefined {
  const match = STANDARD_ERROR.exec(line)
  if (match === null) return undefined
  const message = line.slice(match[0].length)
  const severity = severityOfWords(message) ?? severityOf(match[1] ?? '') ?? 'info'
  return { severity, message, pid: Number(match[2]) }
}

/** `client:port [time] frontend/listener: what failed`. */
const CONNECTION =
  /^([\da-fA-F.:]{2,45}):(\d{1,5}) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:.]{8,15})\] ([^\s/:]{1,100}\/[^\s:]{1,100}): /

function ofConnection(said: string, time: BoxTime): LogEvent | undefined {
  const match = CONNECTION.exec(said)
  if (match === null) return undefined
  const [whole, client = '', , at = '', frontend = ''] = match
  return {
    ...atOf(timeAt(at, 0, time)?.atMs),
    severity: 'notice',
    message: `${frontend}: ${said.slice(whole.length)}`,
    fields: { client, frontend },
  }
}

const SERVERS =
  /^(?:(?:Backup )?[Ss]erver \S+ (?:is|was|\()|(?:Health check for |Agent check for )|(?:[Bb]ackend|[Ll]isten|[Pp]roxy|[Ff]rontend) \S+ (?:has|started|stopped|is|cumulated)|Connect from |Starting |Stopping |Pausing |New worker|Loading |Exiting |\S+ started\.?$)/

function ofServers(said: string): LogEvent | undefined {
  if (!SERVERS.test(said.slice(0, 300))) return undefined
  const severity = severityOfWords(said) ?? 'info'
  const server = /[Ss]erver (\S{1,200}) (?:is|was) /.exec(said.slice(0, 300))?.[1]
  return { severity, message: said, ...(server === undefined ? {} : { fields: { server } }) }
}

/** Its levels are no help: a server that comes back is told with the same one as a server that goes. */
function severityOfWords(said: string): Severity | undefined {
  if (/has no server available/.test(said)) return 'fatal'
  if (/ is DOWN\b| failed, reason/.test(said)) return 'error'
  if (/ is (?:UP|READY)\b/.test(said)) return 'notice'
  return undefined
}
