import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityOf } from '../reading/severity.ts'
import { atOf, timeAt } from '../time/time-in-text.ts'
import { splitTrace } from '../reading/trace-text.ts'

/** Apache's error log, of 2.4 (module, process, thread, client's port) and of 2.2 (level and client alone). */
export const apacheError: LogFormat = {
  id: 'apache-error',
  title: 'Apache error log',
  samples: [
    {
      text: '[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 72.15.99.187:52044] File does not exist: /usr/local/apache2/htdocs/favicon.ico',
      origin: 'Apache HTTP Server 2.4 documentation, "Log Files", error log',
    },
    {
      text: '[Wed Oct 11 14:32:52 2000] [error] [client 127.0.0.1] client denied by server configuration: /export/home/live/ap/htdocs/test',
      origin: 'Apache HTTP Server 2.2 documentation, "Log Files", error log',
    },
    {
      text: '[Thu Nov 26 05:44:35.123456 2026] [proxy:error] [pid 812:tid 140012345678912] (111)Connection refused: AH00957: http: attempt to connect to 10.0.0.7:8080 (10.0.0.7:8080) failed',
      origin: 'Apache 2.4.62 of Debian 12, mod_proxy_http',
    },
    {
      text: '[Thu Nov 26 05:44:36.000001 2026] [php:error] [pid 813] [client 203.0.113.9:40022] PHP Fatal error:  Uncaught TypeError: charge(): Argument #1 ($card) must be of type Card, null given in /srv/shop/pay.php:31\nStack trace:\n#0 /srv/shop/index.php(12): charge(NULL)\n#1 {main}\n  thrown in /srv/shop/pay.php on line 31, referer: https://shop.example/cart',
      origin: 'Apache 2.4 with mod_php 8.2',
    },
    {
      text: '[Thu Nov 26 05:44:37.100000 2026] [mpm_event:notice] [pid 811:tid 140012345670000] AH00489: Apache/2.4.62 (Debian) configured -- resuming normal operations',
      origin: 'Apache 2.4.62 of Debian 12, start',
    },
    {
      text: '[Thu Nov 26 09:19:26.764620 2026] [proxy_http:error] [pid 83:tid 88] [client 127.0.0.1:38812] AH01114: HTTP: failed to make connection to backend: 127.0.0.1\nTraceback: bad thing\nsecond line',
      origin: 'Apache 2.4.71, what a CGI program wrote to standard error behind the record of another process',
    },
  ],
  read: (text, time) => readApacheError(text, time),
}

const HEAD =
  /^\] \[(?:([\w.-]{0,64}):)?(emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\] (?:\[pid (\d{1,10})(?::tid (\d{1,20}))?\] )?/
const SOURCE = /^([\w./-]{1,100}\.c\(\d{1,6}\)): /
const CLIENT = /^\[(?:client|remote) ([^\]\s]{1,100})\] /

function readApacheError(text: string, time: BoxTime): LogEvent | undefined {
  if (!text.startsWith('[')) return undefined
  const close = text.slice(0, 40).indexOf(']')
  const head = close === -1 ? null : HEAD.exec(text.slice(close, close + 200))
  const found = head === null ? undefined : timeAt(text.slice(0, close), 1, time)
  if (head === null || found?.end !== close) return undefined
  const [whole, module, level = '', pid, thread] = head
  const { client, statement, said } = behindHead(text.slice(close + whole.length))
  const { message, referer } = withoutReferer(said)
  const severity = severityOf(level.replace(/\d$/, ''))
  const fields = { ...(client === undefined ? {} : { client }), ...(referer === undefined ? {} : { referer }) }
  return {
    ...atOf(found.atMs),
    ...(severity === undefined ? {} : { severity }),
    ...splitTrace(message),
    ...(module === undefined || module === '' ? {} : { logger: module }),
    ...(pid === undefined ? {} : { pid: Number(pid) }),
    ...(thread === undefined ? {} : { thread }),
    ...(statement === undefined ? {} : { statement }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  }
}

/** From `LogLevel debug` on, the place in the source stands before the client, which may come before or behind the system's error. */
function behindHead(text: string): { client: string | undefined; statement: string | undefined; said: string } {
  const source = SOURCE.exec(text.slice(0, 128))
  const afterSource = text.slice(source?.[0].length ?? 0)
  const error = /^\(\d{1,6}\)[^:[]{1,100}: /.exec(afterSource.slice(0, 128))?.[0] ?? ''
  const client = CLIENT.exec(afterSource.slice(error.length, error.length + 128))
  const address = client?.[1]?.replace(/(?<=[.\d\]]):\d{1,5}$/, '')
  return {
    client: address,
    statement: source?.[1],
    said: error + afterSource.slice(error.length + (client?.[0].length ?? 0)),
  }
}

function withoutReferer(said: string): { message: string; referer: string | undefined } {
  const at = said.lastIndexOf(', referer: ')
  return at === -1
    ? { message: said, referer: undefined }
    : { message: said.slice(0, at), referer: said.slice(at + ', referer: '.length) }
}
