import type { BoxTime } from '../time/box-time.ts'
import { eventOf, headOf, pidOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityOf } from '../reading/severity.ts'
import { timeAt } from '../time/time-in-text.ts'

/** gunicorn's own lines (its access log is the combined form of Apache). Source: docs.gunicorn.org/en/stable/settings.html, glogging.py. */
export const gunicorn: LogFormat = {
  id: 'gunicorn',
  title: 'gunicorn',
  samples: [
    {
      text: '[2024-03-05 10:15:42 +0100] [812] [INFO] Starting gunicorn 22.0.0',
      origin: 'gunicorn 22, glogging.py, error_fmt',
    },
    {
      text: '[2024-03-05 10:15:42 +0100] [813] [CRITICAL] WORKER TIMEOUT (pid:814)',
      origin: 'gunicorn 22, a worker that did not answer',
    },
    {
      text: '[2024-03-05 10:15:42 +0100] [814] [ERROR] Error handling request /orders/7\nTraceback (most recent call last):\n  File "/srv/app/orders.py", line 88, in place\n    raise NoStock(item)\nshop.errors.NoStock: 12',
      origin: 'gunicorn 22, an application that raises',
    },
  ],
  read: (text, time) => gunicornEvent(text, time),
}

const HEAD = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] \[(\d{1,10})\] \[(DEBUG|INFO|WARNING|ERROR|CRITICAL)\] /

function gunicornEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [line, others] = headOf(text)
  const [whole, when = '', pid, level = ''] = HEAD.exec(line.slice(0, 96)) ?? []
  if (whole === undefined) return undefined
  return eventOf({
    atMs: timeAt(when, 0, time)?.atMs,
    severity: severityOf(level),
    ...saidOf(line.slice(whole.length) + others),
    pid: pidOf(pid),
    program: 'gunicorn',
  })
}
