import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { postgresEvent, postgresSeverity } from '../reading/postgres-event.ts'
import { atOf, timeAt } from '../time/time-in-text.ts'

/** PostgreSQL's jsonlog, since version 15. */
export const postgresJson: LogFormat = {
  id: 'postgres-json',
  title: 'PostgreSQL log (jsonlog)',
  samples: [
    {
      text: '{"timestamp":"2026-11-26 05:44:36.001 UTC","user":"shop","dbname":"orders","pid":9021,"remote_host":"10.0.0.7","remote_port":51234,"session_id":"6926a0d3.233d","line_num":3,"ps":"INSERT","session_start":"2026-11-26 05:40:03 UTC","vxid":"4/112","txid":7731,"error_severity":"ERROR","state_code":"23505","message":"duplicate key value violates unique constraint \\"orders_pkey\\"","detail":"Key (id)=(4711) already exists.","statement":"INSERT INTO orders (id) VALUES (4711)","application_name":"orders-api","backend_type":"client backend","query_id":0}',
      origin: 'PostgreSQL 15 documentation, "Using JSON-Format Log Output"',
    },
    {
      text: '{"timestamp":"2026-11-26 05:44:35.123 UTC","pid":812,"session_id":"6926a0d3.32c","line_num":5,"session_start":"2026-11-26 05:44:35 UTC","txid":0,"error_severity":"LOG","message":"database system is ready to accept connections","backend_type":"postmaster","query_id":0}',
      origin: 'PostgreSQL 15, start',
    },
  ],
  read: (text, time) => readJson(text, time),
}

const KEYS: readonly (readonly [key: string, name: string])[] = [
  ['user', 'user'],
  ['dbname', 'database'],
  ['remote_host', 'client'],
  ['ps', 'command'],
  ['state_code', 'sqlstate'],
  ['detail', 'detail'],
  ['hint', 'hint'],
  ['context', 'context'],
  ['statement', 'statement'],
  ['application_name', 'application'],
  ['backend_type', 'backend'],
]

function readJson(text: string, time: BoxTime): LogEvent | undefined {
  if (!text.startsWith('{') || !text.includes('"error_severity"')) return undefined
  const record = objectOf(text)
  const severity = postgresSeverity(textOf(record['error_severity']))
  if (severity === undefined || typeof record['message'] !== 'string') return undefined
  const { pid } = record
  const file = textOf(record['file_name'])
  return postgresEvent({
    ...atOf(timeAt(textOf(record['timestamp']), 0, time)?.atMs),
    ...(typeof pid === 'number' && Number.isInteger(pid) ? { pid } : {}),
    severity,
    message: record['message'],
    ...(file === '' ? {} : { statement: `${file}:${textOf(record['file_line_num'])}` }),
    fields: fieldsOf(record),
  })
}

function fieldsOf(record: Readonly<Record<string, unknown>>): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [key, name] of KEYS) {
    const value = textOf(record[key])
    if (value !== '' && value !== '00000') fields[name] = value
  }
  return fields
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}
