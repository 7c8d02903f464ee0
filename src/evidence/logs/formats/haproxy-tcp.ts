import { readerOfPieces, readWithPrefix } from '../configured-layout.ts'
import { haproxyLayout, TCP_LOG } from '../configured/haproxy.ts'
import type { LogEvent, LogFormat, Severity } from '../format.ts'

/** HAProxy's `option tcplog`: one line for each connection. Its message is who was connected and how it ended. */
export const haproxyTcp: LogFormat = {
  id: 'haproxy-tcp',
  title: 'HAProxy log of TCP connections',
  samples: [
    {
      text: '10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0',
      origin: 'HAProxy Configuration Manual 2.8, "TCP log format"',
    },
    {
      text: 'Nov 26 05:44:35 lb-1 haproxy[812]: 10.0.0.12:51234 [26/Nov/2026:05:44:05.000] ft_mysql bk_mysql/db-2 0/-1/30001 0 sC 41/40/39/20/3 0/0',
      origin: 'HAProxy 2.8 through rsyslog: the server did not take the connection within `timeout connect`',
    },
  ],
  read: (text, time) => readWithPrefix(readTcp, text, time),
}

const { pieces, escape } = haproxyLayout(TCP_LOG)
const read = readerOfPieces(pieces, escape)

function readTcp(...[text, time]: Parameters<LogFormat['read']>): LogEvent | undefined {
  const event = read(text, time)
  const { termination, frontend, backend } = event?.fields ?? {}
  if (event?.atMs === undefined || frontend === undefined || backend === undefined) return undefined
  // Lines of requests have more between the same marks.
  if (termination !== undefined && !/^[A-Za-z-]{2}$/.test(termination)) return undefined
  const server = SERVER.exec(text.slice(0, 512))?.[1] ?? '-'
  const state = termination ?? '--'
  const [severity, words] = ENDINGS[state.charAt(0)] ?? ['info', 'closed']
  return { ...event, severity, message: `${frontend} to ${backend}/${server} ${words} (${state})` }
}

const SERVER = /\] \S{1,100} [^\s/]{1,100}\/(\S{1,100}) /

/** Configuration Manual, "Session state at disconnection", the first character: capitals are errors, small ones time-outs. */
const ENDINGS: Readonly<Record<string, readonly [severity: Severity, words: string]>> = {
  C: ['notice', 'broken off by the client'],
  c: ['notice', 'the client was silent for too long'],
  S: ['error', 'refused or broken off by the server'],
  s: ['error', 'the server was silent for too long'],
  P: ['warning', 'ended by a rule or limit of the proxy'],
  L: ['info', 'answered by the proxy itself'],
  R: ['error', 'the proxy ran out of a resource'],
  I: ['error', 'an internal error of the proxy'],
  D: ['warning', 'ended as its server went down'],
  U: ['notice', 'ended as its server came back'],
  K: ['warning', 'ended by an administrator'],
}
