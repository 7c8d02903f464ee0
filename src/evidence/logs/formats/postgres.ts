import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { postgresEvent, postgresSeverity } from '../reading/postgres-event.ts'
import { timeAt } from '../time/time-in-text.ts'

/**
 * PostgreSQL's log on standard error. What stands before the level is `log_line_prefix`, which everybody writes otherwise; it is read by the forms of its
 * parts: a time, `[pid]`, `user@database`, `name=value`. DETAIL, HINT, CONTEXT and STATEMENT bear the same prefix on lines of their own.
 */
export const postgres: LogFormat = {
  id: 'postgres',
  title: 'PostgreSQL log',
  samples: [
    {
      text: '2026-11-26 05:44:35.123 UTC [812] LOG:  database system is ready to accept connections',
      origin: "PostgreSQL 15, default log_line_prefix = '%m [%p] '",
    },
    {
      text: '2026-11-26 05:44:36.001 CET [9021] shop@orders ERROR:  duplicate key value violates unique constraint "orders_pkey"\n2026-11-26 05:44:36.001 CET [9021] shop@orders DETAIL:  Key (id)=(4711) already exists.\n2026-11-26 05:44:36.001 CET [9021] shop@orders STATEMENT:  INSERT INTO orders (id, customer)\n\tVALUES (4711, \'acme\')',
      origin: "PostgreSQL 15 of Debian 12, log_line_prefix = '%m [%p] %q%u@%d '",
    },
    {
      text: '2026-11-26 05:44:37 UTC:10.0.0.7(51234):shop@orders:[9022]:FATAL:  remaining connection slots are reserved for non-replication superuser connections',
      origin: "Amazon RDS user guide, log_line_prefix = '%t:%r:%u@%d:[%p]:'",
    },
    {
      text: "2026-11-26 05:44:38 UTC [9023]: [3-1] user=shop,db=orders,app=orders-api,client=10.0.0.7 LOG:  duration: 4201.345 ms  statement: SELECT * FROM orders WHERE customer = 'acme'",
      origin: "pgBadger documentation, log_line_prefix = '%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h '",
    },
    {
      text: '2026-11-26 05:44:39.000 UTC [811] PANIC:  could not write to file "pg_wal/xlogtemp.811": No space left on device',
      origin: 'PostgreSQL 15, disk full',
    },
    {
      text: '2026-11-26 07:44:15.362 CET [19592] shop@orders ERROR:  23505: duplicate key value violates unique constraint "t_pkey"\n2026-11-26 07:44:15.362 CET [19592] shop@orders LOCATION:  _bt_check_unique, nbtinsert.c:664',
      origin: 'PostgreSQL 15.18 of Debian 12, log_error_verbosity = verbose',
    },
    {
      text: '2026-11-26 05:44:36.001 CET [9021] shop@orders STATEMENT:  INSERT INTO orders (id) VALUES (4711)',
      origin: 'PostgreSQL 15: a line of what belongs to the error before it, met alone',
    },
  ],
  read: (text, time) => readText(text, time),
}

/** A prefix is some words long. */
const LONGEST_PREFIX = 512

/** Two blanks stand behind each of these words, in the log of every version. */
const LEVEL =
  /(?:^|[\s:\]|,)>-])(DEBUG[1-5]?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION|BACKTRACE): {2}/

function readText(text: string, time: BoxTime): LogEvent | undefined {
  const beginning = text.slice(0, LONGEST_PREFIX)
  const match = LEVEL.exec(beginning)
  if (match === null || beginning.slice(0, match.index).includes('\n')) return undefined
  const level = match[1] ?? ''
  const prefix = prefixOf(beginning.slice(0, match.index + match[0].indexOf(level)), time)
  if (prefix === undefined) return undefined
  const parts = partsOf(level, text.slice(match.index + match[0].length))
  const said = parts[level] ?? ''
  return postgresEvent({
    ...prefix,
    severity: postgresSeverity(level),
    message: postgresSeverity(level) === undefined ? `${level}: ${said}` : said,
    ...placeOf(parts['LOCATION']),
    fields: { ...prefix.fields, ...named(parts) },
  })
}

interface Prefix {
  readonly atMs?: number
  readonly pid?: number
  readonly fields: Readonly<Record<string, string>>
}

/** Undefined: there is neither a time nor a process, so it is another program's. */
function prefixOf(prefix: string, time: BoxTime): Prefix | undefined {
  const at = /\d{4}-\d\d-\d\d |\b\d{10}\.\d{3}\b/.exec(prefix)
  const found = at === null ? undefined : timeAt(prefix, at.index, time)
  const rest = found === undefined || at === null ? prefix : `${prefix.slice(0, at.index)} ${prefix.slice(found.end)}`
  const pid = /\[(\d{1,10})(?:\]|-)/.exec(rest)?.[1] ?? /\b(?:pid|p)=(\d{1,10})/.exec(rest)?.[1]
  if (found === undefined && pid === undefined) return undefined
  return {
    ...(found === undefined || Number.isNaN(found.atMs) ? {} : { atMs: found.atMs }),
    ...(pid === undefined ? {} : { pid: Number(pid) }),
    fields: whoIn(rest),
  }
}

const NAMES: Readonly<Record<string, string>> = {
  user: 'user',
  u: 'user',
  db: 'database',
  database: 'database',
  d: 'database',
  app: 'application',
  a: 'application',
  client: 'client',
  host: 'client',
  h: 'client',
  r: 'client',
}

function whoIn(prefix: string): Record<string, string> {
  const who: Record<string, string> = {}
  const pair = /(?:^|[\s:,])([\w-]{1,63})@([\w-]{1,63})(?=[\s:,]|$)/.exec(prefix)
  if (pair !== null) Object.assign(who, { user: pair[1], database: pair[2] })
  for (const [, name = '', value = ''] of prefix.matchAll(/\b([a-z]{1,10})=([^\s,]{1,200})/g)) {
    const known = NAMES[name]
    if (known !== undefined && value !== '[unknown]') who[known] = value
  }
  const client = /(?:^|[\s:])((?:\d{1,3}\.){3}\d{1,3}|[\da-f:]{3,39})\(\d{1,5}\)/.exec(prefix)?.[1]
  if (client !== undefined) who['client'] = client
  const state = /(?:^|[\s:,])([0-9A-Z]{5})(?=[\s:,]|$)/.exec(prefix)?.[1]
  if (state !== undefined && /\d/.test(state) && !/^\d{5}$/.test(state)) who['sqlstate'] = state
  return who
}

/** Lines and characters of a record that are read: a statement may be as long as it likes. */
const MOST_LINES = 400
const LONGEST = 65_536

/** What each of its lines adds, by its word; a line without one goes on with what was before. */
function partsOf(level: string, text: string): Readonly<Record<string, string>> {
  const parts: Record<string, string> = {}
  let part = level
  text
    .slice(0, LONGEST)
    .split('\n', MOST_LINES)
    .forEach((line, index) => {
      const match = index === 0 ? null : LEVEL.exec(line.slice(0, LONGEST_PREFIX))
      if (match?.[1] !== undefined) part = match[1]
      const said = match === null ? line : line.slice(match.index + match[0].length)
      parts[part] = parts[part] === undefined ? said : `${parts[part]}\n${said.replace(/^\t/, '')}`
    })
  return parts
}

/** `_bt_check_unique, nbtinsert.c:664`: where in the server it is written. */
function placeOf(location: string | undefined): { readonly statement?: string } {
  const place = /, ([\w./-]{1,100}:\d{1,6})$/.exec(location?.slice(0, 256) ?? '')?.[1]
  return place === undefined ? {} : { statement: place }
}

function named(parts: Readonly<Record<string, string>>): Record<string, string> {
  const fields = Object.entries(parts).filter(([name]) => postgresSeverity(name) === undefined)
  return Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]))
}
