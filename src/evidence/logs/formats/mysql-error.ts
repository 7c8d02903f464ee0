import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { severityIn, severityOf } from '../reading/severity.ts'
import { atOf, timeAt } from '../time/time-in-text.ts'

/**
 * Error log of MySQL (from 8.0 on with code and subsystem, 5.7 without, 5.5 with a short date) and of MariaDB, whose time is the box's own.
 * `System` is what 8.0 calls starts and stops.
 */
export const mysqlError: LogFormat = {
  id: 'mysql-error',
  title: 'MySQL or MariaDB error log',
  samples: [
    {
      text: '2020-08-06T14:25:02.835618Z 0 [Note] [MY-012487] [InnoDB] DDL log recovery : begin',
      origin: 'MySQL 8.0 Reference Manual, "Error Log Output Format"',
    },
    {
      text: '2020-08-06T14:25:03.109022Z 5 [Note] [MY-010051] [Server] Event Scheduler: scheduler thread started with id 5',
      origin: 'MySQL 8.0 Reference Manual, "Error Log Output Format"',
    },
    {
      text: '2026-11-26T05:44:35.123456Z 42 [ERROR] [MY-012639] [InnoDB] Write to file ./shop/orders.ibd failed at offset 1048576, 16384 bytes should have been written, only 0 were written.',
      origin: 'MySQL 8.0, disk full',
    },
    {
      text: "2026-11-26T05:44:36.000001Z 7 [Warning] IP address '203.0.113.9' could not be resolved: Name or service not known",
      origin: 'MySQL 5.7, Reference Manual "The Error Log"',
    },
    {
      text: "2026-11-26  5:44:37 31 [Warning] Aborted connection 31 to db: 'shop' user: 'shop' host: '10.0.0.7' (Got timeout reading communication packets)",
      origin: 'MariaDB 10.11 of Debian 12',
    },
    {
      text: '2026-11-26  5:44:38 0 [ERROR] InnoDB: Unable to lock ./ibdata1 error: 11',
      origin: 'MariaDB 10.11 of Debian 12, started twice',
    },
    {
      text: '160615 16:53:08 [Note] InnoDB: Completed initialization of buffer pool',
      origin: 'MySQL 5.5 and MariaDB 5.5',
    },
    {
      text: '161209 14:18:50  InnoDB: Log file ./ib_logfile0 did not exist: new to be created\nInnoDB: Setting log file ./ib_logfile0 size to 5 MB\nInnoDB: Database physically writes the file full: wait...',
      origin: 'MySQL 5.5.53 on Ubuntu (elastic/beats, filebeat/module/mysql/error/test, Apache-2.0)',
    },
    {
      text: '161209 13:08:33 mysqld_safe Starting mysqld daemon with databases from /usr/local/var/mysql',
      origin: 'MySQL 5.7.10 of Homebrew (the same place)',
    },
  ],
  read: (text, time) => readError(text, time),
}

const HEAD = /^ {1,2}(?:(\d{1,20}) )?\[(System|Note|Warning|ERROR|Error)\] (?:\[(MY-\d{6})\] \[([A-Za-z_]{1,40})\] )?/

function readError(text: string, time: BoxTime): LogEvent | undefined {
  const found = timeOf(text, time)
  if (found === undefined) return undefined
  const head = HEAD.exec(text.slice(found.end, found.end + 128))
  if (head === null) return withoutLevel(text, found)
  const [whole, thread, level = '', code, subsystem] = head
  const said = text.slice(found.end + whole.length)
  // Before 8.0 the subsystem stood before the message.
  const named = subsystem ?? /^(InnoDB|Plugin|Aria|WSREP|Slave|RocksDB): /.exec(said.slice(0, 16))?.[1]
  return {
    ...atOf(found.atMs),
    severity: level === 'Note' || level === 'System' ? 'info' : (severityOf(level) ?? 'info'),
    message: said,
    ...(named === undefined ? {} : { logger: named }),
    ...(thread === undefined || thread === '0' ? {} : { thread }),
    ...(code === undefined ? {} : { fields: { code } }),
  }
}

/** Up to 5.5 InnoDB names no level, and what starts the server never does. */
function withoutLevel(
  text: string,
  { atMs, end }: { readonly atMs: number; readonly end: number },
): LogEvent | undefined {
  const program = /^\d{6} /.test(text)
    ? /^ {1,2}(InnoDB: |mysqld_safe )/.exec(text.slice(end, end + 16))?.[1]
    : undefined
  if (program === undefined) return undefined
  const said = text.slice(end).trimStart()
  return {
    ...atOf(atMs),
    severity: severityIn(said) ?? 'info',
    message: said,
    ...(program === 'InnoDB: ' ? { logger: 'InnoDB' } : {}),
  }
}

/** MariaDB pads the hour with a blank. */
function timeOf(text: string, time: BoxTime): { readonly atMs: number; readonly end: number } | undefined {
  const padded = /^(\d{4}-\d\d-\d\d)  (\d:\d\d:\d\d)/.exec(text.slice(0, 20))
  if (padded === null) return timeAt(text, 0, time)
  const found = timeAt(`${padded[1] ?? ''} 0${padded[2] ?? ''}`, 0, time)
  return found === undefined ? undefined : { atMs: found.atMs, end: padded[0].length }
}
