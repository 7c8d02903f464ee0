import type { BoxTime } from '../time/box-time.ts'
import { eventOf, headOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { jsonObject, namedValuesOf } from '../reading/json-object.ts'
import { severityOf } from '../reading/severity.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * What Go programs write for people: package log with its flags, slog's default handler, zap's console encoder, logrus on a terminal. Sources:
 * pkg.go.dev/log, pkg.go.dev/log/slog, pkg.go.dev/go.uber.org/zap.
 */
export const goLog: LogFormat = {
  id: 'go-log',
  title: 'Go log, slog, zap console',
  breadth: 1,
  samples: [
    { text: '2024/03/05 10:15:42 listening on :8080', origin: 'package log with its standard flags, pkg.go.dev/log' },
    {
      text: '2024/03/05 10:15:42.120345 orders/place.go:88: order failed for acme',
      origin: 'package log, LstdFlags|Lmicroseconds|Llongfile',
    },
    {
      text: '2024/03/05 10:15:42 ERROR order failed customer=acme',
      origin: "slog's default handler, pkg.go.dev/log/slog",
    },
    {
      text: '2024/03/05 10:15:42 http: panic serving 10.0.0.7:52044: no stock\ngoroutine 34 [running]:\nnet/http.(*conn).serve.func1()\n\t/usr/local/go/src/net/http/server.go:1868 +0xb9\nmain.place(0x0)\n\t/srv/orders/main.go:88 +0x1d',
      origin: 'net/http of Go when a handler panics',
    },
    {
      text: '2024-03-05T10:15:42.120+0100\tERROR\torders\torders/handler.go:88\torder failed\t{"customer": "acme"}',
      origin: 'zap, development configuration, pkg.go.dev/go.uber.org/zap',
    },
    {
      text: 'WARN[0012] stock is low                                  item=12',
      origin: 'logrus on a terminal, pkg.go.dev/github.com/sirupsen/logrus',
    },
  ],
  read: (text, time) => {
    const [line, others] = headOf(text)
    return zapEvent(line, others, time) ?? standardEvent(line, others, time) ?? logrusEvent(line, others)
  },
}

function standardEvent(line: string, others: string, time: BoxTime): LogEvent | undefined {
  const found = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d/.test(line) ? timeAt(line, 0, time) : undefined
  if (found === undefined || line.charAt(found.end) !== ' ') return undefined
  const rest = line.slice(found.end + 1)
  // nginx writes its error log with the same time.
  if (/^\[\w{3,8}\] \d{1,10}#\d/.test(rest)) return undefined
  const [place, statement] = /^([\w./@-]{1,200}\.go:\d{1,7}): /.exec(rest.slice(0, 256)) ?? []
  const said = rest.slice(place?.length ?? 0)
  const [worded, level = ''] =
    /^(?:\[(\w{4,8})\]|(?:DEBUG|INFO|WARN|ERROR)(?:[+-]\d{1,2})?) /.exec(said.slice(0, 24)) ?? []
  const severity =
    worded === undefined ? undefined : severityOf(level === '' ? worded.trim().replace(/[+-]\d+$/, '') : level)
  const panics = others.includes('\ngoroutine ') ? ('error' as const) : undefined
  return eventOf({
    atMs: found.atMs,
    severity: severity ?? panics,
    ...saidOf(said.slice(severity === undefined ? 0 : (worded?.length ?? 0)) + others),
    statement,
  })
}

/** Tabs between time, level, logger and caller where they are on, message, and fields as JSON. */
function zapEvent(line: string, others: string, time: BoxTime): LogEvent | undefined {
  if (
    !/^[^\t]{8,40}\t(?:DEBUG|INFO|WARN|ERROR|DPANIC|PANIC|FATAL|debug|info|warn|error|dpanic|panic|fatal)\t/.test(
      line.slice(0, 64),
    )
  )
    return undefined
  const [when = '', level = '', ...rest] = line.split('\t', MOST_COLUMNS)
  const found = timeAt(when, 0, time)
  if (found === undefined) return undefined
  const last = rest.at(-1)
  const object = rest.length > 1 && last !== undefined ? jsonObject(last) : undefined
  const columns = object === undefined ? rest : rest.slice(0, -1)
  const place = columns.findIndex((column) => /^[\w./@-]{1,200}:\d{1,7}$/.test(column))
  const message = columns.slice(Math.max(place + 1, columns.length - 1)).join('\t')
  return eventOf({
    atMs: found.atMs,
    severity: severityOf(level),
    ...saidOf(message + others),
    logger: columns.length > 1 && place !== 0 ? columns[0] : undefined,
    statement: columns[place],
    fields: object === undefined ? undefined : Object.fromEntries(namedValuesOf(object)),
  })
}

const MOST_COLUMNS = 16

function logrusEvent(line: string, others: string): LogEvent | undefined {
  const [whole, level = ''] = /^(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[\d{4,8}\] /.exec(line.slice(0, 24)) ?? []
  return whole === undefined
    ? undefined
    : eventOf({ severity: severityOf(LOGRUS[level] ?? level), ...saidOf(line.slice(whole.length) + others) })
}

const LOGRUS: Readonly<Record<string, string>> = {
  TRAC: 'trace',
  DEBU: 'debug',
  ERRO: 'error',
  FATA: 'fatal',
  PANI: 'panic',
}
