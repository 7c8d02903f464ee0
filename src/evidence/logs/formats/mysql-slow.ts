import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat } from '../format.ts'
import { atOf, timeAt } from '../time/time-in-text.ts'

/**
 * Slow query log of MySQL, Percona Server and MariaDB. A record begins with `# Time:` or, where several fell into one second, with `# User@Host:`; its message
 * is the statement, without `use` and `SET timestamp`, with literals taken out, so that one statement is one pattern.
 */
export const mysqlSlow: LogFormat = {
  id: 'mysql-slow',
  title: 'MySQL or MariaDB slow query log',
  samples: [
    {
      text: "# Time: 2026-11-26T05:44:35.123456Z\n# User@Host: shop[shop] @ web-1 [10.0.0.7]  Id:    42\n# Query_time: 4.201345  Lock_time: 0.000012 Rows_sent: 1  Rows_examined: 1204311\nuse shop;\nSET timestamp=1795671870;\nSELECT o.id, o.total\n  FROM orders o\n WHERE o.customer = 'acme' AND o.id > 4711;",
      origin: 'MySQL 8.0 Reference Manual, "The Slow Query Log"',
    },
    {
      text: '# Time: 261126  5:44:36\n# User@Host: shop[shop] @ localhost []\n# Thread_id: 31  Schema: shop  QC_hit: No\n# Query_time: 2.000213  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 0\n# Rows_affected: 0  Bytes_sent: 63\nSET timestamp=1795671876;\nselect sleep(2);',
      origin: 'MariaDB 10.11, Knowledge Base "Slow Query Log Overview"',
    },
    {
      text: '# User@Host: root[root] @ localhost []  Id:     8\n# Query_time: 1.000000  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0 Thread_id: 8 Errno: 1317 Killed: 1 Bytes_received: 0 Bytes_sent: 44\nSET timestamp=1795671877;\nUPDATE stock SET amount = amount - 1 WHERE sku IN (1, 2, 3);',
      origin: 'MySQL 8.0 with log_slow_extra: several within one second',
    },
    {
      text: "# User@Host: root[root] @ localhost []\n# Thread_id: 4  Schema: shop  QC_hit: No\n# Query_time: 0.310895  Lock_time: 0.000298  Rows_sent: 0  Rows_examined: 20000\n# Rows_affected: 20000  Bytes_sent: 56\n# Full_scan: Yes  Full_join: No  Tmp_table: No  Tmp_table_on_disk: No\n# Filesort: No  Filesort_on_disk: No  Merge_passes: 0  Priority_queue: No\n#\n# explain: id\tselect_type\ttable\ttype\tpossible_keys\tkey\tkey_len\tref\trows\tr_rows\tfiltered\tr_filtered\tExtra\n# explain: 1\tSIMPLE\tseq_1_to_20000\tindex\tNULL\tPRIMARY\t8\tNULL\t20000\t20000.00\t100.00\t100.00\tUsing index\n#\nSET timestamp=1795684753;\ninsert into orders select seq+10, 'c' from seq_1_to_20000;",
      origin: 'MariaDB 10.11.19 with log_slow_verbosity=query_plan,explain',
    },
  ],
  read: (text, time) => readSlow(text, time),
}

/** Statements may be megabytes of values; their beginning tells them apart. */
const LONGEST_STATEMENT = 8192
const MOST_HEAD_LINES = 20

function readSlow(text: string, time: BoxTime): LogEvent | undefined {
  if (!text.startsWith('# Time: ') && !text.startsWith('# User@Host: ')) return undefined
  const { head, statement } = parts(text)
  const figures = figuresOf(head)
  if (figures['Query_time'] === undefined) return undefined
  const set = /^SET timestamp=(\d{1,12})(?:\.(\d{1,6}))?;?/i.exec(
    statement.find((line) => /^SET timestamp=/i.test(line)) ?? '',
  )
  const headAt = head[0]?.startsWith('# Time: ') === true ? timeOf(head[0].slice('# Time: '.length), time) : undefined
  const atMs = headAt ?? (set === null ? undefined : Number(set[1]) * 1000)
  const said = statement.filter((line) => !/^(?:SET timestamp=\d|use \S{1,200};?$)/i.test(line)).join('\n')
  return {
    ...atOf(atMs),
    severity: figures['Errno'] === undefined || figures['Errno'] === '0' ? 'warning' : 'error',
    message: shape(said),
    ...(figures['Id'] === undefined ? {} : { thread: figures['Id'] }),
    fields: { ...figures, statement: said.slice(0, LONGEST_STATEMENT) },
  }
}

function parts(text: string): { head: readonly string[]; statement: readonly string[] } {
  const lines = text.slice(0, 4 * LONGEST_STATEMENT).split('\n')
  let first = 0
  while (first < lines.length && first < MOST_HEAD_LINES && lines[first]?.startsWith('#') === true) first++
  return { head: lines.slice(0, first), statement: lines.slice(first) }
}

/** `# Query_time: 4.2  Lock_time: 0.0`, on as many lines as there are. */
function figuresOf(head: readonly string[]): Record<string, string> {
  const figures: [name: string, value: string][] = []
  for (const line of head) {
    if (line.startsWith('# Time: ') || line.startsWith('# explain: ')) continue
    const who = /^# User@Host: (\S{1,100}?)\[([^\]]{0,100})\] @ +(\S{0,255}) ?\[([^\]]{0,64})\]/.exec(
      line.slice(0, 600),
    )
    if (who !== null)
      figures.push(['user', who[2] || who[1] || ''], ['host', who[3] === '' ? (who[4] ?? '') : (who[3] ?? '')])
    for (const [, name = '', value = ''] of line.slice(0, 2000).matchAll(/ (\w{1,40}): +([\w.:-]{1,64})/g))
      figures.push([name, value])
  }
  return Object.fromEntries(figures)
}

function timeOf(text: string, time: BoxTime): number | undefined {
  const short = /^(\d{6})  (\d:\d\d:\d\d)/.exec(text)
  return timeAt(short === null ? text : `${short[1] ?? ''} 0${short[2] ?? ''}`, 0, time)?.atMs
}

/** Literals and lists of them out, blanks to one: `SELECT … WHERE id IN (?)`. */
function shape(statement: string): string {
  return statement
    .slice(0, LONGEST_STATEMENT)
    .replaceAll(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"/gs, '?')
    .replaceAll(/\b(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b/gi, '?')
    .replaceAll(/\(\s*\?(?:\s*,\s*\?)*\s*\)/g, '(?)')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
