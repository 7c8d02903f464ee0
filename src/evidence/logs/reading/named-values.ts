import type { AccessEvent, LogEvent, Severity } from '../format.ts'
import type { BoxTime } from '../time/box-time.ts'
import { eventOf, pidOf, saidOf } from './event.ts'
import { severityOf, severityOfNumber, severityOfPython } from './severity.ts'
import { timeAt } from '../time/time-in-text.ts'
import { exceptionIn, splitTrace } from './trace-text.ts'

/** Values of a record that are named, as text, in the order in which they stand; nested ones joined by dots: `http.status`. */
export type NamedValues = ReadonlyMap<string, string>

/**
 * The event that named values tell, by the names that logging libraries use: pino, bunyan, zap, logrus, zerolog, slog, Serilog, structlog and python-json-logger,
 * ECS, GELF. What has no such meaning is kept as fields.
 */
export function eventOfValues(values: NamedValues, time: BoxTime): LogEvent {
  const used = new Set<string>()
  const take = (names: readonly string[]): string | undefined => {
    const name = names.find((candidate) => values.has(candidate))
    if (name !== undefined) used.add(name)
    return name === undefined ? undefined : values.get(name)
  }
  const at = take(TIME)
  const severity = severityOfValues(values, take)
  const message = take(MESSAGE)
  const trace = traceOf(take)
  const statement = statementOf(take)
  const logger = take(LOGGER)
  const thread = take(THREAD)
  const host = take(HOST)
  const pid = pidOf(take(PID))
  const program = take(PROGRAM)
  const access = accessOf(values)
  const rest = Object.fromEntries([...values].filter(([name]) => !used.has(name)).slice(0, MOST_FIELDS))
  const said = saidOf(message ?? '')
  const whole = trace ?? said.trace
  const exception = whole === undefined ? undefined : exceptionIn(whole)
  return eventOf({
    atMs: at === undefined ? undefined : timeAt(at, 0, time)?.atMs,
    severity: severity ?? (whole === undefined ? undefined : 'error'),
    message: said.message !== '' ? said.message : (exception ?? summary(rest, access)),
    host,
    program,
    pid,
    logger,
    thread,
    statement,
    trace: whole,
    fields: rest,
    access,
  })
}

/** Fields that are kept of one record. */
const MOST_FIELDS = 40

const words = (text: string): readonly string[] => text.split(' ')

const TIME = words(
  '__REALTIME_TIMESTAMP @timestamp timestamp time ts @t Timestamp Time eventTime asctime datetime date t created TIMESTAMP',
)
const LEVEL = words(
  'level severity lvl levelname log.level @l Level LogLevel loglevel log_level level_name severity_text SeverityText PRIORITY',
)
const MESSAGE = words(
  'msg message @m MESSAGE short_message event @mt Message RenderedMessage text body log fields.message',
)
const LOGGER = words(
  'logger logger_name log.logger loggerName SourceContext Category category component name module target',
)
const THREAD = words('thread thread_name threadName process.thread.name thread.name ThreadId threadId')
const HOST = words('hostname host host.name hostName _HOSTNAME')
const PID = words('pid process.pid process _PID process_id ProcessId')
const PROGRAM = words('service service.name app application serviceName SYSLOG_IDENTIFIER')
const TRACE = words(
  'err.stack error.stack_trace stack_trace stacktrace stack exc_info exception error.stack @x Exception err.stacktrace exception.stacktrace State.Exception',
)
const ERROR_TYPE = words('err.type error.type err.name error.name exception.type')
const ERROR_MESSAGE = words('err.message error.message exception.message')

function severityOfValues(
  values: NamedValues,
  take: (names: readonly string[]) => string | undefined,
): Severity | undefined {
  const number = values.get('levelno')
  if (number !== undefined) take(['levelno'])
  const level = take(LEVEL)
  // Serilog leaves the level out when it is Information.
  if (level === undefined)
    return values.has('@t') ? 'info' : number === undefined ? undefined : severityOfPython(Number(number))
  return /^\d{1,2}$/.test(level) ? severityOfNumber(Number(level)) : severityOf(level.trim())
}

/** The stack trace, with the exception that it belongs to above it where only its frames are given. */
function traceOf(take: (names: readonly string[]) => string | undefined): string | undefined {
  // GELF has the whole text there, a trace or not.
  const stack = (take(TRACE) ?? splitTrace(take(['full_message']) ?? '').trace)?.trimEnd()
  const type = take(ERROR_TYPE)
  const message = take(ERROR_MESSAGE)
  const exception = [type, message].filter((part) => part !== undefined && part !== '').join(': ')
  if (stack === undefined || stack === '') return exception === '' ? undefined : exception
  return exception === '' || (message !== undefined && stack.includes(message)) ? stack : `${exception}\n${stack}`
}

/** `orders/handler.go:88` of zap, `source` of slog, file and line of Python and logrus. */
function statementOf(take: (names: readonly string[]) => string | undefined): string | undefined {
  const caller = take(['caller', 'source', 'src'])
  if (caller !== undefined && /:\d+$/.test(caller)) return caller
  const file = take([
    'source.file',
    'pathname',
    'filename',
    'file',
    'log.origin.file.name',
    'CODE_FILE',
    '_file',
    'caller.file',
    'src.file',
  ])
  const line = take([
    'source.line',
    'lineno',
    'line',
    'log.origin.file.line',
    'CODE_LINE',
    '_line',
    'caller.line',
    'src.line',
    'line_number',
  ])
  if (file === undefined) return undefined
  return line === undefined || /:\d+$/.test(file) ? file : `${file}:${line}`
}

/** A record without a message is told by what it names. */
function summary(rest: Readonly<Record<string, string>>, access: AccessEvent | undefined): string {
  if (access !== undefined)
    return [access.method, access.target, access.status].filter((part) => part !== undefined).join(' ')
  return Object.entries(rest)
    .slice(0, 12)
    .map(([name, value]) => `${name}=${value.slice(0, 200)}`)
    .join(' ')
}

const STATUS = words(
  'res.statusCode res.status status_code statusCode status http.response.status_code response.status http.status_code code StatusCode',
)
const METHOD = words(
  'req.method method http.request.method http_method request.method verb Method request_method RequestMethod',
)
const TARGET = words(
  'req.url url path uri http.target url.path request.url http.url request_uri request.uri RequestPath Path url.original',
)
const MILLISECONDS = words(
  'responseTime response_time_ms duration_ms durationMs elapsed_ms latency_ms Elapsed ElapsedMilliseconds took_ms',
)
const DURATION = words('duration latency elapsed took response_time request_time')

/** Of a request that was served: status, and method or path. */
function accessOf(values: NamedValues): AccessEvent | undefined {
  const value = (names: readonly string[]) => {
    const name = names.find((candidate) => values.has(candidate))
    return name === undefined ? undefined : values.get(name)
  }
  const status = value(STATUS)
  const method = value(METHOD)
  const target = value(TARGET)
  if (status === undefined || !/^[1-5]\d\d$/.test(status) || (method === undefined && target === undefined))
    return undefined
  const durationMs = milliseconds(value(MILLISECONDS)) ?? durationOf(value(DURATION))
  return {
    status: Number(status),
    ...(method === undefined || method === '' ? {} : { method }),
    ...(target === undefined || target === '' ? {} : { target }),
    ...(durationMs === undefined ? {} : { durationMs }),
  }
}

function milliseconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}(?:\.\d{1,20})?$/.test(text) ? Number(text) : undefined
}

/** Go's durations: `1.2s`, `350ms`, `12.5µs`; a bare number names no unit. */
function durationOf(text: string | undefined): number | undefined {
  const [, figure, unit = ''] = /^(\d{1,12}(?:\.\d{1,12})?)(ns|µs|μs|us|ms|s|m)$/.exec(text ?? '') ?? []
  return figure === undefined ? undefined : Number(figure) * (UNIT_MS[unit] ?? NaN)
}

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, µs: 1e-3, μs: 1e-3, us: 1e-3, ms: 1, s: 1000, m: 60_000 }
