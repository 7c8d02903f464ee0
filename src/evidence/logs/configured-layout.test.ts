import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BoxTime } from './time/box-time.ts'
import { formatOfLayout } from './configured-layout.ts'
import type { LogEvent } from './format.ts'
import type { LogSource } from './source.ts'

type Layout = NonNullable<LogSource['layout']>

const TIME: BoxTime = { nowMs: Date.UTC(2026, 10, 26, 6), zone: 'Europe/Vienna' }
const AT_MS = Date.UTC(2026, 10, 26, 5, 44, 35)

function read(of: Layout['of'], text: string, line: string): LogEvent | undefined {
  return formatOfLayout({ of, text })?.read(line, TIME)
}

describe('nginx log_format', () => {
  test('reads the directive with its strings over several lines', () => {
    const directive = `log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for" '
                      'rt=$request_time uct="$upstream_connect_time" urt="$upstream_response_time" ua="$upstream_addr" us="$upstream_status"';`
    const line =
      '203.0.113.9 - frank miller [26/Nov/2026:05:44:35 +0000] "POST /orders/4711/pay?a=1 HTTP/1.1" 502 157 "-" "curl/7 \\x22x\\x22" "198.51.100.7, 10.0.0.2" rt=3.102 uct="0.001, 0.002" urt="0.100, 3.001" ua="10.0.0.6:8080, 10.0.0.7:8080" us="504, 502"'
    expect(read('nginx', directive, line)).toEqual({
      atMs: AT_MS,
      severity: 'error',
      message: 'POST /orders/{id}/pay 502 Bad Gateway',
      fields: {
        user: 'frank miller',
        user_agent: 'curl/7 "x"',
        http_x_forwarded_for: '198.51.100.7, 10.0.0.2',
        upstream_connect_time: '0.001, 0.002',
        upstream_tried: '10.0.0.6:8080, 10.0.0.7:8080',
      },
      access: {
        client: '203.0.113.9',
        method: 'POST',
        target: '/orders/4711/pay?a=1',
        route: '/orders/{id}/pay',
        status: 502,
        bytes: 157,
        durationMs: 3102,
        upstream: '10.0.0.7:8080',
        upstreamMs: 3101,
        upstreamStatus: 502,
      },
    })
  })

  test('reads lists that are not quoted, and what was not asked', () => {
    const format =
      '$time_iso8601 $request_method $scheme://$host$request_uri $status $upstream_addr $upstream_response_time $request_time'
    const line =
      '2026-11-26T05:44:35+00:00 GET https://shop.example/a?b=c 200 10.0.0.6:80, 10.0.0.7:80 : unix:/run/app.sock 0.001, - : 0.002 0.004'
    expect(read('nginx', format, line)?.access).toMatchObject({
      host: 'shop.example',
      target: '/a?b=c',
      upstream: 'unix:/run/app.sock',
      upstreamMs: 3,
      durationMs: 4,
    })
    const none = read('nginx', format, '2026-11-26T05:44:35+00:00 GET https://shop.example/ 304 - - 0.000')
    expect(none?.access).toMatchObject({ status: 304, durationMs: 0 })
    expect(none?.access).not.toHaveProperty('upstream')
  })

  test('reads escape=json, also where a number is missing', () => {
    const directive = `log_format json escape=json '{"time":"$time_iso8601","msec":$msec,"method":"$request_method","uri":"$uri","args":"$args",'
      '"status":$status,"ua":"$http_user_agent","urt":$upstream_response_time,"rt":$request_time}';`
    const line =
      '{"time":"2026-11-26T05:44:35+00:00","msec":1795671875.123,"method":"GET","uri":"/a/7","args":"x=1","status":499,"ua":"a \\"b\\" \\u00e9","urt":,"rt":1.5}'
    expect(read('nginx', directive, line)).toMatchObject({
      atMs: AT_MS + 123,
      message: 'GET /a/{id} 499 Client Closed Request',
      severity: 'notice',
      fields: { user_agent: 'a "b" é' },
      access: { target: '/a/7?x=1', durationMs: 1500 },
    })
  })

  test('reads path and arguments that adjoin, ports, and addresses with colons', () => {
    const format = '[$time_local] $remote_addr:$remote_port ${request_method} $uri$is_args$args -> $status'
    expect(read('nginx', format, '[26/Nov/2026:05:44:35 +0000] 2001:db8::7:40022 GET /a/b?c=d -> 200')).toMatchObject({
      fields: { remote_port: '40022' },
      access: { client: '2001:db8::7', target: '/a/b?c=d' },
    })
  })

  test('reads through syslog', () => {
    expect(
      read(
        'nginx',
        'combined',
        'Nov 26 06:44:35 web-1 nginx: 203.0.113.9 - - [26/Nov/2026:05:44:35 +0000] "GET / HTTP/1.1" 200 5 "-" "-"',
      ),
    ).toMatchObject({ atMs: AT_MS, host: 'web-1', program: 'nginx', access: { status: 200 } })
  })

  test('a line of another layout is none of it', () => {
    expect(read('nginx', 'combined', 'hello')).toBeUndefined()
    expect(read('nginx', '$status $request_time', '200')).toBeUndefined()
  })
})

describe('Apache LogFormat', () => {
  test.each([
    ['common', '203.0.113.9 - - [26/Nov/2026:05:44:35 +0000] "GET /a HTTP/1.1" 200 5', {}],
    [
      'LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D" combined',
      '203.0.113.9 - - [26/Nov/2026:05:44:35 +0000] "GET /a HTTP/1.1" 200 5 "-" "a \\"b\\"" 12345',
      { durationMs: 12.345 },
    ],
    [
      'LogFormat "%v:%p %a %t \\"%m %U%q %H\\" %s %B %{ms}T %{BALANCER_WORKER_NAME}e" timed',
      'shop.example:443 203.0.113.9 [26/Nov/2026:05:44:35 +0000] "GET /a?b=c HTTP/1.1" 200 5 77 http://10.0.0.7:8080',
      { durationMs: 77, host: 'shop.example', target: '/a?b=c', upstream: 'http://10.0.0.7:8080' },
    ],
    [
      '%{%Y-%m-%d %H:%M:%S}t.%{msec_frac}t %{%z}t %a %r %>s %T',
      '2026-11-26 05:44:35.000 +0000 203.0.113.9 GET /a HTTP/1.1 200 2',
      { durationMs: 2000 },
    ],
    ['%{sec}t %a "%r" %>s', '1795671875 203.0.113.9 "GET /a HTTP/1.1" 200', {}],
    ['%{usec}t %a "%r" %!200,304>s', '1795671875000000 203.0.113.9 "GET /a HTTP/1.1" 200', {}],
  ] as const)('%s', (layout, line, access) => {
    expect(read('apache', layout, line)).toMatchObject({
      atMs: AT_MS,
      access: { client: '203.0.113.9', method: 'GET', status: 200, target: '/a', ...access },
    })
  })

  test('letters that mean nothing here become fields', () => {
    expect(read('apache', '%h %>s %X %{X-Request-Id}i %{SSL_PROTOCOL}x', '::1 200 + abc TLSv1.3')?.fields).toEqual({
      connection_status: '+',
      'x-request-id': 'abc',
      ssl_protocol: 'TLSv1.3',
    })
  })
})

describe('HAProxy log-format', () => {
  test('reads flags for one and for all, captured headers, samples, escaped blanks', () => {
    const directive =
      'log-format %ci:%cp\\ [%tr]\\ %ft\\ %b/%s\\ %ST\\ %Ta\\ %hr\\ %hs\\ %{+Q}r\\ %[ssl_fc_sni]\\ %[capture.req.hdr(0),lower]'
    expect(
      read(
        'haproxy',
        directive,
        '203.0.113.9:40022 [26/Nov/2026:06:44:35.001] fe be/web-1 200 +17 {shop.example|curl} "GET /a HTTP/1.1" - x',
      ),
    ).toMatchObject({
      atMs: AT_MS + 1,
      fields: { request_headers: 'shop.example|curl', 'capture.req.hdr(0),lower': 'x' },
      access: { status: 200, durationMs: 17, upstream: 'be/web-1', target: '/a' },
    })
    expect(read('haproxy', '"%{+Q}o %Ts.%ms %HM %HP%HQ %ST"', '1795671875.250 "GET" "/a""?b=1" -1')).toMatchObject({
      atMs: AT_MS + 250,
      message: 'GET /a no answer',
      access: { status: 0, target: '/a?b=1' },
    })
  })

  test('reads text in quotes and numbers without, as HAProxy 2.6 writes them', () => {
    const layout =
      'log-format "%{+Q}o %ci:%cp [%tr] %ft %b/%s %ST %Ta %{-Q}tsc %HM %HP%HQ %[capture.req.hdr(0)] %hr %r"'
    const line =
      '"127.0.0.1":49238 [26/Nov/2026:06:46:00.918] "fe_custom" "be_orders"/"web-1" 503 7 SC-- "GET" "/orders/7""?x=1" "127.0.0.1:18193" "{127.0.0.1:18193}" "GET /orders/7?x=1 HTTP/1.1"'
    expect(read('haproxy', layout, line)).toMatchObject({
      atMs: Date.UTC(2026, 10, 26, 5, 46, 0, 918),
      fields: { termination: 'SC--', request_headers: '127.0.0.1:18193' },
      access: { client: '127.0.0.1', status: 503, durationMs: 7, upstream: 'be_orders/web-1', target: '/orders/7?x=1' },
    })
  })

  test('knows the options by name, and times of its own zone', () => {
    const line =
      '203.0.113.9:40022 [26/Nov/2026:06:44:35.001] fe be/web-1 0/0/1/2/3 200 17 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"'
    expect(read('haproxy', 'option httplog', line)).toMatchObject({ atMs: AT_MS + 1, access: { durationMs: 3 } })
    expect(read('haproxy', 'httplog', line.slice(0, -1))?.access?.target, 'cut off by syslog').toBe('/a')
  })
})

describe('Envoy format', () => {
  test('reads a string over several lines, headers with a second choice, times of a pattern', () => {
    const layout = `[%START_TIME(%Y/%m/%dT%H:%M:%S.%3f %z)%] %REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH):256%
      %RESPONSE_CODE% %DURATION% %UPSTREAM_HOST% %DYNAMIC_METADATA(com.test:key)%\\n`
    expect(read('envoy', layout, '[2026/11/26T05:44:35.007 +0000] GET /a/1 200 12 10.0.0.7:80 v')).toMatchObject({
      atMs: AT_MS + 7,
      fields: { 'com.test:key': 'v' },
      access: { target: '/a/1', durationMs: 12, upstream: '10.0.0.7:80' },
    })
  })

  test('reads a dictionary in whatever order', () => {
    const layout =
      '{"when":"%START_TIME%","what":{"verb":"%REQ(:METHOD)%","path":"%REQ(:PATH)%"},"code":"%RESPONSE_CODE%","both":"%PROTOCOL% %DURATION%"}'
    expect(
      read(
        'envoy',
        layout,
        '{"code":504,"both":"HTTP/2 5","what":{"path":"/a","verb":"PUT"},"when":"2026-11-26T05:44:35.000Z","__proto__":"x"}',
      ),
    ).toMatchObject({ atMs: AT_MS, message: 'PUT /a 504 Gateway Timeout', fields: { both: 'HTTP/2 5' } })
  })
})

describe('hostile layouts', () => {
  test.each([
    ['nginx', ''.padEnd(20_000, '$a ')],
    ['nginx', ''.padEnd(16_000, '$a ')],
    ['nginx', 'no variable at all'],
    ['nginx', "log_format x 'unclosed $status"],
    ['nginx', 'log_format'],
    ['apache', '%'],
    ['apache', '%{unclosed'],
    ['apache', 'LogFormat'],
    ['haproxy', '%{+Q'],
    ['haproxy', '%[unclosed'],
    ['haproxy', ''.padEnd(16_000, '%[a(')],
    ['envoy', '%START_TIME(%%'],
    ['envoy', '{"a":{"b":{"c":{"d":{"e":{}}}}}}'],
    ['envoy', '{}'],
  ] as const)('%s %.40s', (of, text) => {
    const event = formatOfLayout({ of, text })?.read('203.0.113.9 200 x', TIME)
    expect(event === undefined || typeof event.message === 'string').toBe(true)
  })

  test('any layout and any line give an event or undefined', () => {
    const of = fc.constantFrom<Layout['of']>('nginx', 'apache', 'haproxy', 'envoy')
    const word = fc.constantFrom(
      '$status',
      '$request',
      '"$request"',
      '$upstream_addr',
      '$time_local',
      '$a$b',
      '%t',
      '%{%s}t',
      '%{%c%Z%p}t',
      '%>s',
      '%U%q',
      '%hr',
      '%{+Q}r',
      '%{+Q}o',
      '%ci:%cp',
      '%[src]',
      '%START_TIME(%e %b %Q)%',
      '%REQ(A?B):1%',
      '"',
      '\\',
      ' ',
      '{',
      '}',
      '%',
      '$',
      '%%',
      "'",
      ': ',
      ', ',
    )
    const lineWord = fc.constantFrom(
      '200',
      '-',
      '"GET / HTTP/1.1"',
      '10.0.0.1:80, 10.0.0.2:80',
      '26/Nov/2026:05:44:35 +0000',
      '{a|b}',
      '1e999',
      '0x1f',
      '\\',
      '"',
      ' ',
      ':',
      '{"a":1}',
      '\0',
      '\u2028',
    )
    fc.assert(
      fc.property(
        of,
        fc.array(word, { maxLength: 12 }),
        fc.array(lineWord, { maxLength: 12 }),
        fc.string(),
        (of, words, line, any) => {
          const format = formatOfLayout({ of, text: words.join('') })
          for (const text of [line.join(' '), line.join(''), any]) {
            const event = format?.read(text, TIME)
            for (const figure of [
              event?.atMs,
              event?.access?.status,
              event?.access?.durationMs,
              event?.access?.upstreamMs,
              event?.pid,
            ]) {
              expect(figure === undefined || Number.isFinite(figure)).toBe(true)
            }
            for (const value of Object.values(event?.fields ?? {})) expect(typeof value).toBe('string')
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  test('what a layout wrote is read back', () => {
    const value = fc.stringMatching(/^[a-z0-9./-]{1,12}$/).filter((text) => text !== '-')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, fc.constantFrom(' ', ' | ', '" "', ';')), { minLength: 1, maxLength: 8 }),
        (parts) => {
          const layout = parts.map(([, between], index) => `$field${String(index)}${between}`).join('')
          const line = parts.map(([text, between]) => text + between).join('')
          expect(formatOfLayout({ of: 'nginx', text: layout })?.read(line, TIME)?.fields).toEqual(
            Object.fromEntries(parts.map(([text], index) => [`field${String(index)}`, text])),
          )
        },
      ),
      { numRuns: 100 },
    )
  })
})
