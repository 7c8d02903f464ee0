import { duration } from '../../base/format.ts'
import { quoted } from '../../base/shell-quoted.ts'
import {
  AS_ROOT,
  hasForm,
  MOVED,
  numberIn,
  refused,
  unseen,
  valueOf,
  type Answer,
  type Before,
  type Relief,
  type Verdict,
} from './relief.ts'
import { limitOf, PAUSE } from './shell.ts'

const KILL = 'kill'
/** Offered from this on. Seconds. */
const LONG_SECONDS = 60
const MOST_OFFERED = 3
/** A server that hangs is the case in which somebody looks. Seconds. */
const ANSWER_SECONDS = 12
/** A query that is told to end looks now and then whether it was; a rollback comes after that. Fifths of a second. */
const ENDS_FIFTHS = 75
/** The server tells times in whole seconds, each rounded by itself. Seconds. */
const SLACK_SECONDS = 2

/** `ask` gives the server SQL, a row a line; what it says otherwise is `error`. The client asks for no password without -p. */
const ASKING = `
client=; for each in mariadb mysql; do [ -n "$client" ] || ! command -v $each >/dev/null || client=$each; done
[ -n "$client" ] || { echo 'client no'; exit 0; }
unset MYSQL_PWD
${limitOf(ANSWER_SECONDS)}
ask() { $limit "$client" --connect-timeout=5 -A -N -B 2>&1 | sed 's/^ERROR /error /'; }`
/** Of the text of a query, so much as tells it from the next one; a whole hash has the form of many secrets. */
const HASH = "LEFT(MD5(IFNULL(INFO, '')), 12)"

/**
 * Ends the query of one connection of MySQL or MariaDB: `KILL QUERY`, with --kill `KILL`, which closes the connection (https://dev.mysql.com/doc/refman/8.4/en/kill.html).
 *
 * Asked through the client of the box as it lets this account in by itself (`auth_socket`, `unix_socket`, its own option file): no password is asked for. The query is told by its
 * text and by when it began, so that the next one of the same connection is not touched.
 */
export const endMysqlQuery: Relief = {
  id: 'end-mysql-query',
  title: 'end the query of a connection of MySQL or MariaDB; with --kill the connection',
  usage: 'ID',
  example: ['77'],
  price: 'change',
  endsProcess: false,
  takesKill: true,
  targetOf: ([word = '', ...more]) => {
    if (!/^[1-9]\d{0,14}$/.test(word))
      return {
        why: `${word === '' ? 'The connection is missing' : `"${word}" is no number of a connection`}: SHOW PROCESSLIST calls it Id.`,
        tryNext: 'end-mysql-query 77',
      }
    if (more.some((each) => each !== KILL))
      return { why: 'One query at a time.', tryNext: `end-mysql-query ${quoted(word)}` }
    return more.length > 0 ? [word, KILL] : [word]
  },
  wordsOf: ([word = '', how]) => [word, ...(how === KILL ? [`--${KILL}`] : [])],
  does: ([id = '', how]) =>
    how === KILL ? `close connection ${id} of MySQL` : `end the query of connection ${id} of MySQL`,
  planScript: ([id = '']) => `${ASKING}
ask <<'halligan'
${['command', 'time', 'state', 'user', 'db'].map((name) => column(name, id)).join('\n')}
SELECT CONCAT('since ', UNIX_TIMESTAMP() - TIME) FROM information_schema.PROCESSLIST WHERE ID = ${id};
SELECT CONCAT('hash ', ${HASH}) FROM information_schema.PROCESSLIST WHERE ID = ${id};
SELECT CONCAT('text ', LEFT(REPLACE(REPLACE(IFNULL(INFO, ''), CHAR(10), ' '), CHAR(9), ' '), 300)) FROM information_schema.PROCESSLIST WHERE ID = ${id};
halligan
:`,
  plan: (answer, [id = '', how]) => plan(answer, id, how === KILL),
  isBefore: (before) => hasForm(before, { since: /^\d{1,12}$/, hash: /^[0-9a-f]{12}$/ }),
  act: {
    script: ([id = '', how], before) => actScript(id, before, how === KILL),
    check: ([id = '', how], before) => checkScript(id, before, how === KILL),
    judge: (answer, [id = '', how]) => judge(answer, id, how === KILL),
  },
  survey: `[ -S /run/mysqld/mysqld.sock ] || [ -S /var/lib/mysql/mysql.sock ] || exit 0
${ASKING}
ask <<'halligan'
SELECT CONCAT('long ', ID, ' ', TIME) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Query' AND ID <> CONNECTION_ID() AND TIME >= ${LONG_SECONDS} ORDER BY TIME DESC LIMIT ${MOST_OFFERED};
halligan`,
  offers: (answer) =>
    (answer.get('long') ?? []).flatMap((line) => {
      const [, id, seconds] = /^([1-9]\d{0,14}) (\d{1,9})$/.exec(line) ?? []
      return id === undefined ? [] : [{ target: [id], why: `its query runs for ${duration(Number(seconds))}` }]
    }),
}

/** What the server runs for itself. */
const OWN = /^(?:Daemon|Binlog Dump.*|Slave_.*|Slave .*|Connect|Register Slave|Table Dump)$/

function column(name: string, id: string): string {
  return `SELECT CONCAT('${name} ', IFNULL(${name.toUpperCase()}, '')) FROM information_schema.PROCESSLIST WHERE ID = ${id};`
}

function plan(answer: Answer, id: string, kill: boolean): ReturnType<Relief['plan']> {
  const look = 'halligan look BOX'
  if (valueOf(answer, 'client') === 'no')
    return refused('This box has no client of MySQL or MariaDB: nobody can ask its server.', look)
  const [error] = answer.get('error') ?? []
  if (error !== undefined)
    return refused(`The server does not let this account in by itself: ${error.slice(0, 300)}.`, AS_ROOT)
  const command = valueOf(answer, 'command')
  if (command === '')
    return refused(
      `The server knows no connection ${id}, or does not show it to this account.`,
      'halligan run BOX --price free -- mysql -e "SHOW PROCESSLIST"',
    )
  if (OWN.test(command) || valueOf(answer, 'user') === 'system user')
    return refused(`Connection ${id} is the server's own, or a replica: ${command}.`, look)
  if (command !== 'Query' && command !== 'Execute' && !kill)
    return refused(
      `Connection ${id} runs no query now: ${command}. With --kill it is closed, which ends its transaction and the locks of that.`,
      `end-mysql-query ${id} --kill`,
    )
  const before = { since: valueOf(answer, 'since'), hash: valueOf(answer, 'hash') }
  if (!endMysqlQuery.isBefore(before, [id]))
    return refused(`The server did not say since when connection ${id} does that.`, look)
  return {
    possible: true,
    lines: [
      `now: ${valueOf(answer, 'user')} on ${valueOf(answer, 'db') || 'no database'}, ${command}, for ${duration(numberIn(valueOf(answer, 'time')) ?? 0)}${valueOf(answer, 'state') === '' ? '' : `: ${valueOf(answer, 'state')}`}`,
      `its query: ${valueOf(answer, 'text') || 'none'}`,
      `will be done: KILL ${kill ? '' : 'QUERY '}${id}`,
      kill
        ? 'costs: its connection is closed, and its client gets an error; its transaction is rolled back, which may take as long as it has run'
        : 'costs: the statement fails at its client; the connection and its transaction stay. What an ALTER or a table without transactions has changed by then stays, too',
      'back: nothing brings it back; its client may ask again',
    ],
    before,
  }
}

/** Numbers and hex digits alone come into SQL. */
function sameQuery(id: string, { since = '', hash = '' }: Before): string {
  const [at, of] = [/^\d{1,12}$/.test(since) ? since : '0', /^[0-9a-f]{12}$/.test(hash) ? hash : '']
  return `ID = ${/^\d{1,15}$/.test(id) ? id : '0'} AND ${HASH} = '${of}' AND ABS(UNIX_TIMESTAMP() - TIME - ${at}) <= ${SLACK_SECONDS}`
}

function actScript(id: string, before: Before, kill: boolean): string {
  const number = /^\d{1,15}$/.test(id) ? id : '0'
  return `${ASKING}
said=$(ask <<'halligan'
SELECT CONCAT('same ', COUNT(*)) FROM information_schema.PROCESSLIST WHERE ${sameQuery(id, before)};
halligan
)
case $said in
  'same 1') ;;
  'same 0') echo 'it runs another query now, or none'; exit ${MOVED};;
  *) printf '%s\\n' "$said" | head -c 500; exit 1;;
esac
said=$(echo 'KILL ${kill ? '' : 'QUERY '}${number};' | ask)
[ -z "$said" ] || { printf '%s\\n' "$said" | head -c 500; exit 1; }`
}

function checkScript(id: string, before: Before, kill: boolean): string {
  const here = kill ? `ID = ${/^\d{1,15}$/.test(id) ? id : '0'} AND COMMAND <> 'Killed'` : sameQuery(id, before)
  return `${ASKING}${PAUSE}
while [ $pauses -lt ${ENDS_FIFTHS} ]; do
  said=$(ask <<'halligan'
SELECT CONCAT('now ', IF(COUNT(*) = 0, 'over', 'here')) FROM information_schema.PROCESSLIST WHERE ${here};
halligan
)
  [ "$said" = 'now here' ] || break
  pause
done
printf '%s\\n' "$said"`
}

function judge(answer: Answer, id: string, kill: boolean): Verdict {
  const now = valueOf(answer, 'now')
  const what = kill ? `connection ${id}` : `the query of connection ${id}`
  if (now === 'over') return { worked: true, says: [`${what} is over`] }
  if (now !== 'here') return unseen(`the server did not say whether ${what} is over`)
  return { worked: false, says: [`${what} is still there: it heeds that where it looks for it, or rolls back`] }
}
