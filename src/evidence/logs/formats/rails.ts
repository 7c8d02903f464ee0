import type { BoxTime } from '../time/box-time.ts'
import { eventOf, pidOf, saidOf } from '../reading/event.ts'
import type { AccessEvent, LogEvent, LogFormat, Severity } from '../format.ts'
import { severityOf } from '../reading/severity.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * Ruby's Logger (`L, [time #pid] LEVEL -- program: message`), and what Rails says of each request, with tags or without. Source:
 * docs.ruby-lang.org/en/master/Logger.html; guides.rubyonrails.org/debugging_rails_applications.html.
 */
export const rails: LogFormat = {
  id: 'rails',
  title: 'Rails, Ruby Logger',
  samples: [
    {
      text: 'E, [2024-03-05T10:15:42.120345 #812] ERROR -- orders: order failed for acme',
      origin: "Ruby's Logger::Formatter, docs.ruby-lang.org",
    },
    {
      text: 'I, [2024-03-05T10:15:42.120345 #812]  INFO -- : [1f0c-77] Completed 500 Internal Server Error in 12ms (ActiveRecord: 3.4ms | Allocations: 812)',
      origin: 'Rails 7 in production, config.log_tags = [:request_id]',
    },
    { text: 'Started POST "/orders/7" for 10.0.0.7 at 2024-03-05 10:15:42 +0100', origin: 'Rails::Rack::Logger' },
    { text: 'Processing by OrdersController#create as JSON', origin: 'ActionController::LogSubscriber' },
    {
      text: "[1f0c-77]   \n[1f0c-77] Shop::NoStock (no stock for 12):\n[1f0c-77]   \n[1f0c-77] app/models/order.rb:88:in `place'\n[1f0c-77] app/controllers/orders_controller.rb:12:in `create'",
      origin: 'ActionDispatch::DebugExceptions, with a tag',
    },
  ],
  read: (text, time) => loggerEvent(text, time) ?? railsEvent(text, time),
}

const LOGGER =
  /^([DIWEFA]), \[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}) ?#(\d{1,10})\] {1,2}(DEBUG|INFO|WARN|ERROR|FATAL|ANY) -- ([^:\n]{0,100}): ?/

function loggerEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [whole, , when = '', pid, level = '', program] = LOGGER.exec(text.slice(0, 256)) ?? []
  if (whole === undefined) return undefined
  const content = text.slice(whole.length)
  const said = railsEvent(content, time) ?? eventOf(saidOf(content))
  const severity = said.severity === 'error' || level === 'ANY' ? said.severity : severityOf(level)
  return eventOf({
    ...said,
    atMs: timeAt(when, 0, time)?.atMs,
    severity,
    program: program === '' ? undefined : program,
    pid: pidOf(pid),
  })
}

/** Tags in brackets, then one of the sentences that Rails has for a request. */
function railsEvent(text: string, time: BoxTime): LogEvent | undefined {
  const tags = tagsOf(text)
  const content =
    tags === ''
      ? text
      : text
          .split('\n')
          .map((line) => (line.startsWith(tags) ? line.slice(tags.length) : line))
          .join('\n')
  const event = startedEvent(content, time) ?? completedEvent(content) ?? exceptionEvent(content) ?? plainEvent(content)
  if (event === undefined) return undefined
  return tags === '' ? event : { ...event, fields: { ...event.fields, tags: tags.trim() } }
}

function tagsOf(text: string): string {
  let end = 0
  for (let count = 0; count < 4 && text.charAt(end) === '['; count += 1) {
    const close = text.indexOf('] ', end)
    if (close === -1 || close - end > 80) break
    end = close + 2
  }
  return text.slice(0, end)
}

function startedEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [, method = '', target = '', client = '', when = ''] =
    /^Started ([A-Z]{3,10}) "([^"\n]{0,2048})" for (\S{1,64}) at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})/.exec(
      text.slice(0, 4096),
    ) ?? []
  if (method === '') return undefined
  return eventOf({
    atMs: timeAt(when, 0, time)?.atMs,
    severity: 'info',
    message: `Started ${method} "${target}" for ${client}`,
    fields: { method, target, client },
  })
}

function completedEvent(text: string): LogEvent | undefined {
  const [whole, figure = '', duration] =
    /^Completed (\d{3}) [\w' -]{0,60}in ([\d.]{1,12})ms/.exec(text.slice(0, 256)) ?? []
  if (whole === undefined) return undefined
  const status = Number(figure)
  const severity: Severity = status >= 500 ? 'error' : 'info'
  const access: AccessEvent = { status, durationMs: Number(duration) }
  return eventOf({ severity, message: text, access: Number.isFinite(access.durationMs) ? access : { status } })
}

/** Empty line, `Class (message):`, empty line, frames: within one record, or begun at the class when each line is one. */
function exceptionEvent(text: string): LogEvent | undefined {
  const content = text.slice(0, 65_536).trim()
  const [whole, type = '', message = ''] =
    /^((?!Traceback )[A-Z]\w{0,80}(?:::\w{1,80}){0,8}) \((.{0,1000})\):$/m.exec(content.split('\n', 1)[0] ?? '') ?? []
  if (whole === undefined || !content.includes('\n')) return undefined
  return eventOf({ severity: 'error', message: `${type}: ${message}`, trace: content })
}

function plainEvent(text: string): LogEvent | undefined {
  const sentence =
    /^(?:Processing by [\w:]{1,120}#\w{1,80} as |Rendered |Rendering |Redirected to |Sent file |Sent data |Parameters: |Filter chain halted as |Performing \w|Performed \w|Enqueued \w)/
  return sentence.test(text.trimStart().slice(0, 256)) && !text.trim().includes('\n')
    ? eventOf({ severity: 'info', message: text.trim() })
    : undefined
}
