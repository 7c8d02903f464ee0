import { LONGEST_ACCESS_LINE } from './reading/access-line.ts'
import type { BoxTime } from './time/box-time.ts'
import { apacheLayout } from './configured/apache.ts'
import { eventOfDraft } from './configured/draft.ts'
import { envoyJson } from './configured/envoy-json.ts'
import { envoyLayout } from './configured/envoy.ts'
import { haproxyLayout } from './configured/haproxy.ts'
import { nginxLayout } from './configured/nginx.ts'
import { type Escape, MOST_PIECES, type Piece, readPieces } from './configured/pieces.ts'
import type { LogEvent, LogFormat } from './format.ts'
import { webAccess } from './formats/web-access.ts'
import type { LogSource } from './source.ts'
import { syslogPrefixOf } from './reading/syslog-prefix.ts'

type Layout = NonNullable<LogSource['layout']>

/**
 * The format of a log whose layout is configured: nginx `log_format`, Apache `LogFormat`, HAProxy `log-format`, Envoy's format string or dictionary, as they
 * are written there. Undefined: it names nothing, or is too long to be one.
 */
export function formatOfLayout(layout: Layout): LogFormat | undefined {
  const read = readerOf(layout)
  if (read === undefined) return undefined
  return {
    id: `${layout.of}-configured`,
    title: `${TITLES[layout.of]} log (layout from its configuration)`,
    samples: [],
    read: (text, time) => readWithPrefix(read, text, time),
  }
}

const TITLES = { nginx: 'nginx access', apache: 'Apache access', haproxy: 'HAProxy', envoy: 'Envoy access' } as const

/** nginx refuses log formats above its parameter size of 4 KiB; nobody writes longer ones for the others. */
const LONGEST_LAYOUT = 16_384

type Read = (text: string, time: BoxTime) => LogEvent | undefined

function readerOf({ of, text }: Layout): Read | undefined {
  if (text.length > LONGEST_LAYOUT) return undefined
  const json = of === 'envoy' ? envoyJson(text) : undefined
  if (json !== undefined) return json
  const { pieces, escape } = COMPILERS[of](text)
  if (pieces.length > MOST_PIECES || pieces.every((piece) => typeof piece === 'string')) return undefined
  const isUsual = (of === 'nginx' || of === 'apache') && shapeOf(pieces) === shapeOf(COMPILERS[of]('combined').pieces)
  // The same, by a reader that knows where everything stands and is twice as fast.
  return isUsual ? webAccess.read : readerOfPieces(pieces, escape)
}

function shapeOf(pieces: readonly Piece[]): string {
  return JSON.stringify(pieces.map((piece) => (typeof piece === 'string' ? piece : [piece.name])))
}

const COMPILERS = { nginx: nginxLayout, apache: apacheLayout, haproxy: haproxyLayout, envoy: envoyLayout } as const

/** Reads by pieces; a record of several lines is none of a layout, which is one line each. */
export function readerOfPieces(pieces: readonly Piece[], escape: Escape): Read {
  return (text, time) => {
    if (text.length > LONGEST_ACCESS_LINE || (text.includes('\n') && text.trimEnd().includes('\n'))) return undefined
    const draft = readPieces(pieces, escape, text, time)
    return draft === undefined ? undefined : eventOfDraft(draft, text, time)
  }
}

/** HAProxy always, nginx and Apache sometimes, write through syslog, which puts its own words before. */
export function readWithPrefix(read: Read, text: string, time: BoxTime): LogEvent | undefined {
  const event = read(text, time)
  if (event !== undefined) return event
  const prefix = syslogPrefixOf(text, time)
  const inner = prefix === undefined ? undefined : read(text.slice(prefix.end), time)
  if (prefix === undefined || inner === undefined) return undefined
  const { host, program, pid, atMs } = prefix
  return { atMs, ...(host === undefined ? {} : { host }), program, ...(pid === undefined ? {} : { pid }), ...inner }
}
