import { afterSpaces, eventOf, pidOf, saidOf, wordAt } from './event.ts'
import type { LogEvent, Severity } from '../format.ts'
import { severityOf, severityOfKernel, severityOfSyslog } from './severity.ts'

/** What stands behind the time of a line of syslog or of journalctl: `host program[pid]: text`. */
export interface SyslogRest {
  /** Missing: programs that write to the socket of syslog leave it out, and who only passes their lines on does too. */
  readonly host: string | undefined
  readonly program: string
  readonly pid: number | undefined
  readonly content: string
}

/** Undefined: not of this form. The host must be one; a word of level in its place is another format. */
export function syslogRest(line: string, at: number): SyslogRest | undefined {
  const begins = afterSpaces(line, at)
  const [tag, name, id] = TAGGED.exec(line.slice(begins, begins + LONGEST_TAG)) ?? []
  if (tag !== undefined && name !== undefined)
    return { host: undefined, program: name, pid: pidOf(id), content: line.slice(begins + tag.length) }
  const [host = '', next = 0] = wordAt(line, begins) ?? []
  if (host === '' || severityOf(host) !== undefined || !/^[\w.:%-]{1,255}$/.test(host)) return undefined
  const colon = line.indexOf(':', next)
  if (colon === -1 || colon - next > LONGEST_TAG) return undefined
  const end = tagEnd(line, next, colon)
  const [, program, pid] =
    /^([A-Za-z(/_][^\s[\]:]{0,127}?|[A-Za-z][^[\]:]{0,63}?)(?:\[(\d{1,10})\])?$/.exec(line.slice(next, end)) ?? []
  if (program === undefined) return undefined
  return { host, program, pid: pidOf(pid), content: line.slice(end + 1).replace(/^ /, '') }
}

/** Without a host, the process must be named. */
const TAGGED = /^([A-Za-z][\w./-]{0,63})\[(\d{1,10})\]: ?/

/** `org.gnome.Shell:12[5]: `: the colon that a space follows. */
function tagEnd(line: string, from: number, colon: number): number {
  let end = colon
  while (end - from < LONGEST_TAG && end + 1 < line.length && line.charAt(end + 1) !== ' ') {
    const next = line.indexOf(':', end + 1)
    if (next === -1 || next - from > LONGEST_TAG) break
    end = next
  }
  return end
}

const LONGEST_TAG = 128

/** The event of the first line; of those that go on, headers like the first one's are taken off. */
export function syslogEvent(
  rest: SyslogRest,
  others: string,
  head: {
    readonly atMs: number | undefined
    readonly severity: Severity | undefined
    readonly headOf: (line: string) => SyslogRest | undefined
  },
): LogEvent {
  const more = others
    .split('\n')
    .slice(1)
    .map((line) => head.headOf(line)?.content ?? line)
  const content = [rest.content, ...more].join('\n')
  const text = rest.program === 'kernel' ? content.replace(/^\[ {0,12}\d{1,9}\.\d{1,9}\] /, '') : content
  return eventOf({
    atMs: head.atMs,
    severity: head.severity ?? (rest.program === 'kernel' ? severityOfKernel(text) : undefined),
    ...saidOf(text),
    host: rest.host,
    program: rest.program,
    pid: rest.pid,
  })
}

/** `<34>` of RFC 3164 and 5424: facility times eight plus severity; `<>`: an entry of the journal without one. */
export function priorityAt(line: string): { readonly severity: Severity | undefined; readonly end: number } {
  const [whole = '', figure] = /^<(\d{0,3})>/.exec(line) ?? []
  return figure === undefined || figure === ''
    ? { severity: undefined, end: whole.length }
    : { severity: severityOfSyslog(Number(figure) % 8), end: whole.length }
}
