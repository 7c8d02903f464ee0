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
import { ANSWER_SECONDS, ENDS_FIFTHS, KILL, LONG_SECONDS, MOST_OFFERED } from './query-limits.ts'
import { queryShown } from './query-text.ts'
import { limitOf, PAUSE } from './shell.ts'
/** The server tells times in whole seconds, each rounded by itself. Seconds. */
const SLACK_SECONDS = 2

/**
 * `ask` gives the server SQL, a row a line; what is said beside it is `error`. The client asks for no password without -p.
 *
 * Through a socket alone, whatever the environment or an option file says (MYSQL_HOST, `host=`): the server is then one of this box, or one that has its socket here.
 */
function asking(seconds: number): string {
  return `
client=; for each in mariadb mysql; do [ -n "$client" ] || ! command -v $each >/dev/null || client=$each; done
[ -n "$client" ] || { echo 'client no'; exit 0; }
unset MYSQL_PWD MYSQL_HOST MYSQL_UNIX_PORT MYSQL_TCP_PORT MYSQL_GROUP_SUFFIX MARIADB_GROUP_SUFFIX
${limitOf(seconds)}
ask() { { $limit "$client" --host=localhost --protocol=socket --connect-timeout=5 --skip-force -A -N -B 2>&1 >&3 | sed 's/^ERROR //; s/^/error /'; } 3>&1; }`
}

/** Which server that is; so much of a hash as of a query. */
const SERVER = "LEFT(MD5(CONCAT_WS(' ', @@hostname, @@port, @@socket)), 12)"
/** Of the text of a query, so much as tells it from the next one; a whole hash has the form of many secrets. */
const HASH = "LEFT(MD5(IFNULL(INFO, '')), 12)"

/**
 * Ends the query of one connection of MySQL or MariaDB: `KILL QUERY`, with --kill `KILL`, which closes the connection (https://dev.mysql.com/doc/refman/8.4/en/kill.html).
 *
 * Asked through the client of the box as it lets this account in by itself (`auth_socket`, `unix_socket`, its own option file): no password is asked for. A server that says the name of
 * another host is refused. The query is told by its text and by when it began, of MariaDB by its number as well, so that the next one of the same connection is not touched.
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
  planScript: ([id = '']) => `${asking(ANSWER_SECONDS.one)}
echo "box $(uname -n)"
ask <<'halligan'
SELECT CONCAT('host ', @@hostname); SELECT CONCAT('port ', @@port); SELECT CONCAT('socket ', @@socket); SELECT CONCAT('server ', ${SERVER});
${['command', 'time', 'state', 'user', 'db'].map((name) => column(name, id)).join('\n')}
SELECT CONCAT('since ', UNIX_TIMESTAMP() - TIME) FROM information_schema.PROCESSLIST WHERE ID = ${id};
SELECT CONCAT('hash ', ${HASH}) FROM information_schema.PROCESSLIST WHERE ID = ${id};
SELECT CONCAT('number '${ofMariadb(', QUERY_ID')}) FROM information_schema.PROCESSLIST WHERE ID = ${id};
SELECT CONCAT('text ', LEFT(REPLACE(REPLACE(IFNULL(INFO, ''), CHAR(10), ' '), CHAR(9), ' '), ${TEXT_ASKED})) FROM information_schema.PROCESSLIST WHERE ID = ${id};
SELECT 'asked yes';
halligan
:`,
  shown: ['text'],
  plan: (answer, [id = '', how]) => plan(answer, id, how === KILL),
  isBefore: (before) => hasForm(before, { server: HEX, since: /^\d{1,12}$/, hash: HEX, number: /^\d{0,18}$/ }),
  act: {
    script: ([id = '', how], before) => actScript(id, before, how === KILL),
    check: ([id = '', how], before) => checkScript(id, before, how === KILL),
    judge: (answer, [id = '', how]) => judge(answer, id, how === KILL),
  },
  survey: `[ -S /run/mysqld/mysqld.sock ] || [ -S /var/lib/mysql/mysql.sock ] || exit 0
${asking(ANSWER_SECONDS.survey)}
echo 'tried yes'
ask <<'halligan'
SELECT CONCAT('long ', ID, ' ', TIME) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Query' AND ID <> CONNECTION_ID() AND TIME >= ${LONG_SECONDS} ORDER BY TIME DESC LIMIT ${MOST_OFFERED};
SELECT 'asked yes';
halligan`,
  offers: (answer) =>
    (answer.get('long') ?? []).flatMap((line) => {
      const [, id, seconds] = /^([1-9]\d{0,14}) (\d{1,9})$/.exec(line) ?? []
      return id === undefined ? [] : [{ target: [id], why: `its query runs for ${duration(Number(seconds))}` }]
    }),
}

const HEX = /^[0-9a-f]{12}$/
/** Of a query so much is asked for, more than is shown: it is redacted whole. Characters. */
const TEXT_ASKED = 4000

/** SQL that MariaDB alone reads, of 10.0.5 and later (https://mariadb.com/kb/en/comment-syntax/). */
function ofMariadb(sql: string): string {
  return `/*M!100005 ${sql} */`
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
  if (valueOf(answer, 'asked') !== 'yes') {
    const said = (answer.get('error') ?? []).join(' ').trim()
    return said === ''
      ? refused(`The server did not answer in ${ANSWER_SECONDS.one} s.`, look)
      : refused(`The server does not let this account in by itself: ${said.slice(0, 300)}.`, AS_ROOT)
  }
  const [box, host, port, socket] = ['box', 'host', 'port', 'socket'].map((name) => valueOf(answer, name))
  if (host === '' || host !== box)
    return refused(
      `The server that answers here says that it runs on ${host || 'no host'}, and this box is ${box || 'one without a name'}: its queries are ended there.`,
      look,
    )
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
  const before = Object.fromEntries(
    ['server', 'since', 'hash', 'number'].map((name) => [name, valueOf(answer, name)] as const),
  )
  if (!endMysqlQuery.isBefore(before, [id]))
    return refused(`The server did not say since when connection ${id} does that.`, look)
  return {
    possible: true,
    lines: [
      `now: ${valueOf(answer, 'user')} on ${valueOf(answer, 'db') || 'no database'}, ${command}, for ${duration(numberIn(valueOf(answer, 'time')) ?? 0)}${valueOf(answer, 'state') === '' ? '' : `: ${valueOf(answer, 'state')}`}`,
      `its query: ${queryShown(valueOf(answer, 'text')) || 'none'}`,
      `will be done: KILL ${kill ? '' : 'QUERY '}${id}, on the server of ${host} with port ${port}, through ${socket}`,
      kill
        ? 'costs: its connection is closed, and its client gets an error; its transaction is rolled back, which may take as long as it has run'
        : 'costs: the statement fails at its client; the connection and its transaction stay. What an ALTER or a table without transactions has changed by then stays, too',
      'back: nothing brings it back; its client may ask again',
    ],
    before,
  }
}

/** Numbers and hex digits alone come into SQL. */
function digits(text: string | undefined): string {
  return text !== undefined && /^\d{1,18}$/.test(text) ? text : '0'
}

function hex(text: string | undefined): string {
  return text !== undefined && HEX.test(text) ? text : ''
}

function sameQuery(id: string, { since, hash, number }: Before): string {
  const numbered = digits(number) === '0' ? '' : ` ${ofMariadb(`AND QUERY_ID = ${digits(number)}`)}`
  return `ID = ${digits(id)} AND ${HASH} = '${hex(hash)}' AND ABS(UNIX_TIMESTAMP() - TIME - ${digits(since)}) <= ${SLACK_SECONDS}${numbered}`
}

/** Proof and KILL are one session of one client; MariaDB ends the query by its own number, so that the next one is never meant. */
function actScript(id: string, before: Before, kill: boolean): string {
  const words = kill
    ? `CONCAT('KILL ', ID)`
    : `CONCAT('KILL QUERY ', ${ofMariadb("IF(TRUE, CONCAT('ID ', QUERY_ID),")} ID${ofMariadb(')')})`
  return `${asking(ANSWER_SECONDS.one)}
said=$(ask <<'halligan'
SET @halligan = (SELECT ${words} FROM information_schema.PROCESSLIST WHERE ${SERVER} = '${hex(before['server'])}' AND ${sameQuery(id, before)});
SELECT IF(@halligan IS NULL, 'same no', 'same yes');
SET @halligan = IFNULL(@halligan, 'DO 0');
PREPARE halligan FROM @halligan;
EXECUTE halligan;
SELECT 'asked yes';
halligan
)
told=$(printf '%s\\n' "$said" | sed -n '/^same /p; /^asked yes$/p' | tr '\\n' ' ')
case $told in
  'same yes asked yes ') ;;
  'same no asked yes ') echo 'it runs another query now, or none, or another server answers'; exit ${MOVED};;
  *) echo "the server did not do it: \${said:-no answer}" | head -c 500; exit 1;;
esac`
}

function checkScript(id: string, before: Before, kill: boolean): string {
  const here = kill ? `ID = ${digits(id)}` : sameQuery(id, before)
  return `${asking(ANSWER_SECONDS.one)}${PAUSE}
while [ $pauses -lt ${ENDS_FIFTHS} ]; do
  said=$(ask <<'halligan'
SELECT CONCAT('now ', IF(${SERVER} <> '${hex(before['server'])}', 'elsewhere', IF(COUNT(*) = 0, 'over', 'here'))) FROM information_schema.PROCESSLIST WHERE ${here};
halligan
)
  case $said in *'now here'*) ;; *) break;; esac
  pause
done
printf '%s\\n' "$said"`
}

function judge(answer: Answer, id: string, kill: boolean): Verdict {
  const now = valueOf(answer, 'now')
  const what = kill ? `connection ${id}` : `the query of connection ${id}`
  if (now === 'over') return { worked: true, says: [`${what} is over`] }
  if (now !== 'here') return unseen(`the server did not say whether ${what} is over`)
  return unseen(`${what} is still there: it heeds that where it looks for it, or rolls back`)
}
