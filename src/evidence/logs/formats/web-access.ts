import { accessEvent, LONGEST_ACCESS_LINE, type Writable } from '../reading/access-line.ts'
import type { BoxTime } from '../time/box-time.ts'
import { digitsAt, monthAt, readOffset } from '../time/clock.ts'
import { unescaped } from '../configured/pieces.ts'
import type { AccessEvent, LogEvent, LogFormat } from '../format.ts'
import { accessExtras } from '../reading/web-access-extras.ts'
import { routeOf } from '../route.ts'

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
  if (atMs === undefined || text.charCodeAt(request - 1) !== QUOTE || text.charCodeAt(request - 3) !== BRACKET) {
    return undefined
  }
  const requestEnd = quoteAfter(text, request)
  const status = digitsAt(text, requestEnd + 2, 3)
  if (requestEnd < 0 || status < 0 || isDigit(text, requestEnd + 5)) return undefined
  const bytesEnd = endOfWord(text, requestEnd + 6)
  const bytes = bytesEnd - requestEnd > 22 ? -1 : digitsAt(text, requestEnd + 6, bytesEnd - requestEnd - 6)
  const access = requestIn(text, request, requestEnd, status, bytesEnd > requestEnd + 6 ? bytes : -1)
  const user = putHead(access, text, bracket)
  // The head is syslog's: what it holds is read by that format, with its host.
  if (user?.includes(' ') === true && SYSLOG.test(user)) return undefined
  return accessEvent(access, { atMs, fields: fieldsBehind(access, text, bytesEnd, user, time) })
}

const QUOTE = 0x22
const BRACKET = 0x5d
const SPACE = 0x20
const BACKSLASH = 0x5c
const DASH = 0x2d

/** `06:44:35 web-1 nginx: 203.0.113.9 - -` and, behind a time without blanks, `nginx: 203.0.113.9 - -`. */
const SYSLOG = /^(?:\d\d:\d\d:\d\d |\S{1,80}: \S)/

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

/**
 * `host ident user`, with `vhost:port ` before in Apache's vhost formats. A user may have blanks, the ident never has.
 *
 * @returns the user
 */
function putHead(access: Writable<AccessEvent>, text: string, end: number): string | undefined {
  const first = endOfWord(text, 0)
  const second = endOfWord(text, first + 1)
  const isVhost =
    second < end && !(second === first + 2 && text.charCodeAt(first + 1) === DASH) && isHostAndPort(text, first)
  const clientEnd = Math.min(isVhost ? second : first, end)
  access.client = text.slice(isVhost ? first + 1 : 0, clientEnd)
  if (isVhost) access.host = text.slice(0, text.lastIndexOf(':', first))
  const userAt = endOfWord(text, clientEnd + 1) + 1
  return userAt >= end || (userAt === end - 1 && text.charCodeAt(userAt) === DASH) ? undefined : text.slice(userAt, end)
}

/** An IPv6 address has more colons than one. */
function isHostAndPort(text: string, end: number): boolean {
  const colon = text.lastIndexOf(':', end)
  return colon > 0 && /^[\w.-]+:\d+$/.test(text.slice(0, end))
}

/**
 * `GET /path HTTP/1.1`; what is no request line has neither method nor target. Made in one piece where all is there: an object that grows key by key takes
 * several times the memory, for each line of a log.
 */
function requestIn(text: string, start: number, end: number, status: number, bytes: number): Writable<AccessEvent> {
  const space = text.indexOf(' ', start)
  if (space === -1 || space >= end || space - start > LONGEST_METHOD || !isMethod(text, start, space)) {
    return bytes < 0 ? { status } : { status, bytes }
  }
  const version = text.lastIndexOf(' ', end - 1)
  const targetEnd = version > space && text.startsWith('HTTP/', version + 1) ? version : end
  const method = text.slice(start, space)
  const target = unescaped(text.slice(space + 1, targetEnd), 'backslash')
  const route = routeOf(target)
  return bytes < 0
    ? { method, target, route, status, client: '' }
    : { method, target, route, status, client: '', bytes }
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

/** Referer and user agent, then what people add, which may be of the request itself. */
function fieldsBehind(
  access: Writable<AccessEvent>,
  text: string,
  bytesEnd: number,
  user: string | undefined,
  time: BoxTime,
): Record<string, string> | undefined {
  const refererEnd = quotedEnd(text, bytesEnd)
  const agentEnd = refererEnd === bytesEnd ? bytesEnd : quotedEnd(text, refererEnd)
  const referer = quotedIn(text, bytesEnd, refererEnd)
  const agent = quotedIn(text, refererEnd, agentEnd)
  const at = agentEnd
  let fields: Record<string, string> | undefined
  if (referer !== undefined && agent !== undefined) fields = { referer, user_agent: agent }
  else if (agent !== undefined) fields = { user_agent: agent }
  else if (referer !== undefined) fields = { referer }
  if (user !== undefined) fields = { user, ...fields }
  if (at >= text.length) return fields
  const extras = accessExtras(text, at, time)
  Object.assign(access, extras.access)
  return extras.fields === undefined ? fields : { ...fields, ...extras.fields }
}

/** Where the quoted part behind this place ends; the place itself when there is none. */
function quotedEnd(text: string, at: number): number {
  if (text.charCodeAt(at) !== SPACE || text.charCodeAt(at + 1) !== QUOTE) return at
  return quoteAfter(text, at + 2) + 1 || at
}

/** Undefined: there is none, or it says so. */
function quotedIn(text: string, at: number, end: number): string | undefined {
  if (end === at || (end - at === 4 && text.charCodeAt(at + 2) === DASH)) return undefined
  return unescaped(text.slice(at + 2, end - 1), 'backslash')
}
