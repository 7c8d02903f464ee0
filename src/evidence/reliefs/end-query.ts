import { duration } from '../../base/format.ts'
import { quoted, shellQuoted } from '../../base/shell-quoted.ts'
import { BORN } from '../../boxes/process-functions.ts'
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
import { asking } from './postgres.ts'
import { PAUSE, WHO } from './shell.ts'
import { ANSWER_SECONDS, ENDS_FIFTHS, KILL, LONG_SECONDS, MOST_OFFERED } from './query-limits.ts'
import { queryShown } from './query-text.ts'

/**
 * Ends the query of one backend of a PostgreSQL server: `pg_cancel_backend`, with --kill `pg_terminate_backend`, which closes its connection
 * (https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL).
 *
 * The server is told by the process that started the backend, and asked through its own socket as the account that runs it: no password is asked for and none is used (`psql -w`).
 * What is ended is told by the start of the backend and of the query, so that another connection with that number is not touched, nor the next query of the same one. (What `pg_cancel_backend` sends is a signal: a query that begins in the instant between gets it.)
 */
export const endQuery: Relief = {
  id: 'end-query',
  title: 'end the query of a PostgreSQL backend; with --kill its connection',
  usage: 'PID',
  example: ['812'],
  price: 'change',
  endsProcess: false,
  takesKill: true,
  targetOf: ([word = '', ...more]) => {
    if (!/^[1-9]\d{0,9}$/.test(word))
      return {
        why: word === '' ? 'The PID of the backend is missing.' : `"${word}" is no PID of a backend.`,
        tryNext: 'end-query 812',
      }
    if (more.some((each) => each !== KILL)) return { why: 'One query at a time.', tryNext: `end-query ${quoted(word)}` }
    return more.length > 0 ? [word, KILL] : [word]
  },
  wordsOf: ([word = '', how]) => [word, ...(how === KILL ? [`--${KILL}`] : [])],
  does: ([pid = '', how]) =>
    how === KILL ? `close the connection of backend ${pid}` : `end the query of backend ${pid}`,
  planScript: ([pid = '']) => `${WHO}${BORN}${asking(ANSWER_SECONDS.one)}
born ${pid}; printf 'start %s\\nserver %s\\n' "$born" "$parent"; server=$parent
[ -n "$born" ] || exit 0
born $server; printf 'serverStart %s\\n' "$born"
serve "$server" || exit 0
echo 'database yes'
ask <<'halligan'
${planSql(pid)}
halligan
:`,
  shown: ['text'],
  plan: (answer, [pid = '', how]) => plan(answer, pid, how === KILL),
  isBefore: (before, [, how]) =>
    hasForm(before, {
      server: /^[1-9]\d{0,9}$/,
      serverStart: NUMBER,
      backend: MICROS,
      query: how === KILL ? MICROS_OR_NONE : MICROS,
    }),
  act: {
    script: ([pid = '', how], before) => actScript(pid, before, how === KILL),
    check: ([pid = '', how], before) => checkScript(pid, before, how === KILL),
    judge: (answer, [pid = '', how]) => judge(answer, pid, how === KILL),
  },
  survey: `${asking(ANSWER_SECONDS.survey)}
for folder in /proc/[0-9]*; do
  name=; { read -r name <$folder/comm; } 2>/dev/null; [ "$name" = postgres ] || [ "$name" = postmaster ] || continue
  serve \${folder#/proc/} || continue
  echo 'tried yes'
  ask <<'halligan'
SELECT 'long ' || pid || ' ' || extract(epoch from clock_timestamp() - query_start)::bigint FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND query_start < clock_timestamp() - interval '${LONG_SECONDS} s' ORDER BY query_start LIMIT ${MOST_OFFERED};
SELECT 'asked yes';
halligan
done`,
  offers: (answer) =>
    (answer.get('long') ?? []).flatMap((line) => {
      const [, pid, seconds] = /^([1-9]\d{0,9}) (\d{1,9})$/.exec(line) ?? []
      return pid === undefined ? [] : [{ target: [pid], why: `its query runs for ${duration(Number(seconds))}` }]
    }),
}

const NUMBER = /^\d{1,15}$/
/** Since the epoch. */
const MICROS = /^\d{1,17}$/
/** A connection that never ran a query has none. */
const MICROS_OR_NONE = /^\d{0,17}$/
/** Of a query so much is asked for, more than is shown: it is redacted whole. Characters. */
const TEXT_ASKED = 4000

/** Microseconds since the epoch, exactly: what two times are compared by. */
function micros(column: string): string {
  return `(extract(epoch from ${column}) * 1000000)::bigint`
}

function planSql(pid: string): string {
  return `SELECT concat_ws(E'\\n', 'kind ' || coalesce(backend_type, ''), 'state ' || coalesce(state, ''), 'backend ' || ${micros('backend_start')},
  'query ' || ${micros('query_start')}, 'for ' || extract(epoch from clock_timestamp() - query_start)::bigint,
  'transaction ' || extract(epoch from clock_timestamp() - xact_start)::bigint, 'waits ' || wait_event_type,
  'blocks ' || (SELECT count(*) FROM pg_stat_activity other WHERE CASE WHEN other.wait_event_type = 'Lock' THEN ${pid} = ANY (pg_blocking_pids(other.pid)) END),
  'user ' || regexp_replace(coalesce(usename, ''), E'\\\\s+', ' ', 'g'), 'on ' || regexp_replace(coalesce(datname, ''), E'\\\\s+', ' ', 'g'),
  'text ' || regexp_replace(left(query, ${TEXT_ASKED}), E'\\\\s+', ' ', 'g')) FROM pg_stat_activity WHERE pid = ${pid};
SELECT 'asked yes';`
}

function plan(answer: Answer, pid: string, kill: boolean): ReturnType<Relief['plan']> {
  const inspect = `halligan inspect BOX ${pid}`
  if (numberIn(valueOf(answer, 'start')) === undefined)
    return refused(`There is no process ${pid}.`, 'halligan look BOX')
  if (valueOf(answer, 'psql') === 'no') return refused('This box has no psql: nobody can ask its server.', inspect)
  if (valueOf(answer, 'database') !== 'yes')
    return valueOf(answer, 'uid') === '0'
      ? refused(
          `Process ${pid} is no backend of a PostgreSQL server that can be asked; of MySQL it is end-mysql-query.`,
          inspect,
        )
      : refused(
          `Whether process ${pid} is a backend of PostgreSQL only root sees, or the account of the server.`,
          AS_ROOT,
        )
  const kind = valueOf(answer, 'kind')
  if (valueOf(answer, 'asked') !== 'yes') {
    const said = (answer.get('error') ?? []).join(' ').trim()
    return refused(
      said === ''
        ? `The server did not answer in ${ANSWER_SECONDS.one} s.`
        : `The server does not answer its own account without a password: ${said}.`,
      inspect,
    )
  }
  if (kind === '') return refused(`The server knows no backend ${pid}.`, inspect)
  if (kind !== 'client backend')
    return refused(`Backend ${pid} is no connection of a client: it is the server's own (${kind}).`, inspect)
  const state = valueOf(answer, 'state')
  if (state !== 'active' && !kill)
    return refused(
      `Backend ${pid} runs no query now: it is ${state || 'in a state that is not told'}. With --kill its connection is closed${state.startsWith('idle in transaction') ? ', which ends its transaction and the locks of that' : ''}.`,
      `end-query ${pid} --kill`,
    )
  const [backend, query, server, serverStart] = ['backend', 'query', 'server', 'serverStart'].map((name) =>
    valueOf(answer, name),
  )
  const before = { server: server ?? '', serverStart: serverStart ?? '', backend: backend ?? '', query: query ?? '' }
  if (!endQuery.isBefore(before, kill ? [pid, KILL] : [pid]))
    return refused(`The server did not say since when backend ${pid} is there.`, inspect)
  const seconds = numberIn(valueOf(answer, 'for'))
  const blocked = numberIn(valueOf(answer, 'blocks')) ?? 0
  const waits = valueOf(answer, 'waits')
  return {
    possible: true,
    lines: [
      `now: ${valueOf(answer, 'user')} on ${valueOf(answer, 'on')}, ${state}, ${seconds === undefined ? 'no query yet' : `its query began ${duration(seconds)} ago`}${waits === '' ? '' : `, waits for ${waits}`}; ${blocked} others wait for it`,
      `its query: ${queryShown(valueOf(answer, 'text')) || 'none'}`,
      `will be done: pg_${kill ? 'terminate' : 'cancel'}_backend(${pid})`,
      kill
        ? 'costs: its connection is closed, and its client gets an error; its transaction is rolled back, which may take as long as it has run'
        : 'costs: the statement fails at its client, and with it its transaction; the connection stays',
      'back: nothing brings it back; its client may ask again',
    ],
    before,
  }
}

/** The server of the plan, by its PID and start; else it says so. */
function provedServer({ server = '', serverStart = '' }: Before, otherwise: string): string {
  return `${BORN}${asking(ANSWER_SECONDS.one)}
born ${shellQuoted(server)}; { [ "$born" = ${shellQuoted(serverStart)} ] && serve ${shellQuoted(server)}; } || { ${otherwise}; }`
}

/** Numbers alone come into SQL. */
function digits(text: string | undefined): string {
  return text !== undefined && MICROS.test(text) ? text : '0'
}

/** The connection of the plan; no other one of that server began at that microsecond with that PID. */
function sameBackend(pid: string, { backend }: Before): string {
  return `pid = ${digits(pid)} AND ${micros('backend_start')} = ${digits(backend)}`
}

function runningQuery(pid: string, before: Before): string {
  return `${sameBackend(pid, before)} AND ${micros('query_start')} = ${digits(before['query'])} AND state = 'active'`
}

function actScript(pid: string, before: Before, kill: boolean): string {
  return `${provedServer(before, `echo 'the server is not what the plan saw any more'; exit ${MOVED}`)}
said=$(ask <<'halligan'
SELECT CASE WHEN pg_${kill ? 'terminate' : 'cancel'}_backend(pid) THEN 'told yes' ELSE 'told no' END FROM pg_stat_activity WHERE ${kill ? sameBackend(pid, before) : runningQuery(pid, before)};
SELECT 'asked yes';
halligan
)
told=$(printf '%s\\n' "$said" | sed -n '/^told /p'); asked=$(printf '%s\\n' "$said" | sed -n '/^asked yes$/p')
case $told,$asked in
  'told yes',*) ;;
  ,?*) echo ${kill ? "'that connection is over'" : "'it runs another query now, or none'"}; exit ${MOVED};;
  *) echo "the server did not do it: \${said:-no answer}" | head -c 500; exit 1;;
esac`
}

function checkScript(pid: string, before: Before, kill: boolean): string {
  const here = kill ? sameBackend(pid, before) : runningQuery(pid, before)
  return `${provedServer(before, 'exit 0')}${PAUSE}
while [ $pauses -lt ${ENDS_FIFTHS} ]; do
  said=$(ask <<'halligan'
SELECT 'now ' || CASE WHEN EXISTS (SELECT 1 FROM pg_stat_activity WHERE ${here}) THEN 'here' ELSE 'over' END;
halligan
)
  case $said in *'now here'*) ;; *) break;; esac
  pause
done
printf '%s\\n' "$said"`
}

function judge(answer: Answer, pid: string, kill: boolean): Verdict {
  const now = valueOf(answer, 'now')
  const what = kill ? `the connection of backend ${pid}` : `the query of backend ${pid}`
  if (now === 'over') return { worked: true, says: [`${what} is over`] }
  if (now !== 'here') return unseen(`the server did not say whether ${what} is over`)
  return unseen(`${what} is still there: it heeds that where it looks for it, or rolls back`)
}
