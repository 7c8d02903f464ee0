import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat, Severity } from '../format.ts'
import { unknown } from '../formats/unknown.ts'

/**
 * A log that one program wrapped (a container runtime, syslog, the journal) and another one wrote: time, host and process are those of the wrapping, what was
 * said is read by the format of the one that said it.
 */
export function wrappedFormat(outer: LogFormat, inner: LogFormat): LogFormat {
  return {
    ...outer,
    title: inner.id === unknown.id ? outer.title : `${inner.title}, in ${outer.title}`,
    read: (text, time) => {
      const wrapping = outer.read(text, time)
      return wrapping === undefined ? undefined : joined(wrapping, inner, time)
    },
  }
}

function joined(wrapping: LogEvent, inner: LogFormat, time: BoxTime): LogEvent {
  const text = wrapping.trace === undefined ? wrapping.message : withTrace(wrapping)
  const said = inner.read(text, time)
  if (said === undefined) return wrapping
  const severity =
    inner.id === unknown.id ? graver(said.severity, wrapping.severity) : (said.severity ?? wrapping.severity)
  const fields = { ...wrapping.fields, ...said.fields }
  const atMs = wrapping.atMs ?? said.atMs
  return {
    ...wrapping,
    ...said,
    ...(atMs === undefined ? {} : { atMs }),
    ...(wrapping.host === undefined ? {} : { host: wrapping.host }),
    ...(wrapping.program === undefined ? {} : { program: wrapping.program }),
    ...(wrapping.pid === undefined ? {} : { pid: wrapping.pid }),
    ...(severity === undefined ? {} : { severity }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
  }
}

function withTrace({ message, trace = '' }: LogEvent): string {
  return trace.startsWith(message) || trace.includes(`\n${message}`) ? trace : `${message}\n${trace}`
}

const ORDER: readonly Severity[] = ['debug', 'info', 'notice', 'warning', 'error', 'fatal']

function graver(one: Severity | undefined, other: Severity | undefined): Severity | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return ORDER.indexOf(one) >= ORDER.indexOf(other) ? one : other
}
