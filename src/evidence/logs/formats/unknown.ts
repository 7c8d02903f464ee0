import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityIn } from '../reading/severity.ts'
import { eventOf, saidOf } from '../reading/event.ts'
import { firstTime, type TimeInText } from '../time/time-in-text.ts'

/**
 * Any text: a time where one stands near the beginning, the word of level that it bears, and the rest as its message. The last one that is asked; it
 * never refuses.
 */
export const unknown: LogFormat = {
  id: 'unknown',
  title: 'unknown form',
  breadth: 9,
  samples: [
    {
      text: '2024-03-05 10:15:42 worker 3 gave up on job 8812',
      origin: 'in the form of a shell script that prefixes `date "+%F %T"`',
    },
    { text: 'Listening on 0.0.0.0:8080', origin: 'a line of a program that writes to standard output without a time' },
    {
      text: 'Traceback (most recent call last):\n  File "/srv/app/pay.py", line 31, in charge\n    raise ValueError("no card")\nValueError: no card',
      origin: 'the form of an uncaught exception, docs.python.org/3/library/traceback.html',
    },
  ],
  read: (text, time) => unknownEvent(text, time),
}

function unknownEvent(text: string, time: BoxTime): LogEvent {
  const line = firstLine(text)
  const found = firstTime(line, NEAR, time)
  const rest = found === undefined ? text : withoutTime(text, found)
  const { message, trace } = saidOf(rest)
  const severity = severityIn(line) ?? (trace === undefined ? undefined : 'error')
  return eventOf({ atMs: found?.atMs, severity, message: message === '' ? rest : message, trace })
}

function firstLine(text: string): string {
  const end = text.indexOf('\n')
  return (end === -1 ? text : text.slice(0, end)).slice(0, LONGEST)
}

/** Characters of the first line that are looked at for a time and a level. */
const LONGEST = 512
/** A time further back is part of what is said. */
const NEAR = 120

/** What stands before and after the time; brackets around it go with it. */
function withoutTime(text: string, found: TimeInText & { readonly start: number }): string {
  const bracketed = '[(<'.includes(text.charAt(found.start - 1)) && found.start > 0
  const before = text.slice(0, bracketed ? found.start - 1 : found.start).trim()
  const after = text.slice(found.end).replace(/^[\])>]?[ \t:|,]{0,40}(?:- )?/, '')
  return before === '' || before === '-' ? after : `${before} ${after}`.trimEnd()
}
