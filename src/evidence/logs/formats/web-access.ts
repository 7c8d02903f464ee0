import { accessEvent, type Writable } from '../access-line.ts'
import type { BoxTime } from '../box-time.ts'
import { digitsAt, monthAt, readOffset } from '../clock.ts'
import { LONGEST_ACCESS_LINE } from '../configured-layout.ts'
import type { AccessEvent, LogEvent, LogFormat } from '../format.ts'
import { accessExtras, type Extras } from '../web-access-extras.ts'

/**
 * Access logs of web servers in the Common Log Format and its descendants: nginx and Apache `combined`, Apache's `vhost_combined`, lighttpd, Caddy's and
 * Traefik's common format, Gunicorn and Node's morgan. What people add behind it is read where its form says what it is (`web-access-extras.ts`); an integer
 * alone is not, since it may be seconds, milli- or microseconds: the configured layout tells (`configured-layout.ts`).
 */
export const webAccess: LogFormat = {
  id: 'web-access',
  title: 'web server access log (common, combined)',
  samples: [
    {
      text: '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326',
      origin: 'Apache HTTP Server documentation, "Log Files", common format',
    },
    {
      text: '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"',
      origin: 'Apache HTTP Server documentation, "Log Files", combined format',
    },
    {
      text: '203.0.113.9 - - [26/Nov/2026:05:44:35 +0000] "POST /orders/4711/pay?retry=1 HTTP/2.0" 502 157 "https://shop.example/cart" "Mozilla/5.0 (X11; Linux x86_64)" "198.51.100.7, 10.0.0.2" rt=3.002 uct="0.001" uht="-" urt="3.001" ua="10.0.0.7:8080"',
      origin: 'nginx, combined with the extras that its documentation of ngx_http_upstream_module suggests',
    },
    {
      text: 'shop.example:443 2001:db8::7 - - [26/Nov/2026:05:44:36 +0000] "GET / HTTP/1.1" 301 575 "-" "curl/7.88.1"',
      origin: 'Apache of Debian 12, other_vhosts_access.log (vhost_combined)',
    },
    {
      text: '198.51.100.23 - - [26/Nov/2026:05:44:37 +0000] "\\x16\\x03\\x01\\x00\\xEE\\x01" 400 157 "-" "-"',
      origin: 'nginx: TLS spoken to a plain port',
    },
    {
      text: '192.0.2.4 - - [26/Nov/2026:05:44:38 +0000] "GET /api/users/7 HTTP/1.1" 200 512 "-" "-" 1204 "users@docker" "http://172.17.0.3:8000" 12ms',
      origin: 'Traefik documentation, "Access Logs", CLF with its count, router, server and duration',
    },
  ],
  read: (text, time) => readWebAccess(text, time),
}

/** Host names, addresses, a user with blanks: nothing before the time is longer in any real log. */
const LONGEST_HEAD = 1024

function readWebAccess(text: string, time: BoxTime): LogEvent | undefined {
  const bracket = text.indexOf(' [')
  if (bracket < 1 || bracket > LONGEST_HEAD || text.length > LONGEST_ACCESS_LINE) return undefined
  const atMs = timeIn(text, bracket + 2)
  const request = bracket + '[10/Oct/2000:13:55:36 -0700] "'.length + 1
  if (atMs === undefined || text.charCodeAt(request - 1) !== QUOTE || text.charCodeAt(request - 3) !== BRACKET)
    return undefined
  const requestEnd = quoteAfter(text, request)
  const status = digitsAt(text, requestEnd + 2, 3)
  if (requestEnd < 0 || status < 0 || isDigit(text, requestEnd + 5)) return undefined
  const head = headOf(text, bracket)
  const bytesEnd = endOfWord(text, requestEnd + 6)
  const bytes = digitsAt(text, requestEnd + 6, bytesEnd - requestEnd - 6)
  const { extras, fields } = behind(text, bytesEnd, head.user, time)
  const { method, target } = requestOf(text, request, requestEnd)
  return accessEvent(
    joined(
      {
        method,
        target,
        status,
        client: head.client,
        host: head.host,
        bytes: bytes > 0 || text[requestEnd + 6] === '0' ? bytes : undefined,
      },
      extras,
    ),
    { atMs, fields },
  )
}

const QUOTE = 0x22
const BRACKET = 0x5d
const SPACE = 0x20
const BACKSLASH = 0x5c

function isDigit(text: string, at: number): boolean {
  return digitsAt(text, at, 1) >= 0
}

/** `10/Oct/2000:13:55:36 -0700`, always of this length. */
function timeIn(text: string, at: number): number | undefined {
  const day = digitsAt(text, at, 2)
  const month = monthAt(text, at + 3)
  const year = digitsAt(text, at + 7, 4)
  const hour = digitsAt(text, at + 12, 2)
  const minute = digitsAt(text, at + 15, 2)
  const second = digitsAt(text, at + 18, 2)
  const zone = readOffset(text, at + 21)
  if (day < 1 || day > 31 || month === 0 || year < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59)
    return undefined
  if (second < 0 || second > 60 || zone?.end !== at + 26) return undefined
  return Date.UTC(year, month - 1, day, hour, minute, second) - zone.minutes * 60_000
}

/** The end of a quoted part; -1 when there is none. Apache writes a quote within as `\"`, nginx as `\x22`. */
function quoteAfter(text: string, at: number): number {
  let quote = text.indexOf('"', at)
  while (quote > at && text.charCodeAt(quote - 1) === BACKSLASH && isEscaped(text, at, quote))
    quote = text.indexOf('"', quote + 1)
  return quote
}

function isEscaped(text: string, at: number, quote: number): boolean {
  let slashes = 0
  while (quote - slashes > at && text.charCodeAt(quote - slashes - 1) === BACKSLASH) slashes++
  return slashes % 2 === 1
}

function endOfWord(text: string, at: number): number {
  const end = text.indexOf(' ', at)
  return end === -1 ? text.length : end
}

/** `host ident user`, with `vhost:port ` before in Apache's vhost formats. A user may have blanks, the ident never has. */
function headOf(
  text: string,
  end: number,
): { client: string | undefined; user: string | undefined; host: string | undefined } {
  const first = endOfWord(text, 0)
  const second = endOfWord(text, first + 1)
  const isVhost =
    second < end &&
    text.charCodeAt(second - 1) !== 0x2d &&
    second - first > 2 &&
    /^[\w.-]+:\d+$/.test(text.slice(0, first))
  const clientAt = isVhost ? first + 1 : 0
  const clientEnd = isVhost ? second : first
  const userAt = endOfWord(text, clientEnd + 1) + 1
  const user = userAt >= end ? undefined : text.slice(userAt, end)
  return {
    client: text.slice(clientAt, Math.min(clientEnd, end)),
    user: user === '-' ? undefined : user,
    host: isVhost ? text.slice(0, text.lastIndexOf(':', first)) : undefined,
  }
}

/** `GET /path HTTP/1.1`; what is no request line has neither method nor target. */
function requestOf(
  text: string,
  start: number,
  end: number,
): { method: string | undefined; target: string | undefined } {
  const space = text.indexOf(' ', start)
  if (space === -1 || space >= end || space - start > LONGEST_METHOD || !isMethod(text, start, space))
    return { method: undefined, target: undefined }
  const version = text.lastIndexOf(' ', end - 1)
  const targetEnd = version > space && text.startsWith('HTTP/', version + 1) ? version : end
  return { method: text.slice(start, space), target: text.slice(space + 1, targetEnd) }
}

/** `VERSION-CONTROL` and `BASELINE-CONTROL` of WebDAV are the longest. */
const LONGEST_METHOD = 20

function isMethod(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at)
    if ((code < 0x41 || code > 0x5a) && code !== 0x2d && code !== 0x5f) return false
  }
  return end > start
}

/** Referer and user agent, then what people add. */
function behind(
  text: string,
  bytesEnd: number,
  user: string | undefined,
  time: BoxTime,
): { extras: Extras | undefined; fields: Record<string, string> | undefined } {
  let at = bytesEnd
  let fields: Record<string, string> | undefined = user === undefined ? undefined : { user }
  for (const name of ['referer', 'user_agent'] as const) {
    if (text.charCodeAt(at) !== SPACE || text.charCodeAt(at + 1) !== QUOTE) break
    const end = quoteAfter(text, at + 2)
    if (end === -1) break
    if (end - at !== 3 || text.charCodeAt(at + 2) !== 0x2d) (fields ??= {})[name] = text.slice(at + 2, end)
    at = end + 1
  }
  if (at >= text.length) return { extras: undefined, fields }
  const extras = accessExtras(text, at, time)
  return { extras, fields: extras.fields === undefined ? fields : { ...fields, ...extras.fields } }
}

interface Line {
  readonly method: string | undefined
  readonly target: string | undefined
  readonly status: number
  readonly client: string | undefined
  readonly host: string | undefined
  readonly bytes: number | undefined
}

function joined(line: Line, extras: Extras | undefined): Writable<AccessEvent> {
  const access: Writable<AccessEvent> = { status: line.status }
  if (line.method !== undefined) access.method = line.method
  if (line.target !== undefined) access.target = line.target
  if (line.client !== undefined) access.client = line.client
  if (line.host !== undefined) access.host = line.host
  if (line.bytes !== undefined) access.bytes = line.bytes
  return extras === undefined ? access : Object.assign(access, extras.access)
}
