import type { Escape, Extent, Piece } from './pieces.ts'
import {
  type Put,
  putBytes,
  putClient,
  putCommonTime,
  putDuration,
  putEpoch,
  putField,
  putHost,
  putIsoTime,
  putMethod,
  putNothing,
  putPath,
  putPid,
  putQuery,
  putRequest,
  putStatus,
  putTarget,
  putUpstream,
  putUpstreamDuration,
  putUpstreamStatus,
} from './put.ts'
import { quotedWords } from './quoted.ts'

/**
 * nginx `log_format` (ngx_http_log_module): the directive as it is written, its strings, or what is between them. The variables are those of
 * ngx_http_core_module, ngx_http_upstream_module and ngx_http_log_module; all others become fields.
 */
export function nginxLayout(text: string): { readonly pieces: readonly Piece[]; readonly escape: Escape } {
  const { format, escape } = formatOf(text.trim())
  const pieces: Piece[] = []
  let constant = ''
  let at = 0
  for (const match of format.matchAll(VARIABLE)) {
    constant += format.slice(at, match.index)
    at = match.index + match[0].length
    if (constant !== '') pieces.push(constant)
    constant = ''
    const name = match[1] ?? match[2] ?? ''
    const [put, extent] = VARIABLES[name] ?? unknown(name)
    pieces.push(extent === undefined ? { name, put } : { name, put, extent })
  }
  constant += format.slice(at)
  if (constant !== '') pieces.push(constant)
  return { pieces, escape }
}

const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'

function formatOf(text: string): { format: string; escape: Escape } {
  if (text === '' || text === 'combined') return { format: COMBINED, escape: 'backslash' }
  const isDirective = /^log_format\s/.test(text)
  const words = quotedWords(text.replace(/;\s*$/, ''))
  // Without the directive's name it is its arguments only if all of it is in quotes.
  if (!isDirective && !words.every(({ text: word, quoted }) => quoted || word.startsWith('escape='))) {
    return { format: text, escape: text.startsWith('{') ? 'json' : 'backslash' }
  }
  const rest = isDirective ? words.slice(2) : words
  const named = rest
    .find(({ text: word, quoted }) => !quoted && word.startsWith('escape='))
    ?.text.slice('escape='.length)
  const format = rest
    .filter(({ text: word, quoted }) => quoted || !word.startsWith('escape='))
    .map(({ text: word }) => word)
    .join('')
  return {
    format,
    escape: named === 'json' ? 'json' : named === 'none' ? 'none' : format.startsWith('{') ? 'json' : 'backslash',
  }
}

const SECOND_MS = 1000

const VARIABLES: Readonly<Record<string, readonly [put: Put, extent?: Extent]>> = {
  remote_addr: [putClient, 'address'],
  realip_remote_addr: [putField('realip_remote_addr'), 'address'],
  remote_user: [putField('user')],
  time_local: [putCommonTime, '10/Oct/2000:13:55:36 -0700'.length],
  time_iso8601: [putIsoTime],
  msec: [putEpoch(SECOND_MS)],
  request: [putRequest, 'request'],
  request_method: [putMethod],
  request_uri: [putTarget],
  uri: [putPath],
  document_uri: [putPath],
  args: [putQuery],
  query_string: [putQuery],
  is_args: [putNothing],
  status: [putStatus],
  body_bytes_sent: [putBytes],
  bytes_sent: [putBytes],
  request_time: [putDuration(SECOND_MS)],
  upstream_addr: [putUpstream, 'list'],
  upstream_response_time: [putUpstreamDuration(SECOND_MS), 'list'],
  upstream_status: [putUpstreamStatus, 'list'],
  host: [putHost],
  http_host: [putHost],
  server_name: [putField('server_name')],
  pid: [putPid],
  http_user_agent: [putField('user_agent')],
  http_referer: [putField('referer')],
}

/** Other times of upstreams and headers may be lists: `$upstream_header_time`, `$http_x_forwarded_for`, `$proxy_add_x_forwarded_for`. */
function unknown(name: string): readonly [put: Put, extent?: Extent] {
  return /^upstream_|^http_|forwarded/.test(name) ? [putField(name), 'list'] : [putField(name)]
}
