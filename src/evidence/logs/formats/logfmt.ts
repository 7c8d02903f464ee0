import { headOf } from '../reading/event.ts'
import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { logfmtPairs } from '../reading/logfmt-pairs.ts'
import { eventOfValues } from '../reading/named-values.ts'

/**
 * `key=value` pairs: logrus and slog as text (Go), Grafana's and HashiCorp's programs, lograge (Rails). Source: brandur.org/logfmt; pkg.go.dev/log/slog,
 * TextHandler.
 */
export const logfmt: LogFormat = {
  id: 'logfmt',
  title: 'logfmt',
  breadth: 2,
  samples: [
    {
      text: 'time=2024-03-05T10:15:42.120+01:00 level=ERROR source=/srv/orders/main.go:88 msg="order failed" customer=acme err="no stock for \\"12\\""',
      origin: 'slog.TextHandler with AddSource, pkg.go.dev/log/slog',
    },
    {
      text: 'time="2024-03-05T10:15:42+01:00" level=warning msg="stock is low" item=12',
      origin: 'logrus.TextFormatter without a terminal, pkg.go.dev/github.com/sirupsen/logrus',
    },
    {
      text: 'ts=2024-03-05T09:15:42.120Z caller=head.go:812 level=info component=tsdb msg="Head GC completed" duration=12.5ms',
      origin: 'go-kit/log as Prometheus used it',
    },
    {
      text: 'method=GET path=/orders/7 format=html controller=OrdersController action=show status=500 duration=58.33 view=0.00 db=12.10',
      origin: 'lograge, github.com/roidrage/lograge',
    },
    {
      text: 'time="2026-11-26T09:26:13Z" level=error msg="order 4711 failed" error="dial tcp 10.0.0.7:5432: connect: connection refused"',
      origin: 'logrus 1.9.0, WithError',
    },
  ],
  read: (text, time) => logfmtEvent(text, time),
}

function logfmtEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [line, others] = headOf(text)
  if (!/^[\w.@-]{1,64}=/.test(line)) return undefined
  const pairs = logfmtPairs(line)
  if (pairs.size < 2 || !TELLING.some((key) => pairs.has(key))) return undefined
  const isRails = pairs.has('controller') && pairs.has('action')
  const duration = pairs.get('duration')
  // lograge means milliseconds, and names no unit.
  const event = withMilliseconds(eventOfValues(pairs, time), isRails ? Number(duration) : NaN)
  return others === '' ? event : { ...event, trace: `${event.trace ?? event.message}${others}` }
}

function withMilliseconds(event: LogEvent, durationMs: number): LogEvent {
  return event.access === undefined || !Number.isFinite(durationMs)
    ? event
    : { ...event, access: { ...event.access, durationMs } }
}

/** Without one of these it is any text with equal signs in it. */
const TELLING = ['msg', 'message', 'level', 'lvl', 'severity', 'event', 'status', 'time', 'ts', 'err', 'error']
