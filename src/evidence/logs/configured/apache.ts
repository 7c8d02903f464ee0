import type { Escape, Extent, Piece } from './pieces.ts'
import {
  type Put,
  putBytes,
  putClient,
  putCommonTime,
  putDuration,
  putEpoch,
  putEpochSeconds,
  putField,
  putHost,
  putMethod,
  putMicroseconds,
  putMilliseconds,
  putPath,
  putPatternTime,
  putPid,
  putQuery,
  putRequest,
  putStatus,
  putUpstream,
} from './put.ts'
import { quotedWords } from './quoted.ts'

/** Apache `LogFormat` and `CustomLog` (mod_log_config, with mod_logio's `%I %O %S`): the directive as it is written, or its string. */
export function apacheLayout(text: string): { readonly pieces: readonly Piece[]; readonly escape: Escape } {
  const format = formatOf(text.trim())
  const pieces: Piece[] = []
  let constant = ''
  let at = 0
  for (const match of format.matchAll(DIRECTIVE)) {
    constant += format.slice(at, match.index)
    at = match.index + match[0].length
    const [, argument, letter = ''] = match
    if (letter === '%') {
      constant += '%'
      continue
    }
    if (constant !== '') pieces.push(constant)
    constant = ''
    const name = argument === undefined ? `%${letter}` : `%{${argument}}${letter}`
    const [put, extent] = variable(letter, argument)
    pieces.push(extent === undefined ? { name, put } : { name, put, extent })
  }
  constant += format.slice(at)
  if (constant !== '') pieces.push(constant)
  return { pieces, escape: format.startsWith('{') ? 'json' : 'backslash' }
}

/** `%`, then conditions on the status (`!200,304`), `<` or `>`, an argument, and the letter; `^FU` and the like have three. */
const DIRECTIVE = /%(?:!?\d{3}(?:,\d{3}){0,20})?[<>]?(?:\{([^}]{0,200})\})?[<>]?(\^\w\w|[a-zA-Z%])/g

/** Those that the shipped configuration names. */
const NICKNAMES: Readonly<Record<string, string>> = {
  common: '%h %l %u %t "%r" %>s %b',
  combined: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
  combinedio: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O',
  vhost_combined: '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
  '': '%h %l %u %t "%r" %>s %b',
}

function formatOf(text: string): string {
  const nickname = NICKNAMES[text]
  if (nickname !== undefined) return nickname
  const words = quotedWords(text)
  const first = words[0]
  if (first?.quoted === false && /^logformat$/i.test(first.text)) return unescaped(words[1]?.text ?? '')
  if (first?.quoted === false && /^(?:customlog|globallog)$/i.test(first.text))
    return NICKNAMES[words[2]?.text ?? ''] ?? unescaped(words[2]?.text ?? '')
  // All of it in quotes, with its nickname or without; a format may itself begin with a quote.
  if (first?.quoted === true && words.length <= 2 && words[1]?.quoted !== true && first.text.includes('%'))
    return unescaped(first.text)
  return unescaped(text)
}

function unescaped(text: string): string {
  return text.replaceAll('\\"', '"').replaceAll('\\t', '\t').replace(/\\n$/, '')
}

const SECOND_MS = 1000
const BY_UNIT: Readonly<Record<string, number>> = { s: SECOND_MS, ms: 1, us: 0.001 }
const COMMON_TIME = '[10/Oct/2000:13:55:36 -0700]'.length

const LETTERS: Readonly<Record<string, readonly [put: Put, extent?: Extent]>> = {
  a: [putClient, 'address'],
  h: [putClient, 'address'],
  A: [putField('local_address'), 'address'],
  b: [putBytes],
  B: [putBytes],
  O: [putBytes],
  D: [putDuration(0.001)],
  T: [putDuration(SECOND_MS)],
  m: [putMethod],
  r: [putRequest, 'request'],
  s: [putStatus],
  t: [putCommonTime, COMMON_TIME],
  u: [putField('user')],
  U: [putPath],
  q: [putQuery],
  v: [putHost],
  V: [putHost],
  P: [putPid],
  H: [putField('protocol')],
  f: [putField('filename')],
  I: [putField('bytes_received')],
  k: [putField('keepalive')],
  l: [putField('logname')],
  L: [putField('log_id')],
  p: [putField('port')],
  R: [putField('handler')],
  X: [putField('connection_status')],
}

function variable(letter: string, argument: string | undefined): readonly [put: Put, extent?: Extent] {
  if (argument === undefined) return LETTERS[letter] ?? [putField(letter)]
  const name = argument.toLowerCase()
  if (letter === 't') return timeOf(argument)
  if (letter === 'T') return [putDuration(BY_UNIT[name] ?? SECOND_MS)]
  if (letter === 'a') return name === 'c' ? [putField('peer'), 'address'] : [putClient, 'address']
  if (letter === 'P') return name === 'tid' ? [putField('tid')] : [putPid]
  if (letter === 'i' && name === 'host') return [putHost]
  if (letter === 'i') return [putField(name === 'user-agent' ? 'user_agent' : name), 'list']
  if (letter === 'e' && name === 'balancer_worker_name') return [putUpstream]
  return LETTERS[letter] !== undefined && letter === 's' ? [putStatus] : [putField(name), 'list']
}

/** `%{begin:msec_frac}t`: the time may be of the end, too, and in parts. */
function timeOf(argument: string): readonly [put: Put, extent?: Extent] {
  const pattern = argument.replace(/^(?:begin|end):?/, '')
  if (pattern === '') return [putCommonTime, COMMON_TIME]
  if (pattern === 'sec') return [putEpochSeconds]
  if (pattern === 'msec') return [putEpoch(1)]
  if (pattern === 'usec') return [putEpoch(0.001)]
  if (pattern === 'msec_frac') return [putMilliseconds, 3]
  if (pattern === 'usec_frac') return [putMicroseconds, 6]
  return [putPatternTime(pattern), { time: pattern }]
}
