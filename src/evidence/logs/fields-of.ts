import type { LogEvent } from './format.ts'
import type { LogFilter } from './window.ts'

/**
 * What a record says under that name, as text: a field of its own, or what every format may tell (`status`, `method`, `path`, `client`, `upstream`, `severity` or
 * `level`, `logger`, `thread`, `program`, `host`, `pid`). Undefined: it says nothing of the kind.
 */
export function fieldOf(event: LogEvent, name: string): string | undefined {
  const own = event.fields
  if (own && Object.hasOwn(own, name)) return own[name]
  const read = Object.hasOwn(TOLD, name) ? TOLD[name] : undefined
  const told = read?.(event)
  return told === undefined ? undefined : String(told)
}

/** Whether all fields that are wanted have their values; letters count as they are. A record that could not be read (undefined) has none. */
export function hasFields(event: LogEvent | undefined, wanted: LogFilter['fields']): boolean {
  return wanted.every(({ name, value }) => event !== undefined && fieldOf(event, name) === value)
}

const TOLD: Readonly<Record<string, (event: LogEvent) => string | number | undefined>> = {
  status: ({ access }) => access?.status,
  method: ({ access }) => access?.method,
  path: ({ access }) => access?.target?.replace(/\?.*$/s, ''),
  client: ({ access }) => access?.client,
  upstream: ({ access }) => access?.upstream,
  severity: ({ severity }) => severity,
  level: ({ severity }) => severity,
  logger: ({ logger }) => logger,
  thread: ({ thread }) => thread,
  program: ({ program }) => program,
  host: ({ host, access }) => host ?? access?.host,
  pid: ({ pid }) => pid,
}
