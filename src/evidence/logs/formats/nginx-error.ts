import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityOf } from '../reading/severity.ts'
import { atOf, timeAt } from '../time/time-in-text.ts'

/** nginx's error log: what it was doing, then who asked for what, which become fields, so that all failures of one upstream are one pattern. */
export const nginxError: LogFormat = {
  id: 'nginx-error',
  title: 'nginx error log',
  samples: [
    {
      text: '2026/11/26 05:44:35 [error] 812#812: *4711 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.9, server: shop.example, request: "POST /orders/12/pay HTTP/1.1", upstream: "http://10.0.0.7:8080/orders/12/pay", host: "shop.example"',
      origin: 'nginx 1.22 (ngx_http_upstream.c, ngx_log_error.c)',
    },
    {
      text: '2026/11/26 05:44:36 [error] 812#813: *4712 open() "/var/www/html/favicon.ico" failed (2: No such file or directory), client: 203.0.113.9, server: _, request: "GET /favicon.ico HTTP/1.1", host: "shop.example", referrer: "https://shop.example/"',
      origin: 'nginx 1.22, static file that is missing',
    },
    { text: '2026/11/26 05:44:30 [notice] 811#811: signal process started', origin: 'nginx 1.22, reload' },
    {
      text: '2026/11/26 05:44:31 [emerg] 811#811: bind() to 0.0.0.0:80 failed (98: Address already in use)',
      origin: 'nginx 1.22, start beside another server',
    },
    {
      text: '2026/11/26 09:17:59 [error] 208#208: *16 client intended to send too large body: 100 bytes, client: 127.0.0.1, server: , request: "POST /index.html HTTP/1.1", host: "127.0.0.1:8098"',
      origin: 'nginx 1.22.1, client_max_body_size',
    },
  ],
  read: (text, time) => readNginxError(text, time),
}

const HEAD = /^ \[([a-z]{4,6})\] (\d{1,10})#(\d{1,10}): (?:\*(\d{1,20}) )?/

function readNginxError(text: string, time: BoxTime): LogEvent | undefined {
  // 2026/11/26 05:44:35 has 19 characters, always.
  if (text.charCodeAt(4) !== 0x2f) return undefined
  const head = HEAD.exec(text.slice(19, 120))
  const found = head === null ? undefined : timeAt(text.slice(0, 19), 0, time)
  if (head === null || found === undefined) return undefined
  const [whole, level = '', pid, thread, connection] = head
  const said = text.slice(19 + whole.length)
  const client = said.indexOf(', client: ')
  const message = client === -1 ? said : said.slice(0, client)
  const fields = client === -1 ? {} : fieldsOf(said.slice(client))
  const severity = severityOf(level)
  return {
    ...atOf(found.atMs),
    ...(severity === undefined ? {} : { severity }),
    message,
    pid: Number(pid),
    ...(thread === pid || thread === undefined ? {} : { thread }),
    ...(connection === undefined && client === -1
      ? {}
      : { fields: { ...(connection === undefined ? {} : { connection }), ...fields } }),
  }
}

/** `, client: 203.0.113.9, server: shop.example, request: "…"`: the names are nginx's own, a value in quotes may hold anything but a quote. */
const FIELD = /, (client|server|request|subrequest|upstream|host|referrer|login): (?:"([^"]*)"|([^",]*))/g

function fieldsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(FIELD)].map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']),
  )
}
