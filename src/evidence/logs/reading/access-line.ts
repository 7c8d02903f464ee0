import type { AccessEvent, LogEvent, Severity } from '../format.ts'
import { routeOf } from '../route.ts'

/** What differs from log to log beside the request itself. */
export interface AccessContext {
  readonly atMs?: number | undefined
  readonly pid?: number | undefined
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** In place of the usual one where there was no answer. */
  readonly unansweredSeverity?: Severity | undefined
}

/**
 * The event of a served request. Its message is what requests of one kind have in common, so that patterns are made of routes and answers and not of clients
 * and times: `GET /orders/{id} 502 Bad Gateway`. The phrase stands beside the code because numbers are masked when patterns are made.
 */
export function accessEvent(access: Writable<AccessEvent>, context: AccessContext): LogEvent {
  const { target, status, method = 'request' } = access
  if (target !== undefined) access.route ??= routeOf(target)
  const answer = answerOf(status)
  const message = access.route === undefined ? `${method} ${answer}` : `${method} ${access.route} ${answer}`
  const severity = accessSeverity(status)
  const event: Writable<LogEvent> =
    context.atMs === undefined ? { severity, message, access } : { atMs: context.atMs, severity, message, access }
  if (status === 0 && context.unansweredSeverity !== undefined) event.severity = context.unansweredSeverity
  // One by one: copying objects for each line of a log takes longer than reading it.
  if (context.pid !== undefined) event.pid = context.pid
  if (context.fields !== undefined) event.fields = context.fields
  return event
}

/**
 * Characters that an access line may have. nginx takes 8 KiB for the request line and for each header, and writes up to four characters for one; what is
 * longer still was not written by a layout.
 */
export const LONGEST_ACCESS_LINE = 131_072

/** While it is made. */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/**
 * 5xx: the server failed, an error. 4xx: the request was refused, mostly by the client's own doing (a wrong password, a page that is gone, a scanner), so one
 * alone is worth no more than a notice; when there are suddenly many of them, their rate tells. No answer at all (0) is the client's going away.
 */
function accessSeverity(status: number): Severity {
  if (status >= 500) return 'error'
  return status >= 400 || status === 0 ? 'notice' : 'info'
}

/** `502 Bad Gateway`; `no answer` for 0. */
function answerOf(status: number): string {
  if (status === 0) return 'no answer'
  return PHRASES[status] ?? `${String(status)} ${CLASSES[Math.floor(status / 100)] ?? 'Unknown'}`
}

/** RFC 9110 15 has the phrase of each class; these are for codes that nobody has registered. */
const CLASSES: Readonly<Record<number, string>> = {
  1: 'Informational',
  2: 'Successful',
  3: 'Redirection',
  4: 'Client Error',
  5: 'Server Error',
}

/** RFC 9110 15 and the registry that it founds; 444 and 494 to 499 are nginx's own (ngx_http_request.h), 46x those of AWS's load balancer. */
const PHRASES: readonly (string | undefined)[] = listed({
  100: 'Continue',
  101: 'Switching Protocols',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  407: 'Proxy Authentication Required',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  423: 'Locked',
  424: 'Failed Dependency',
  425: 'Too Early',
  426: 'Upgrade Required',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  444: 'Closed Without Answer',
  451: 'Unavailable For Legal Reasons',
  460: 'Client Closed Connection',
  463: 'Too Many Forwarded Addresses',
  494: 'Request Header Too Large',
  495: 'Client Certificate Error',
  496: 'Client Certificate Missing',
  497: 'Plain Request To TLS Port',
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
  511: 'Network Authentication Required',
})

/** By code: a lookup for each line of a log. */
function listed(phrases: Readonly<Record<number, string>>): readonly (string | undefined)[] {
  const list = Array.from<string | undefined>({ length: 600 })
  for (const [code, phrase] of Object.entries(phrases)) list[Number(code)] = `${code} ${phrase}`
  return list
}
