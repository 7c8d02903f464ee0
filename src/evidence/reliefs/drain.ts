import { shellQuoted } from '../../base/shell-quoted.ts'
import {
  AS_ROOT,
  hasForm,
  MOVED,
  refused,
  unseen,
  valueOf,
  type Answer,
  type Before,
  type Relief,
  type Verdict,
} from './relief.ts'
import { TELLING } from './haproxy.ts'
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
 * The state belongs to one run of HAProxy: it is taken back only in that.
 * Refused: the last server that serves (up, not taken out, with a weight), one that somebody has in maintenance or drained already. nginx has nothing of the kind without its paid API.
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
  runs "$sock"; echo "run $run"
  tell "$sock" 'show stat -1 4 -1' | trackers ${word}
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
    const others = rows.filter((row) => row.name !== own.name && serves(row))
    if (others.length === 0)
      return refused(
        `${word} is the last server of its backend that serves: nobody would be left.`,
        'halligan look BOX',
      )
    const before = { socket, admin: '0', run: valueOf(answer, 'run') }
    if (!drain.isBefore(before, [word]))
      return refused(
        `HAProxy does not say which run of it that is (show info: Pid, Start_time_sec): nobody could prove later that it still is the same, to take this back.`,
        look,
      )
    const tracking = (answer.get('tracks') ?? []).filter((each) => each.split('/').every((part) => PART.test(part)))
    return {
      possible: true,
      lines: [
        ...(tracking.length === 0
          ? []
          : [
              `danger: what tracks it is drained with it, whether anything serves beside that or not: ${tracking.slice(0, MOST_NAMED).join(', ')}${tracking.length > MOST_NAMED ? ` and ${tracking.length - MOST_NAMED} more` : ''}`,
            ]),
        `now: ${word} ${stateWords(own)}, beside ${others
          .slice(0, MOST_NAMED)
          .map(({ name }) => name)
          .join(', ')}${others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : ''}`,
        `will be done: set server ${word} state drain, through ${socket}`,
        `costs: ${others.length === 1 ? 'one other takes' : `${others.length} others take`} its share; connections that it has go on, and sessions that stick to it stay there. A restart of HAProxy forgets it`,
        `back: set server ${word} state ready`,
      ],
      before,
    }
  },
  isBefore: (before) =>
    hasForm(before, { socket: /^\//, admin: /^\d{1,3}$/, run: RUN }) && isPath(before['socket'] ?? ''),
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

interface Server {
  readonly name: string
  readonly state: number
  readonly admin: number
  /** As its configuration or somebody set it; of 0 it gets no new connection. */
  readonly weight: number
}

function serverIn(line: string): readonly Server[] {
  const [, name, state, admin, weight] = /^(\S{1,100}) (\d{1,3}) (\d{1,3}) (\d{1,5})$/.exec(line) ?? []
  return name === undefined ? [] : [{ name, state: Number(state), admin: Number(admin), weight: Number(weight) }]
}

/** It takes new connections. */
function serves({ state, admin, weight }: Server): boolean {
  return state === RUNNING && admin === 0 && weight > 0
}

function stateWords({ state, weight }: Server): string {
  if (state !== RUNNING) return 'is down'
  return weight > 0 ? 'serves' : 'has weight 0'
}

function adminWords(admin: number): string {
  return (admin & FORCED_DRAIN) === 0 ? `in maintenance (srv_admin_state ${admin})` : 'drained'
}

/** Does nothing where the state that somebody gave it is another one than was seen, by another run of HAProxy, or where nothing else of its backend would serve. */
function setScript(word: string, { socket = '', run = '' }: Before, from: number, to: 'drain' | 'ready'): string {
  const sock = shellQuoted(socket)
  return `${TELLING}
runs ${sock}
[ -n "$run" ] && [ "$run" = ${shellQuoted(run)} ] || { echo 'HAProxy runs anew since then, or does not answer'; exit ${MOVED}; }
now=$(tell ${sock} ${shellQuoted(`show servers state ${backendOf(word)}`)} | rows | awk -v name=${shellQuoted(serverOf(word))} '
$2 == name { admin = $4; next }
$3 == ${RUNNING} && $4 == 0 && $5 > 0 { others++ }
END { print admin, others + 0 }')
[ "\${now% *}" = ${from} ] || { now=\${now% *}; echo "its srv_admin_state is \${now:-not told} now, and was to be ${from}"; exit ${MOVED}; }
${to === 'drain' ? `[ "\${now#* }" -gt 0 ] || { echo 'no other server of its backend serves now'; exit ${MOVED}; }\n` : ''}said=$(tell ${sock} ${shellQuoted(`set server ${word} state ${to}`)})
[ -z "$said" ] || { printf '%s\\n' "$said" | head -c 300; exit 1; }`
}

function checkScript(word: string, { socket = '', run = '' }: Before): string {
  return `${TELLING}
runs ${shellQuoted(socket)}
[ -z "$run" ] || [ "$run" = ${shellQuoted(run)} ] || { echo 'anew yes'; exit 0; }
tell ${shellQuoted(socket)} ${shellQuoted(`show servers state ${backendOf(word)}`)} | rows
:`
}

/** A PID and the start of that process: in seconds since the epoch, else in ticks since boot. */
const RUN = /^[1-9]\d{0,9}@\d{1,15}$/
/** Of the servers beside it. */
const MOST_NAMED = 5

function judge(answer: Answer, word: string, drained: boolean): Verdict {
  if (valueOf(answer, 'anew') === 'yes')
    return unseen(`HAProxy runs anew since then: how ${word} is by now says nothing of this`)
  const rows = (answer.get('server') ?? []).flatMap(serverIn)
  const own = rows.find(({ name }) => name === serverOf(word))
  if (!own) return unseen(`HAProxy did not say how ${word} is now`)
  const serving = rows.filter(serves).length
  const is = own.admin === 0 ? 'takes new connections' : adminWords(own.admin)
  return {
    worked: drained ? (own.admin & FORCED_DRAIN) !== 0 : own.admin === 0,
    says: [
      ...(serving === 0 ? [`danger: no server of ${backendOf(word)} takes new connections`] : []),
      `${word} ${own.admin === 0 ? is : `is ${is}`}; ${serving === 1 ? 'one server of its backend takes' : `${serving} servers of its backend take`} new connections`,
    ],
  }
}
