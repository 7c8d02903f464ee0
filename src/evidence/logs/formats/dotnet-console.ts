import type { BoxTime } from '../time/box-time.ts'
import { eventOf, headOf, saidOf } from '../reading/event.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityOf } from '../reading/severity.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * The console logger of .NET: `fail: Category[event]`, and the message indented below it; with SingleLine behind it. Source:
 * learn.microsoft.com/dotnet/core/extensions/console-log-formatter.
 */
export const dotnetConsole: LogFormat = {
  id: 'dotnet-console',
  title: '.NET console',
  samples: [
    {
      text: 'fail: Shop.Orders[0]\n      Order failed for acme\n      System.InvalidOperationException: no stock\n         at Shop.Orders.Place() in /src/Orders.cs:line 88',
      origin: 'the simple formatter, learn.microsoft.com, console-log-formatter',
    },
    {
      text: 'info: Microsoft.Hosting.Lifetime[14]\n      Now listening on: http://[::]:8080',
      origin: 'ASP.NET Core when it starts',
    },
    {
      text: '2024-03-05 10:15:42 warn: Shop.Orders[7] Stock is low',
      origin: 'the simple formatter with SingleLine and TimestampFormat',
    },
  ],
  read: (text, time) => consoleEvent(text, time),
}

function consoleEvent(text: string, time: BoxTime): LogEvent | undefined {
  const [line, others] = headOf(text)
  const found = /^[[\d]/.test(line) ? timeAt(line, line.startsWith('[') ? 1 : 0, time) : undefined
  const from =
    found === undefined ? 0 : found.end + (/^[\] ]{1,4}/.exec(line.slice(found.end, found.end + 8))?.[0].length ?? 0)
  const [whole, level = '', logger, event] =
    /^(trce|dbug|info|warn|fail|crit): ([\w.`+<>-]{1,200})\[(-?\d{1,10})\] ?/.exec(line.slice(from, from + 256)) ?? []
  if (whole === undefined) return undefined
  const below = others
    .split('\n')
    .slice(1)
    .map((below) => below.replace(/^ {6}/, ''))
    .join('\n')
  const content = [line.slice(from + whole.length), below].filter((part) => part !== '').join('\n')
  return eventOf({
    atMs: found?.atMs,
    severity: severityOf(level),
    ...saidOf(content),
    logger,
    fields: event === undefined || event === '0' ? undefined : { event },
  })
}
