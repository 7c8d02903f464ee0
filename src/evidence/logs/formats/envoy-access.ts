import { readerOfPieces } from '../configured-layout.ts'
import { ENVOY_DEFAULT, envoyLayout, ISTIO_1_0, ISTIO_1_7, ISTIO_DEFAULT } from '../configured/envoy.ts'
import type { LogEvent, LogFormat } from '../format.ts'

/** Envoy's access log in its default form and in those of Istio. `response_flags` says what went wrong: `UF` no connection to the upstream, `UH` none is healthy, `UT` it took too long. */
export const envoyAccess: LogFormat = {
  id: 'envoy-access',
  title: 'Envoy access log',
  samples: [
    {
      text: '[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"',
      origin: 'Envoy documentation, "Access logging", default format',
    },
    {
      text: '[2026-11-26T05:44:35.123Z] "GET /orders/4711?full=1 HTTP/1.1" 503 UF,URX 0 91 2012 - "203.0.113.9" "curl/7.88.1" "7e6a7e4c-2f4e-9c4f-8d55-6a7a7f9f5c11" "orders.shop.svc" "10.0.0.7:8080"',
      origin: 'Envoy 1.28, upstream that refuses connections',
    },
    {
      text: '[2020-11-25T21:26:18.409Z] "GET /status/418 HTTP/1.1" 418 - via_upstream - "-" 0 135 3 1 "-" "curl/7.73.0-DEV" "84961386-6d84-929d-98bd-c5aee93b5c88" "httpbin:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.httpbin.foo.svc.cluster.local default',
      origin: 'Istio documentation, "Envoy Access Logs"',
    },
    {
      text: '[2026-11-26T05:44:36.000Z] "- - -" 0 UH 0 0 0 - "-" "-" "-" "-" "-"',
      origin: 'Envoy 1.28, TCP proxy with the default format: no healthy upstream',
    },
  ],
  read: (text, time) => {
    if (!text.startsWith('[')) return undefined
    for (const read of FORMS) {
      const event = read(text, time)
      if (event) return event.access === undefined || event.atMs === undefined ? undefined : connectionOr(event)
    }
    return undefined
  },
}

/** `"- - -" 0`: a connection of the TCP proxy, which has no request and no answer. Its message is where it went and how it ended. */
function connectionOr(event: LogEvent): LogEvent {
  const { access, fields = {}, ...rest } = event
  if (access?.status !== 0 || access.method !== undefined || access.target !== undefined) return event
  const flags = fields['response_flags']
  const to = fields['upstream_cluster'] ?? access.upstream ?? '-'
  return {
    ...rest,
    severity: event.severity === 'error' ? 'error' : flags === undefined ? 'info' : 'notice',
    message: `connection to ${to} ${flags === undefined ? 'closed' : `ended (${flags})`}`,
    fields: {
      ...fields,
      ...(access.durationMs === undefined ? {} : { duration_ms: String(access.durationMs) }),
      ...(access.client === undefined ? {} : { client: access.client }),
      ...(access.upstream === undefined ? {} : { upstream: access.upstream }),
      ...(access.bytes === undefined ? {} : { bytes_sent: String(access.bytes) }),
    },
  }
}

const FORMS = [ENVOY_DEFAULT, ISTIO_DEFAULT, ISTIO_1_7, ISTIO_1_0].map(compiled)

function compiled(layout: string): LogFormat['read'] {
  const { pieces, escape } = envoyLayout(layout)
  return readerOfPieces(pieces, escape)
}
