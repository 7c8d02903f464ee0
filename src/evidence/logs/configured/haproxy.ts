import type { Escape, Extent, Piece } from './pieces.ts'
import {
  type Put,
  putBytes,
  putClient,
  putCommonTime,
  putDuration,
  putEpochSeconds,
  putField,
  putHost,
  putMethod,
  putMilliseconds,
  putNothing,
  putPath,
  putPid,
  putQuery,
  putRequest,
  putStatus,
  putTarget,
  putUpstreamDuration,
} from './put.ts'
import { quotedWords } from './quoted.ts'

/**
 * HAProxy `log-format` (Configuration Manual, "Custom log format"): the directive as it is written, its string, or `option httplog`, `httpslog`, `tcplog`.
 * Times are in milliseconds. Sample expressions (`%[…]`) become fields named by the expression.
 */
export function haproxyLayout(text: string): { readonly pieces: readonly Piece[]; readonly escape: Escape } {
  const format = formatOf(text.trim())
  const pieces: Piece[] = []
  let constant = ''
  let at = 0
  let allQuoted = false
  for (const match of format.matchAll(VARIABLE)) {
    constant += format.slice(at, match.index)
    at = match.index + match[0].length
    const [whole, flags = '', expression, letters = ''] = match
    if (whole === '%%') {
      constant += '%'
      continue
    }
    // `%{+Q}o` holds for all that follow; `%{-Q}r` for one.
    if (letters === 'o') {
      allQuoted = flags.includes('+Q') || (allQuoted && !flags.includes('-Q'))
      // It writes nothing, and a line never begins with a blank.
      if (pieces.length === 0 && constant === '') at += /^ */.exec(format.slice(at))?.[0].length ?? 0
      continue
    }
    const quoted = (allQuoted || flags.includes('+Q')) && !flags.includes('-Q')
    if (constant !== '') pieces.push(constant)
    constant = ''
    pieces.push({ ...piece(letters, expression), mayBeQuoted: quoted })
  }
  constant += format.slice(at)
  if (constant !== '') pieces.push(constant)
  return { pieces, escape: 'backslash' }
}

/** Each repetition is bounded and its alternatives begin otherwise: an expression that is never closed is given up at once. */
const VARIABLE =
  /%%|%(?:\([^)]{0,100}\))?(?:\{([^}]{0,100})\})?(?:\[((?:[^\][()]|\([^()]{0,200}\)){1,300})\]|([a-zA-Z]{1,8}))/g

export const HTTP_LOG =
  '%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r'
export const HTTPS_LOG = `${HTTP_LOG} %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc`
export const TCP_LOG = '%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq'

const OPTIONS: Readonly<Record<string, string>> = { httplog: HTTP_LOG, httpslog: HTTPS_LOG, tcplog: TCP_LOG }

function formatOf(text: string): string {
  const option = OPTIONS[text.replace(/^option\s+/, '')]
  if (option !== undefined) return option
  const directive = /^log-format\s+/.exec(text)
  const words = quotedWords(directive === null ? text : text.slice(directive[0].length))
  const [first] = words
  return first !== undefined && words.length === 1 && (first.quoted || directive !== null) ? first.text : text
}

const VARIABLES: Readonly<Record<string, readonly [put: Put, extent?: Extent]>> = {
  ci: [putClient, 'address'],
  si: [putField('server_address'), 'address'],
  fi: [putField('frontend_address'), 'address'],
  bi: [putField('source_address'), 'address'],
  t: [putCommonTime],
  tr: [putCommonTime],
  T: [putCommonTime, 26],
  Tl: [putCommonTime, 26],
  trg: [putCommonTime, 26],
  trl: [putCommonTime, 26],
  Ts: [putEpochSeconds],
  ms: [putMilliseconds],
  f: [putField('frontend')],
  ft: [putField('frontend')],
  b: [putBackend],
  s: [putServer],
  ST: [putStatus],
  B: [putBytes],
  r: [putRequest, 'request'],
  HM: [putMethod],
  HU: [putTarget],
  HP: [putPath],
  HPO: [putPath],
  HQ: [putQuery],
  HV: [putField('protocol')],
  Ta: [putDuration(1)],
  Tt: [putDuration(1)],
  Tr: [putUpstreamDuration(1)],
  Tw: [putField('queued_ms')],
  Tc: [putField('connect_ms')],
  TR: [putField('request_ms')],
  ts: [putField('termination')],
  tsc: [putField('termination')],
  hr: [putBraced('request_headers'), 'braced'],
  hs: [putBraced('response_headers'), 'braced'],
  hrl: [putField('request_headers')],
  hsl: [putField('response_headers')],
  rc: [putField('retries')],
  pid: [putPid],
  ID: [putField('unique_id')],
  cp: [putNothing],
}

/** Expressions that name what has a place of its own (Configuration Manual, "Fetching samples"). */
const EXPRESSIONS: Readonly<Record<string, readonly [put: Put, extent?: Extent]>> = {
  src: [putClient, 'address'],
  status: [putStatus],
  method: [putMethod],
  path: [putPath],
  pathq: [putTarget],
  query: [putQuery],
  'capture.req.method': [putMethod],
  'capture.req.uri': [putTarget],
  'req.hdr(host)': [putHost],
  'hdr(host)': [putHost],
  'capture.req.hdr(host)': [putHost],
  'txn.status': [putStatus],
}

function piece(letters: string, expression: string | undefined): Exclude<Piece, string> {
  const name = expression ?? letters
  const known = expression === undefined ? VARIABLES[letters] : EXPRESSIONS[expression.toLowerCase()]
  const [put, extent] = known ?? [putField(name)]
  return extent === undefined ? { name, put } : { name, put, extent }
}

function putBackend(...[draft, value]: Parameters<Put>): void {
  draft.fields.push(['backend', value])
}

/** Captured headers: `{www.example.com|curl/7.88.1}`. */
function putBraced(name: string): Put {
  return (draft, value) => {
    const inner = value.slice(1, -1)
    if (inner !== '') draft.fields.push([name, inner])
  }
}

/** Servers of several backends may have the same name, so both are told. `<NOSRV>`: none was reached. */
function putServer(...[draft, value]: Parameters<Put>): void {
  if (value === '<NOSRV>' || value === '<STATS>') return
  const backend = draft.fields.findLast(([name]) => name === 'backend')?.[1]
  draft.upstream = backend === undefined ? value : `${backend}/${value}`
}
