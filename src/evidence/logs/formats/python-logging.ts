import type { BoxTime } from '../time/box-time.ts'
import { eventOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import type { LevelledLine } from '../reading/levelled-line.ts'
import { severityOf } from '../reading/severity.ts'
import { levelledRecord } from './levelled.ts'

/**
 * Python's logging in its usual forms: basicConfig without a format, `asctime - name - levelname - message` of its HOWTO, Flask, Celery, Airflow, Django, Sanic.
 * Source: docs.python.org/3/library/logging.html, howto/logging.html.
 */
export const pythonLogging: LogFormat = {
  id: 'python-logging',
  title: 'Python logging',
  breadth: 1,
  samples: [
    {
      text: 'ERROR:orders.api:order failed for acme',
      origin: 'logging.basicConfig without a format, docs.python.org/3/library/logging.html',
    },
    {
      text: '2024-03-05 10:15:42,120 - orders.api - ERROR - order failed for acme\nTraceback (most recent call last):\n  File "/srv/app/orders.py", line 88, in place\n    raise NoStock(item)\nshop.errors.NoStock: 12',
      origin: 'the form of docs.python.org/3/howto/logging.html, with exc_info',
    },
    {
      text: '2024-03-05 10:15:42,120 WARNING orders.api: stock is low',
      origin: 'a common form: asctime levelname name: message',
    },
    { text: '2024-03-05 10:15:42,120 orders.api INFO ready', origin: 'a common form: asctime name levelname message' },
    {
      text: '[2024-03-05 10:15:42,120] ERROR in app: Exception on /orders/7 [POST]',
      origin: 'Flask, flask.palletsprojects.com/en/stable/logging',
    },
    {
      text: '[2024-03-05 10:15:42,120: WARNING/ForkPoolWorker-2] orders.tasks.charge[1f0c]: retry in 3s',
      origin: 'Celery, docs.celeryq.dev, worker_log_format',
    },
    {
      text: '[2024-03-05T10:15:42.120+0100] {orders.py:88} ERROR - Task failed with exception',
      origin: 'Airflow, airflow.apache.org, log_format',
    },
    {
      text: 'INFO 2024-03-05 10:15:42,120 views 812 140212 order placed',
      origin: 'Django, the verbose form of docs.djangoproject.com/en/stable/topics/logging',
    },
  ],
  read: (text, time) =>
    basicEvent(text) ??
    celeryEvent(text, time) ??
    djangoEvent(text, time) ??
    flaskEvent(levelledRecord(text, time, isPython)),
}

const LEVEL = 'DEBUG|INFO|WARNING|ERROR|CRITICAL'

/** `ERROR:orders.api:message` */
function basicEvent(text: string): LogEvent | undefined {
  const [whole, level = '', logger] = BASIC.exec(text.slice(0, LONGEST_HEAD)) ?? []
  if (whole === undefined) return undefined
  return eventOf({ severity: severityOf(level), logger, ...saidOf(text.slice(whole.length)) })
}

const BASIC = new RegExp(String.raw`^(${LEVEL}):([\w.-]{1,120}):`)
const LONGEST_HEAD = 200

/** `[asctime: LEVEL/process] message`: read as if it were `[asctime] LEVEL [process] message`. */
function celeryEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [whole, at, level, process] = CELERY.exec(text.slice(0, LONGEST_HEAD)) ?? []
  if (whole === undefined) return undefined
  return levelledRecord(`[${at}] ${level} [${process}] ${text.slice(whole.length)}`, time, () => true)
}

const CELERY = new RegExp(String.raw`^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}): (${LEVEL})/([\w.-]{1,60})\] `)

/** `LEVEL asctime module process thread message` */
function djangoEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [whole, level, at, module, process] = DJANGO.exec(text.slice(0, LONGEST_HEAD)) ?? []
  if (whole === undefined) return undefined
  const event = levelledRecord(`${at} ${level} ${text.slice(whole.length)}`, time, () => true)
  return event && { ...event, logger: module ?? '', pid: Number(process) }
}

const DJANGO = new RegExp(
  String.raw`^(${LEVEL}) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (\w{1,60}) (\d{1,10}) \d{1,20} `,
)

/** `in app: message` */
function flaskEvent(event: LogEvent | undefined): LogEvent | undefined {
  const [whole, logger] = /^in ([\w.]{1,80}): /.exec(event?.message.slice(0, 96) ?? '') ?? []
  return event === undefined || whole === undefined || logger === undefined
    ? event
    : { ...event, logger, message: event.message.slice(whole.length) }
}

/** Levels and forms as Python has them, and none of those that only Java has. */
function isPython(
  { level, logger, loggerFirst, groups, statement, atMs }: LevelledLine,
  line: string,
  others: string,
): boolean {
  if (atMs === undefined || !/^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)$/.test(level)) return false
  if (/\n(?:\tat |Caused by: )/.test(others)) return false
  if (level === 'WARNING' || level === 'CRITICAL' || loggerFirst || statement?.includes('.py:')) return true
  if (others.startsWith('\nTraceback ')) return true
  if (/^\[?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]? (?:ERROR|INFO|DEBUG) in \w/.test(line)) return true
  return (logger !== undefined && groups.length === 0) || groups.some((group) => /^Main(?:Thread|Process)$/.test(group))
}
