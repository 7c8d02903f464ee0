import { shellQuoted } from '../../base/shell-quoted.ts'
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
import { isPath } from './paths.ts'
import { WHO } from './shell.ts'

/** What HAProxy lets a proxy or a server be called (configuration manual, 2.1). */
const PART = /^[\w.:-]{1,100}$/
/** Bits of srv_admin_state. */
const FORCED_DRAIN = 0x08
/** Of srv_op_state: it serves. */
const RUNNING = 2

/**
 * Takes a server out of a backend of the HAProxy of this box: what it serves it serves to the end, new connections go elsewhere (`set server B/S state drain`). Asked through the admin
 * socket of its configuration, by whatever the box has that speaks to one (management guide, 9.3: https://docs.haproxy.org/2.8/management.html#9.3).
 *
 * Refused: the last server that serves, one that somebody has in maintenance or drained already. nginx has nothing of the kind without its paid API.
 */
export const drain: Relief = {
  id: 'drain',
  title: 'take a server out of a backend of HAProxy: what it serves goes on, nothing new comes',
  usage: 'BACKEND/SERVER',
  example: ['orders/web-2'],
  price: 'change',
  endsProcess: false,
  targetOf: ([word = '', ...more]) => {
    const parts = word.split('/')
    if (parts.length !== 2 || !parts.every((part) => PART.test(part)) || word.startsWith('-'))
      return {
        why: `${word === '' ? 'The server is missing' : `"${word}" is no BACKEND/SERVER`}: both as the configuration of HAProxy calls them.`,
        tryNext: 'drain orders/web-2',
      }
    return more.length === 0 ? [word] : { why: 'One server at a time.', tryNext: `drain ${word}` }
  },
  does: ([word = '']) => `drain ${word}`,
  planScript: ([word = '']) => `${WHO}${TELLING}
for sock in $(sockets); do
  [ -S "$sock" ] && [ -w "$sock" ] || continue
  rows=$(tell "$sock" 'show servers state ${backendOf(word)}' | rows)
  [ -n "$rows" ] || continue
  printf 'socket %s\\n%s\\n' "$sock" "$rows"
  break
done
:`,
  plan: (answer, [word = '']) => {
    const socket = valueOf(answer, 'socket')
    const look = 'halligan run BOX --price free -- cat /etc/haproxy/haproxy.cfg'
    if (valueOf(answer, 'speaks') === 'no')
      return refused(
        'This box has none of socat, nc with -U, python3 and perl, to speak to the socket of HAProxy.',
        look,
      )
    if (!isPath(socket))
      return valueOf(answer, 'uid') === '0'
        ? refused(
            `No HAProxy of this box tells of a backend ${backendOf(word)} through a socket (stats socket … level admin). nginx has nothing like it: there a server is taken out of its upstream, and the unit reloaded.`,
            look,
          )
        : refused('Only root may ask HAProxy through its socket.', AS_ROOT)
    const rows = (answer.get('server') ?? []).flatMap(serverIn)
    const own = rows.find(({ name }) => name === serverOf(word))
    if (!own)
      return refused(
        `Backend ${backendOf(word)} has no server ${serverOf(word)}: ${rows.map(({ name }) => name).join(', ')}.`,
        look,
      )
    if (own.admin !== 0)
      return refused(`${word} is taken out already: ${adminWords(own.admin)}. Find out who did that, and why.`, look)
    const others = rows.filter(({ name, admin, state }) => name !== own.name && admin === 0 && state === RUNNING)
    if (others.length === 0)
      return refused(
        `${word} is the last server of its backend that serves: nobody would be left.`,
        'halligan look BOX',
      )
    return {
      possible: true,
      lines: [
        `now: ${word} ${own.state === RUNNING ? 'serves' : 'is down'}, beside ${others
          .slice(0, MOST_NAMED)
          .map(({ name }) => name)
          .join(', ')}${others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : ''}`,
        `will be done: set server ${word} state drain, through ${socket}`,
        `costs: ${others.length === 1 ? 'one other takes' : `${others.length} others take`} its share; connections that it has go on, and sessions that stick to it stay there. A restart of HAProxy forgets it`,
        `back: set server ${word} state ready`,
      ],
      before: { socket, admin: '0' },
    }
  },
  isBefore: (before) => hasForm(before, { socket: /^\//, admin: /^\d{1,3}$/ }) && isPath(before['socket'] ?? ''),
  act: {
    script: ([word = ''], before) => setScript(word, before, 0, 'drain'),
    check: ([word = ''], before) => checkScript(word, before),
    judge: (answer, [word = '']) => judge(answer, word, true),
  },
  undo: {
    does: ([word = '']) => `make ${word} ready again`,
    script: ([word = ''], before) => setScript(word, before, FORCED_DRAIN, 'ready'),
    check: ([word = ''], before) => checkScript(word, before),
    judge: (answer, [word = '']) => judge(answer, word, false),
  },
}

function backendOf(word: string): string {
  return word.split('/')[0] ?? ''
}

function serverOf(word: string): string {
  return word.split('/')[1] ?? ''
}

/**
 * `sockets` prints those that the configuration names, and the usual ones; `tell SOCKET COMMAND` gives a command and prints the answer, with whatever speaks to a Unix socket here; `rows` makes
 * `server NAME OP_STATE ADMIN_STATE` of an answer of `show servers state` in its format 1, whose columns are told by their names.
 */
const TELLING = `
have() { command -v "$1" >/dev/null 2>&1; }
sockets() {
  cat /etc/haproxy/haproxy.cfg /etc/haproxy/conf.d/*.cfg /usr/local/etc/haproxy/haproxy.cfg 2>/dev/null |
    sed -n 's/^[[:space:]]*stats[[:space:]][[:space:]]*socket[[:space:]][[:space:]]*\\(unix@\\)*\\(\\/[^[:space:]]*\\).*/\\2/p'
  echo /run/haproxy/admin.sock; echo /var/run/haproxy.sock; echo /var/lib/haproxy/stats
}
speaker=
if have socat; then speaker=socat
elif have python3; then speaker=python3
elif have perl; then speaker=perl
elif have nc && nc -h 2>&1 | grep -q -e '-[a-zA-Z0-9]*U'; then speaker=nc
else echo 'speaks no'; fi
tell() {
  case $speaker in
    socat) printf '%s\\n' "$2" | socat -t 5 - "UNIX-CONNECT:$1";;
    python3) python3 -I -S -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode() + b"\\n")
sys.stdout.buffer.write(b"".join(iter(lambda: s.recv(65536), b"")))' "$1" "$2";;
    perl) perl -MIO::Socket::UNIX -e 'alarm 5; my $s = IO::Socket::UNIX->new($ARGV[0]) or exit 1; print $s "$ARGV[1]\\n"; print while <$s>' "$1" "$2";;
    nc) printf '%s\\n' "$2" | nc -w 5 -U "$1";;
  esac 2>/dev/null | head -c 262144
}
rows() {
  awk '
/^#/ { for (at = 2; at <= NF; at++) column[$at] = at - 1; next }
column["srv_admin_state"] && NF >= column["srv_admin_state"] { print "server", $column["srv_name"], $column["srv_op_state"], $column["srv_admin_state"] }'
}`

interface Server {
  readonly name: string
  readonly state: number
  readonly admin: number
}

function serverIn(line: string): readonly Server[] {
  const [, name, state, admin] = /^(\S{1,100}) (\d{1,3}) (\d{1,3})$/.exec(line) ?? []
  return name === undefined ? [] : [{ name, state: Number(state), admin: Number(admin) }]
}

function adminWords(admin: number): string {
  return (admin & FORCED_DRAIN) === 0 ? `in maintenance (srv_admin_state ${admin})` : 'drained'
}

/** Does nothing where the state that somebody gave it is another one than was seen. */
function setScript(word: string, { socket = '' }: Before, from: number, to: 'drain' | 'ready'): string {
  const sock = shellQuoted(socket)
  return `${TELLING}
now=$(tell ${sock} ${shellQuoted(`show servers state ${backendOf(word)}`)} | rows | awk -v name=${shellQuoted(serverOf(word))} '$2 == name { print $4 }')
[ "$now" = ${from} ] || { echo "its srv_admin_state is \${now:-not told} now, and was to be ${from}"; exit ${MOVED}; }
said=$(tell ${sock} ${shellQuoted(`set server ${word} state ${to}`)})
[ -z "$said" ] || { printf '%s\\n' "$said" | head -c 300; exit 1; }`
}

function checkScript(word: string, { socket = '' }: Before): string {
  return `${TELLING}
tell ${shellQuoted(socket)} ${shellQuoted(`show servers state ${backendOf(word)}`)} | rows
:`
}

/** Of the servers beside it. */
const MOST_NAMED = 5

function judge(answer: Answer, word: string, drained: boolean): Verdict {
  const rows = (answer.get('server') ?? []).flatMap(serverIn)
  const own = rows.find(({ name }) => name === serverOf(word))
  if (!own || numberIn(String(own.admin)) === undefined) return unseen(`HAProxy did not say how ${word} is now`)
  const serving = rows.filter(({ admin, state }) => admin === 0 && state === RUNNING).length
  const is = own.admin === 0 ? 'takes new connections' : adminWords(own.admin)
  return {
    worked: drained ? (own.admin & FORCED_DRAIN) !== 0 : own.admin === 0,
    says: [
      `${word} ${own.admin === 0 ? is : `is ${is}`}; ${serving === 1 ? 'one server of its backend takes' : `${serving} servers of its backend take`} new connections`,
    ],
  }
}
