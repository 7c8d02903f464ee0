import { readerOfPieces, readWithPrefix } from '../configured-layout.ts'
import { haproxyLayout, HTTP_LOG, HTTPS_LOG } from '../configured/haproxy.ts'
import type { LogFormat } from '../format.ts'

/**
 * HAProxy's `option httplog` and `httpslog`. Times are milliseconds; -1: it never came so far. The upstream is `backend/server`; `termination` says who ended
 * the session and when (Configuration Manual, "Session state at disconnection"): `SC--` the server refused the connection, `sH--` it did not answer in time.
 */
export const haproxyHttp: LogFormat = {
  id: 'haproxy-http',
  title: 'HAProxy log of HTTP requests',
  samples: [
    {
      text: '10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1"',
      origin: 'HAProxy Configuration Manual 2.8, "HTTP log format"',
    },
    {
      text: 'Nov 26 05:44:35 lb-1 haproxy[812]: 203.0.113.9:40022 [26/Nov/2026:05:44:32.001] fe_shop~ be_orders/<NOSRV> 0/3000/-1/-1/3001 503 217 - - sQ-- 120/118/40/0/0 0/12 "POST /orders/4711/pay HTTP/1.1"',
      origin: 'HAProxy 2.8 through rsyslog: no server was free within `timeout queue`',
    },
    {
      text: '2001:db8::7:40044 [26/Nov/2026:05:44:33.100] fe_shop~ be_orders/web-2 0/0/1/-1/30002 504 198 - - sH-- 120/118/40/20/0 0/0 "GET /reports/2026?full=1 HTTP/2.0"',
      origin: 'HAProxy 2.8: `timeout server`',
    },
    {
      text: '10.0.1.2:33318 [09/Nov/2026:12:14:14.655] http-in~ static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1" 0/0000000000000000/0/0/0 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384',
      origin: 'HAProxy Configuration Manual 2.8, "HTTPS log format"',
    },
    {
      text: '198.51.100.23:51110 [26/Nov/2026:05:44:34.500] fe_shop fe_shop/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 10/10/0/0/0 0/0 "<BADREQ>"',
      origin: 'HAProxy 2.8: no HTTP',
    },
    {
      text: '<134>Nov 26 09:19:42 haproxy[196]: 127.0.0.1:58470 [26/Nov/2026:09:19:42.369] web apps/a1 0/0/0/1/1 200 194 - - ---- 1/1/0/0/0 0/0 {Python-urllib/3.11} {} "GET /index.html?id=1 HTTP/1.1"',
      origin: 'HAProxy 2.6.12, as it is sent to the socket of syslog: without a host',
    },
  ],
  read: (text, time) => readWithPrefix((line, at) => readHttp(line, at) ?? readHttps(line, at), text, time),
}

const readHttp = compiled(HTTP_LOG)
const readHttps = compiled(HTTPS_LOG)

function compiled(layout: string): LogFormat['read'] {
  const { pieces, escape } = haproxyLayout(layout)
  const read = readerOfPieces(pieces, escape)
  // What reads as this layout without its status, time or state only looks like it.
  return (text, time) => {
    const event = read(text, time)
    const isFull = event?.access !== undefined && event.atMs !== undefined
    return isFull && /^[A-Za-z-]{4}$/.test(event.fields?.['termination'] ?? '') ? event : undefined
  }
}
