import { eventOf, headOf, saidOf } from '../reading/event.ts'
import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { type LevelledLine, levelledLine } from '../reading/levelled-line.ts'

/** Any line with a level at its head, whoever wrote it: winston, env_logger and tracing (Rust), Elixir's Logger, shell scripts. */
export const levelled: LogFormat = {
  id: 'levelled',
  title: 'lines with a level',
  breadth: 3,
  samples: [
    {
      text: '[2024-03-05T09:15:42Z ERROR shop::orders] order failed for acme',
      origin: 'env_logger, docs.rs/env_logger',
    },
    {
      text: '2024-03-05T09:15:42.120345Z  WARN shop::orders: stock is low item=12',
      origin: 'tracing-subscriber, its full format, docs.rs/tracing-subscriber',
    },
    { text: '2024-03-05T09:15:42.120Z [orders] error: order failed', origin: 'winston, printf format of its README' },
    { text: '10:15:42.120 [error] order failed', origin: "Elixir's Logger, hexdocs.pm/logger" },
    { text: 'WARNING: disk is nearly full', origin: 'a line of a shell script' },
  ],
  read: (text, time) => {
    const [line, others] = headOf(text)
    const head = levelledLine(line, time)
    return head && levelledEvent(head, line, others)
  },
}

/** The event of a line whose head was read. */
function levelledEvent(head: LevelledLine, line: string, others: string): LogEvent {
  // Spring Boot has the application's name before the thread.
  const thread = head.groups.at(-1)
  return eventOf({
    atMs: head.atMs,
    severity: head.severity,
    ...saidOf(line.slice(head.end) + others),
    logger: head.logger,
    thread,
    pid: head.pid,
    statement: head.statement,
  })
}

/** The event of a record by its levelled head, when the head is as asked. */
export function levelledRecord(
  text: string,
  time: BoxTime,
  isOurs: (head: LevelledLine, line: string, others: string) => boolean,
): LogEvent | undefined {
  const [line, others] = headOf(text)
  const head = levelledLine(line, time)
  return head !== undefined && isOurs(head, line, others) ? levelledEvent(head, line, others) : undefined
}
