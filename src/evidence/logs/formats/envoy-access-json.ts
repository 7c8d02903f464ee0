import { readJson } from '../configured/envoy-json.ts'
import { envoyOperator } from '../configured/envoy.ts'
import { type Put, putClient, putField, putHost, putMethod, putTarget } from '../configured/put.ts'
import type { LogFormat } from '../format.ts'

/** Envoy's access log as JSON with the names of its documentation, Istio and Envoy Gateway. Other names: from the configuration. */
export const envoyAccessJson: LogFormat = {
  id: 'envoy-access-json',
  title: 'Envoy access log (JSON)',
  samples: [
    {
      text: '{"authority":"orders.shop.svc","bytes_received":154,"bytes_sent":91,"duration":2012,"method":"POST","path":"/orders/4711/pay","protocol":"HTTP/2","request_id":"cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2","response_code":503,"response_flags":"UF","start_time":"2026-11-26T05:44:35.123Z","upstream_cluster":"outbound|80||orders.shop.svc","upstream_host":"10.0.0.7:8080","upstream_service_time":null,"user_agent":"curl/7.88.1","x_forwarded_for":"203.0.113.9"}',
      origin: 'Istio documentation, "Envoy Access Logs", JSON encoding',
    },
    {
      text: '{"start_time":"2026-11-26T05:44:36.000Z","method":"GET","x-envoy-origin-path":"/get","protocol":"HTTP/1.1","response_code":"200","response_flags":"-","bytes_received":"0","bytes_sent":"512","duration":"5","x-envoy-upstream-service-time":"4","x-forwarded-for":"10.244.0.1","user-agent":"curl/8.5.0",":authority":"www.example.com","upstream_host":"10.244.0.17:3000","upstream_cluster":"httproute/default/backend/rule/0"}',
      origin: 'Envoy Gateway documentation, "Proxy Access Logs"',
    },
  ],
  read: (text, time) => {
    if (!text.startsWith('{') || !text.includes('"response_flags"')) return undefined
    const event = readJson(KEYS, text, time)
    return event?.access === undefined || event.atMs === undefined ? undefined : event
  },
}

/** Keys that are an operator's name in small letters mean that operator. */
const OPERATORS =
  'start_time response_code response_flags bytes_sent duration upstream_host upstream_cluster protocol downstream_remote_address'

const KEYS: ReadonlyMap<string, Put> = new Map<string, Put>([
  ...OPERATORS.split(' ').map((name) => [name, envoyOperator(name.toUpperCase(), undefined)[0]] as const),
  ['method', putMethod],
  [':method', putMethod],
  ['path', putTarget],
  [':path', putTarget],
  ['x-envoy-origin-path', putTarget],
  ['x-envoy-original-path', putTarget],
  ['authority', putHost],
  [':authority', putHost],
  ['downstream_remote_address_without_port', putClient],
  ['upstream_service_time', envoyOperator('RESP', 'X-ENVOY-UPSTREAM-SERVICE-TIME')[0]],
  ['x-envoy-upstream-service-time', envoyOperator('RESP', 'X-ENVOY-UPSTREAM-SERVICE-TIME')[0]],
  ['user-agent', putField('user_agent')],
])
