import type { Escape, Extent, Piece } from './pieces.ts'
import {
  type Put,
  putBytes,
  putClient,
  putDuration,
  putField,
  putHost,
  putIsoTime,
  putMethod,
  putPatternTime,
  putStatus,
  putTarget,
  putUpstream,
  putUpstreamDuration,
} from './put.ts'

/** Envoy's format strings (documentation, "Access logging", "Command operators"). A text that is written over several lines is one. */
export function envoyLayout(text: string): { readonly pieces: readonly Piece[]; readonly escape: Escape } {
  const format = formatOf(text)
  const pieces: Piece[] = []
  let constant = ''
  let at = 0
  for (const match of format.matchAll(OPERATOR)) {
    constant += format.slice(at, match.index)
    at = match.index + match[0].length
    if (match[0] === '%%') {
      constant += '%'
      continue
    }
    if (constant !== '') pieces.push(constant)
    constant = ''
    const [put, extent] = envoyOperator(match[1] ?? '', match[2])
    const name = match[0]
    pieces.push(extent === undefined ? { name, put } : { name, put, extent })
  }
  constant += format.slice(at)
  if (constant !== '') pieces.push(constant)
  return { pieces, escape: format.startsWith('{') ? 'json' : 'none' }
}

/** The default of proxies. Since 1.33 `REQ` is also written `REQUEST_HEADER`. */
export const ENVOY_DEFAULT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"'

/** Istio's sidecars and gateways (documentation, "Envoy Access Logs"). */
export const ISTIO_DEFAULT =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%'

/** The same up to Istio 1.7, where Mixer still had a place in it, and before 1.1, of connections and requests alike. */
export const ISTIO_1_7 =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% "%DYNAMIC_METADATA(istio.mixer:status)%" "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%'
export const ISTIO_1_0 =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME%'

const OPERATOR = /%%|%([A-Z][A-Z0-9_]{0,100})(?:\(([^)]{0,200})\))?(?::\d{1,6})?%/g

function formatOf(text: string): string {
  const format = text.trim().replace(/(?:\\n)+$/, '')
  if (format === '' || format === 'default') return ENVOY_DEFAULT
  return format.replaceAll(/\s*\n\s*/g, ' ')
}

const OPERATORS: Readonly<Record<string, readonly [put: Put, extent?: Extent]>> = {
  RESPONSE_CODE: [putStatus],
  BYTES_SENT: [putBytes],
  DURATION: [putDuration(1)],
  RESPONSE_DURATION: [putUpstreamDuration(1)],
  UPSTREAM_HOST: [putUpstreamHost],
  DOWNSTREAM_REMOTE_ADDRESS: [putRemote],
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: [putClient],
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: [putRemote],
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: [putClient],
  PROTOCOL: [putField('protocol')],
  RESPONSE_FLAGS: [putFlags],
  UPSTREAM_CLUSTER: [putField('upstream_cluster')],
}

const HEADERS: Readonly<Record<string, Put>> = {
  ':METHOD': putMethod,
  ':PATH': putTarget,
  'X-ENVOY-ORIGINAL-PATH': putTarget,
  ':AUTHORITY': putHost,
  'USER-AGENT': putField('user_agent'),
}

/** @param argument what stands in its parentheses: a header (with another one after `?`, for when it is missing), a pattern of time */
export function envoyOperator(operator: string, argument: string | undefined): readonly [put: Put, extent?: Extent] {
  if (operator === 'START_TIME' || operator === 'EMIT_TIME') {
    return argument === undefined || argument === '' ? [putIsoTime] : [putPatternTime(argument), { time: argument }]
  }
  if (argument === undefined) return OPERATORS[operator] ?? [putField(operator.toLowerCase()), 'list']
  const header = argument.toUpperCase().split('?')[0] ?? ''
  if (operator === 'RESP' || operator === 'RESPONSE_HEADER') {
    return header === 'X-ENVOY-UPSTREAM-SERVICE-TIME' ? [putUpstreamDuration(1)] : [putField(header.toLowerCase())]
  }
  if (operator === 'REQ' || operator === 'REQUEST_HEADER')
    return [HEADERS[header] ?? putField(header.toLowerCase()), 'list']
  return [putField(argument.toLowerCase()), 'list']
}

/** Without an answer it depends on them whose fault it is: Envoy had no upstream, or none that took the connection or answered (documentation, "%RESPONSE_FLAGS%"). */
function putFlags(...[draft, value]: Parameters<Put>): void {
  draft.fields.push(['response_flags', value])
  if (/\b(?:UH|UF|UO|UC|UT|URX|NR|NC|LH|OM)\b/.test(value.slice(0, 64))) draft.unansweredSeverity = 'error'
}

/** Old versions say `tcp://10.0.2.1:80`. */
function putUpstreamHost(...[draft, value, time]: Parameters<Put>): void {
  putUpstream(draft, value.replace(/^[a-z]+:\/\//, ''), time)
}

function putRemote(...[draft, value, time]: Parameters<Put>): void {
  putClient(draft, value.replace(/:\d{1,5}$/, ''), time)
}
