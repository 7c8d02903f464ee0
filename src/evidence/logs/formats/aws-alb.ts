import { accessEvent, type Writable } from '../reading/access-line.ts'
import type { BoxTime } from '../time/box-time.ts'
import { quantity } from '../configured/put.ts'
import type { AccessEvent, LogEvent, LogFormat } from '../format.ts'
import { timeAt } from '../time/time-in-text.ts'

/** Access logs of AWS's application load balancer. Fields are only ever added at the end; times are seconds, -1: it never came so far. */
export const awsAlb: LogFormat = {
  id: 'aws-alb',
  title: 'AWS application load balancer access log',
  samples: [
    {
      text: 'http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://www.example.com:80/ HTTP/1.1" "curl/7.46.0" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2018-07-02T22:22:48.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"',
      origin: 'AWS Elastic Load Balancing user guide, "Access logs for your Application Load Balancer", HTTP entry',
    },
    {
      text: 'h2 2026-11-26T05:44:35.123456Z app/shop/50dc6c495c0c9188 203.0.113.9:40022 10.0.1.7:8080 0.001 12.003 0.000 502 - 512 610 "POST https://shop.example:443/orders/4711/pay?retry=1 HTTP/2.0" "Mozilla/5.0 (X11; Linux x86_64)" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/orders/73e2d6bc24d8a067 "Root=1-67457e43-0fd228ad5d99923122bbe354" "shop.example" "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012" 10 2026-11-26T05:44:23.119000Z "waf,forward" "-" "-" "10.0.1.7:8080" "-" "-" "-"',
      origin: 'the same guide: a target that closed the connection (502 without a target status)',
    },
    {
      text: 'https 2026-11-26T05:44:36.000001Z app/shop/50dc6c495c0c9188 203.0.113.9:40023 - -1 -1 -1 503 - 100 337 "GET https://shop.example:443/ HTTP/1.1" "curl/7.88.1" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/orders/73e2d6bc24d8a067 "Root=1-67457e44-0fd228ad5d99923122bbe355" "shop.example" "session-reused" 10 2026-11-26T05:44:36.000000Z "forward" "-" "-" "-" "-" "-" "-"',
      origin: 'the same guide: no healthy target',
    },
  ],
  read: (text, time) => readAlb(text, time),
}

const TYPES: ReadonlySet<string> = new Set(['http', 'https', 'h2', 'grpcs', 'ws', 'wss'])
/** The fields of 2016, when the log began: up to the trace. */
const LEAST_FIELDS = 17
const MOST_FIELDS = 64

function readAlb(text: string, time: BoxTime): LogEvent | undefined {
  const type = text.slice(0, Math.max(0, text.slice(0, 6).indexOf(' ')))
  if (!TYPES.has(type)) return undefined
  const words = wordsOf(text)
  const [, at = '', balancer = '', client = '', target = '', , , , status = ''] = words
  const atMs = timeAt(at, 0, time)?.atMs
  if (words.length < LEAST_FIELDS || atMs === undefined || !/^(?:\d{3}|-)$/.test(status)) return undefined
  const access: Writable<AccessEvent> = {
    status: Number(status.replace('-', '0')),
    client: client.slice(0, client.lastIndexOf(':')),
  }
  if (target !== '-') access.upstream = target
  putRequest(access, words)
  return accessEvent(access, { atMs, fields: fieldsOf(words, balancer) })
}

/** Seconds to milliseconds, without the error of binary fractions. */
function milliseconds(seconds: string | undefined): number | undefined {
  const value = quantity(seconds ?? '')
  return value === undefined ? undefined : Math.round(value * 1e6) / 1000
}

function putRequest(access: Writable<AccessEvent>, words: readonly string[]): void {
  const [method = '', target = ''] = (words[12] ?? '').split(' ', 2)
  if (/^[A-Z-]{1,20}$/.test(method) && method !== '-') access.method = method
  const url = /^[a-z]{2,5}:\/\/([^/?#]{0,255})(.*)$/s.exec(target)
  if (url?.[1] !== undefined) access.host = url[1].replace(/:\d+$/, '')
  if (target !== '' && target !== '-') access.target = url === null ? target : url[2] || '/'
  const [request, upstream, response] = [words[5], words[6], words[7]].map(milliseconds)
  if (upstream !== undefined) access.upstreamMs = upstream
  if (request !== undefined && upstream !== undefined && response !== undefined)
    access.durationMs = Math.round((request + upstream + response) * 1000) / 1000
  const upstreamStatus = Number(words[9])
  if (Number.isInteger(upstreamStatus)) access.upstreamStatus = upstreamStatus
  const bytes = quantity(words[11] ?? '')
  if (bytes !== undefined) access.bytes = bytes
}

/** By their place; those that are `-` are not there. */
const NAMED: readonly (readonly [place: number, name: string])[] = [
  [13, 'user_agent'],
  [17, 'trace_id'],
  [22, 'actions'],
  [24, 'error_reason'],
]

function fieldsOf(words: readonly string[], balancer: string): Record<string, string> {
  const fields: Record<string, string> = { balancer }
  for (const [place, name] of NAMED) {
    const value = words[place]
    if (value !== undefined && value !== '' && value !== '-') fields[name] = value
  }
  const group = /targetgroup\/([^/]{1,100})/.exec((words[16] ?? '').slice(0, 500))?.[1]
  if (group !== undefined) fields['target_group'] = group
  return fields
}

/** At blanks; in quotes where there are some. A quote within is written `\x22`. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = []
  let at = 0
  while (at < text.length && words.length < MOST_FIELDS) {
    const quoted = text[at] === '"'
    const start = quoted ? at + 1 : at
    let end = text.indexOf(quoted ? '"' : ' ', start)
    if (end === -1) end = text.length
    words.push(text.slice(start, end))
    at = quoted ? end + 2 : end + 1
  }
  return words
}
