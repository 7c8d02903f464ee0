import { quoted, shellQuoted } from '../../base/shell-quoted.ts'
import { BORN } from '../../boxes/process-functions.ts'
import { AS_ROOT, hasForm, MOVED, numberIn, refused, unseen, valueOf, type Before, type Relief } from './relief.ts'
import { PAUSE } from './shell.ts'

/** A process that was told to end has so long for what it does before. Seconds. */
const TERM_SECONDS = 10
/** SIGKILL needs no consent; one that hangs in the kernel stays all the same. Seconds. */
const KILL_SECONDS = 3
const KILL = 'kill'

/**
 * Ends one process: SIGTERM, then it is waited for; SIGKILL only where that was asked for. It is told by its PID and its start time, so that a process that has since
 * taken its number is never touched.
 *
 * Refused: PID 1, a thread by its own number (a signal to it is one to its whole process), threads of the kernel, ourselves and all above us (the sshd that we came through), a process that somebody traces or has stopped.
 */
export const end: Relief = {
  id: 'end',
  title: 'end a process: SIGTERM; with --kill SIGKILL for one that does not obey',
  usage: 'PID|NAME',
  example: ['812'],
  price: 'change',
  endsProcess: true,
  takesKill: true,
  targetOf: ([word = '', ...more]) => {
    const how = more.filter((each) => each !== KILL)
    if (how.length > 0) return { why: 'One process at a time.', tryNext: `end ${quoted(word)}` }
    if (!/^(?:[1-9]\d{0,9}|[\w.+:@-]{1,64})$/.test(word) || word.startsWith('-'))
      return {
        why: word === '' ? 'The process is missing.' : `"${word}" is neither a PID nor a name.`,
        tryNext: 'end 812',
      }
    return more.length > 0 ? [word, KILL] : [word]
  },
  wordsOf: ([word = '', how]) => [word, ...(how === KILL ? [`--${KILL}`] : [])],
  does: ([word = '', how]) => `end ${word}${how === KILL ? ' (SIGKILL if it does not obey)' : ''}`,
  planScript: ([word = '']) => planScript(word),
  plan: (answer, [word = '', how]) => {
    const pids = answer.get('pid') ?? []
    const [first] = pids
    const pid = numberIn(first)
    if (pid === undefined || !/^[1-9]\d{0,9}$/.test(String(pid)))
      return refused(`There is no process ${word}.`, 'halligan look BOX')
    if (pids.length > 1)
      return refused(`${pids.length} processes are called ${word}: ${pids.slice(0, 10).join(', ')}.`, `end ${pid}`)
    const name = valueOf(answer, 'name').slice(0, 200)
    const what = `${name} (${pid})`
    if (pid === 1) return refused('PID 1 is the box itself.', 'halligan look BOX')
    const group = numberIn(valueOf(answer, 'group'))
    if (group === undefined)
      return refused(`${what} did not say which process it belongs to.`, `halligan inspect BOX ${pid}`)
    if (group !== pid)
      return refused(
        `${what} is a thread of ${valueOf(answer, 'of') || 'process'} (${group}), all of which would be ended.`,
        group === 1 ? 'halligan look BOX' : `end ${group}`,
      )
    if (valueOf(answer, 'kernel') === 'yes')
      return refused(`${what} is a thread of the kernel, which obeys nobody.`, `halligan inspect BOX ${pid}`)
    if (valueOf(answer, 'above') === 'yes')
      return refused(
        `${what} is above this session: it would cut our own line. Only from the console of the machine it can be ended.`,
        `halligan inspect BOX ${pid}`,
      )
    const tracer = numberIn(valueOf(answer, 'tracer')) ?? 0
    if (tracer > 0)
      return refused(
        `${what} is held by a debugger or a tracer, process ${tracer}, which would have to be ended first.`,
        `end ${tracer}`,
      )
    const state = valueOf(answer, 'state')
    if (state === 'T' || state === 't')
      return refused(
        `${what} is stopped: it would not see the signal. Find out who stopped it before it goes on.`,
        `halligan run BOX --price change -- kill -CONT ${pid}`,
      )
    if (state === 'Z')
      return refused(
        `${what} has ended already: it waits for its parent, ${valueOf(answer, 'parent')}.`,
        'halligan look BOX',
      )
    const start = valueOf(answer, 'start')
    if (numberIn(start) === undefined)
      return refused(`${what} did not say when it was started.`, `halligan inspect BOX ${pid}`)
    if (valueOf(answer, 'may') !== 'yes') return refused(`${what} belongs to another user.`, AS_ROOT)
    const unit = valueOf(answer, 'unit')
    return {
      possible: true,
      lines: [
        `now: ${what}, for ${valueOf(answer, 'user') || 'an unknown user'}${unit === '' ? '' : `, of ${unit}`}`,
        `will be done: SIGTERM, then up to ${TERM_SECONDS} s are waited${how === KILL ? ', then SIGKILL' : ''}`,
        `costs: what it was doing and has in memory is lost${unit.endsWith('.service') ? `; systemd may start ${unit} again by itself` : ''}`,
        'back: nothing brings it back',
      ],
      before: { pid: String(pid), start, name },
      pid,
    }
  },
  isBefore: (before) => hasForm(before, { pid: /^[1-9]\d{0,9}$/, start: /^\d{1,15}$/, name: /^[^\n]{0,200}$/ }),
  act: {
    script: ([, how], before) => actScript(before, how === KILL),
    check: (_target, { pid = '0', start = '' }) => `${BORN}
born ${shellQuoted(pid)}; [ "$born" = ${shellQuoted(start)} ] && [ "$state" != Z ] && echo 'there yes' || echo 'there no'
[ "$state" = D ] && echo 'sleeps yes'
# Where /proc shows nobody else's (hidepid, proc(5)), what is not seen is not gone.
[ -d /proc/1 ] || echo 'hidden yes'`,
    judge: (answer, _target, { pid = '', name = '' }) => {
      const there = valueOf(answer, 'there')
      if (there === 'no' && valueOf(answer, 'hidden') === 'yes')
        return unseen('this user sees no processes but its own: whether it is gone only root can see (--sudo)')
      if (there === 'no') return { worked: true, says: [`${name} (${pid}) is gone`] }
      if (there !== 'yes') return unseen('the box did not say whether it is gone')
      const why = valueOf(answer, 'sleeps') === 'yes' ? ': it hangs in the kernel, where no signal reaches it' : ''
      return { worked: false, says: [`${name} (${pid}) is still there${why}`] }
    },
  },
}

function planScript(word: string): string {
  const found = /^\d+$/.test(word)
    ? `[ ! -d /proc/${word} ] || pids=${word}`
    : `for folder in /proc/[0-9]*; do
  name=; { read -r name <$folder/comm; } 2>/dev/null
  program=$(tr '\\000' '\\n' <$folder/cmdline 2>/dev/null | head -n 1)
  [ "$name" = ${shellQuoted(word)} ] || [ "\${program##*/}" = ${shellQuoted(word)} ] || continue
  pids="$pids \${folder#/proc/}"
done`
  return `${BORN}
pids=
${found}
for pid in $pids; do printf 'pid %s\\n' $pid; done
set -- $pids; [ $# = 1 ] || exit 0
group=
pid=$1; name=; { read -r name </proc/$pid/comm; } 2>/dev/null; printf 'name %s\\n' "$name"
born $pid; printf 'start %s\\nstate %s\\nparent %s\\n' "$born" "$state" "$parent"
[ "$parent" != 2 ] && [ $pid != 2 ] || [ -s /proc/$pid/exe ] || [ -n "$(tr -d '\\000' </proc/$pid/cmdline 2>/dev/null)" ] || echo 'kernel yes'
while read -r key value rest; do case $key in TracerPid:) printf 'tracer %s\\n' "$value";; Tgid:) group=$value;; Uid:) owner=$value;; esac; done </proc/$pid/status
printf 'group %s\\n' "$group"; of=; { read -r of </proc/$group/comm; } 2>/dev/null; printf 'of %s\\n' "$of"
printf 'user %s\\n' "$(id -nu "$owner" 2>/dev/null || echo "uid $owner")"
unit=$(sed -n 's|^.*/\\([^/]*\\.\\(service\\|scope\\)\\)\\(/.*\\)*$|\\1|p' /proc/$pid/cgroup 2>/dev/null | head -n 1); printf 'unit %s\\n' "$unit"
kill -0 $pid 2>/dev/null && echo 'may yes'
read -r up rest </proc/self/stat
while [ -n "$up" ] && [ "$up" -gt 1 ]; do [ "$up" != "$pid" ] || echo 'above yes'; born $up; up=$parent; done
:`
}

function actScript({ pid = '0', start = '' }: Before, kill: boolean): string {
  const quoted = shellQuoted(pid)
  const wait = (seconds: number): string => `pauses=0; while lives && [ $pauses -lt ${seconds * 5} ]; do pause; done`
  return `${BORN}${PAUSE}
lives() { born ${quoted}; [ "$born" = ${shellQuoted(start)} ] && [ "$state" != Z ]; }
lives || { echo 'it has ended since the plan was made'; exit ${MOVED}; }
kill -TERM ${quoted} 2>&1 || exit 1
${wait(TERM_SECONDS)}
${kill ? `! lives || { kill -KILL ${quoted} 2>&1; ${wait(KILL_SECONDS)}; }` : ''}
:`
}
