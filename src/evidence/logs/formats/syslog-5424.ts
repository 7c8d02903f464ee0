import type { BoxTime } from '../time/box-time.ts'
import { eventOf, headOf, pidOf, saidOf, wordAt } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { priorityAt } from '../reading/syslog-line.ts'
import { timeAt } from '../time/time-in-text.ts'

/** `<165>1 TIME HOST APP PROCID MSGID [DATA] TEXT`. Source: RFC 5424, 6. */
export const syslog5424: LogFormat = {
  id: 'syslog-5424',
  title: 'syslog (RFC 5424)',
  envelope: true,
  samples: [
    {
      text: '<163>1 2024-03-05T09:15:42.120Z web-1 orders 812 ORDER - order failed for acme',
      origin: 'RFC 5424, 6, without structured data',
    },
    {
      text: '<165>1 2024-03-05T10:15:42.120345+01:00 web-1 orders - - [order@32473 customer="acme" note="a \\"b\\" \\] c"][meta sequenceId="7"] \ufefforder failed',
      origin: 'RFC 5424, 6.3, structured data with escaped characters and a byte order mark',
    },
  ],
  read: (text, time) => rfc5424Event(text, time),
}

function rfc5424Event(text: string, time: BoxTime): LogEvent | undefined {
  const [line, others] = headOf(text)
  const { severity, end } = priorityAt(line)
  if (end === 0 || !line.startsWith('1 ', end)) return undefined
  const words: string[] = []
  let at = end + 2
  for (let count = 0; count < 5; count += 1) {
    const [word, next] = wordAt(line, at) ?? []
    if (word === undefined || next === undefined) return undefined
    words.push(word)
    at = next
  }
  const [when = '', host, program, pid, id] = words.map((word) => (word === '-' ? undefined : word))
  const data = structuredData(line, at)
  const found = when === '' ? undefined : timeAt(when, 0, time)
  if (data === undefined || (when !== '' && found === undefined)) return undefined
  const content = line
    .slice(data.end)
    .replace(/^ /, '')
    .replace(/^\ufeff/, '')
  return eventOf({
    atMs: found?.atMs,
    severity,
    ...saidOf(content + others),
    host,
    program,
    pid: pidOf(pid),
    fields: { ...(id === undefined ? {} : { msgid: id }), ...data.fields },
  })
}

interface StructuredData {
  readonly fields: Readonly<Record<string, string>>
  readonly end: number
}

/** `-`, or elements in brackets: an id, then `name="value"` with `"`, `\` and `]` escaped. */
function structuredData(line: string, from: number): StructuredData | undefined {
  if (line.charAt(from) === '-') return { fields: {}, end: from + 1 }
  const fields: Record<string, string> = {}
  let at = from
  while (line.charAt(at) === '[' && Object.keys(fields).length < MOST_FIELDS) {
    let next = at + 1
    while (next < line.length && line.charAt(next) !== ']') {
      const [whole, name = '', value = ''] = PARAMETER.exec(line.slice(next, next + LONGEST_PARAMETER)) ?? []
      if (whole === undefined) next += 1
      else {
        fields[name] = value.replaceAll(/\\(["\\\]])/g, '$1')
        next += whole.length
      }
    }
    if (next >= line.length) return undefined
    at = next + 1
  }
  return at === from ? undefined : { fields, end: at }
}

const PARAMETER = /^ ([^\s="\]]{1,32})="((?:[^"\\]|\\.)*)"/
const LONGEST_PARAMETER = 4096
const MOST_FIELDS = 64
