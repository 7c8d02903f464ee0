import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { postgresEvent, postgresSeverity } from '../reading/postgres-event.ts'
import { atOf, timeAt } from '../time/time-in-text.ts'

/** PostgreSQL's csvlog. Columns are only ever added at the end: 23 up to version 12, 24 with 13, 26 since 14. Quoted ones may hold line feeds. */
export const postgresCsv: LogFormat = {
  id: 'postgres-csv',
  title: 'PostgreSQL log (csvlog)',
  samples: [
    {
      text: '2026-11-26 05:44:36.001 UTC,"shop","orders",9021,"10.0.0.7:51234",6926a0d3.233d,3,"INSERT",2026-11-26 05:40:03 UTC,4/112,7731,ERROR,23505,"duplicate key value violates unique constraint ""orders_pkey""","Key (id)=(4711) already exists.",,,,,"INSERT INTO orders (id, customer)\nVALUES (4711, \'acme\')",,,"orders-api","client backend",,0',
      origin: 'PostgreSQL 15 documentation, "Using CSV-Format Log Output"',
    },
    {
      text: '2026-11-26 05:44:35.123 UTC,,,812,,6926a0d3.32c,5,,2026-11-26 05:44:35 UTC,,0,LOG,00000,"database system is ready to accept connections",,,,,,,,,"","postmaster",,0',
      origin: 'PostgreSQL 15, start',
    },
    {
      text: '2019-08-02 10:11:12.131 CEST,"shop","orders",4021,"[local]",5d43f0a0.fb5,1,"SELECT",2019-08-02 10:11:12 CEST,3/2,0,FATAL,57P01,"terminating connection due to administrator command",,,,,,,,,"psql"',
      origin: 'PostgreSQL 11, 23 columns',
    },
  ],
  read: (text, time) => readCsv(text, time),
}

const LEAST_COLUMNS = 22
const MOST_COLUMNS = 32

const COLUMNS: readonly (readonly [place: number, name: string])[] = [
  [1, 'user'],
  [2, 'database'],
  [4, 'client'],
  [7, 'command'],
  [12, 'sqlstate'],
  [14, 'detail'],
  [15, 'hint'],
  [18, 'context'],
  [19, 'statement'],
  [22, 'application'],
  [23, 'backend'],
]

function readCsv(text: string, time: BoxTime): LogEvent | undefined {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [A-Za-z0-9+:-]{1,8},/.test(text.slice(0, 48))) return undefined
  const columns = columnsOf(text)
  const severity = postgresSeverity(columns[11] ?? '')
  const atMs = timeAt(text, 0, time)?.atMs
  if (columns.length < LEAST_COLUMNS || severity === undefined || atMs === undefined) return undefined
  const pid = columns[3] ?? ''
  const place = columns[21] ?? ''
  return postgresEvent({
    ...atOf(atMs),
    ...(/^\d{1,10}$/.test(pid) ? { pid: Number(pid) } : {}),
    severity,
    message: columns[13] ?? '',
    ...(place === '' ? {} : { statement: place.replace(/^.*, /, '') }),
    fields: fieldsOf(columns),
  })
}

function fieldsOf(columns: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [place, name] of COLUMNS) {
    const value = columns[place] ?? ''
    if (value !== '' && value !== '00000') fields[name] = name === 'client' ? value.replace(/:\d{1,5}$/, '') : value
  }
  return fields
}

/** RFC 4180; what follows a quote that is never closed is one column. */
function columnsOf(text: string): readonly string[] {
  const columns: string[] = []
  let at = 0
  while (at <= text.length && columns.length < MOST_COLUMNS) {
    if (text[at] !== '"') {
      const comma = text.indexOf(',', at)
      const end = comma === -1 ? text.length : comma
      columns.push(text.slice(at, end))
      at = end + 1
      continue
    }
    const end = endOfQuoted(text, at + 1)
    columns.push(text.slice(at + 1, end).replaceAll('""', '"'))
    at = end + 2
  }
  return columns
}

function endOfQuoted(text: string, start: number): number {
  let quote = text.indexOf('"', start)
  while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2)
  return quote === -1 ? text.length : quote
}
