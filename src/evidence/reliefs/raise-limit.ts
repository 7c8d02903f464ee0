import { shellQuoted } from '../../base/shell-quoted.ts'
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

/** A limit of a running process, by the name that prlimit(1) has for it and its line in /proc/PID/limits. */
const LIMITS: Readonly<Record<string, string>> = { nofile: 'Max open files', nproc: 'Max processes' }

/** Raises a limit of a running process with prlimit(1): it wins time until what leaks is found. Taken back to what it was. */
export const raiseLimit: Relief = {
  id: 'raise-limit',
  title: 'raise a limit of a running process',
  usage: 'PID nofile|nproc N',
  example: ['812', 'nofile', '4096'],
  price: 'change',
  endsProcess: false,
  targetOf: ([pid = '', limit = '', value = '', ...more]) => {
    const fits = /^[1-9]\d{0,9}$/.test(pid) && Object.hasOwn(LIMITS, limit) && /^[1-9]\d{0,8}$/.test(value)
    return fits && more.length === 0
      ? [pid, limit, value]
      : {
          why: 'A PID, a limit (nofile or nproc) and its new value are needed.',
          tryNext: 'raise-limit 812 nofile 4096',
        }
  },
  does: ([pid = '', limit = '', value = '']) => `raise ${limit} of process ${pid} to ${value}`,
  planScript: ([pid = '', limit = '']) => `command -v prlimit >/dev/null && echo 'prlimit yes'
${readScript(pid, limit)}
{ read -r most </proc/sys/fs/nr_open; } 2>/dev/null && printf 'most %s\\n' "$most"
printf 'used %s\\n' "$(ls /proc/${pid}/fd 2>/dev/null | wc -l)"
echo "uid $(id -u)"`,
  plan: (answer, [pid = '', limit = '', value = '']) => {
    const wanted = Number(value)
    const what = `${valueOf(answer, 'name')} (${pid})`
    if (numberIn(valueOf(answer, 'start')) === undefined)
      return refused(`There is no process ${pid}.`, 'halligan look BOX')
    if (valueOf(answer, 'prlimit') !== 'yes')
      return refused(
        'This box has no prlimit (of util-linux). Else a restart with a higher limit helps: LimitNOFILE= of its unit.',
        `halligan run BOX --price free -- systemctl status ${pid}`,
      )
    const now = limitsIn(answer)
    const most = limit === 'nofile' ? numberIn(valueOf(answer, 'most')) : undefined
    if (!now) return refused(`${what} did not say what its limits are.`, AS_ROOT)
    if (now.soft === 'unlimited' || Number(now.soft) >= wanted)
      return refused(`${limit} of ${what} is ${now.soft} already.`, higher(pid, limit, now.soft, most))
    if (most !== undefined && wanted > most)
      return refused(
        `The kernel of this box allows ${most} open files a process at most (fs.nr_open).`,
        `raise-limit ${pid} nofile ${most}`,
      )
    if (valueOf(answer, 'uid') !== '0') return refused(`Only root may raise a limit of ${what}.`, AS_ROOT)
    return {
      possible: true,
      lines: [
        `now: ${limit} of ${what} is ${now.soft}, at most ${now.hard}${limit === 'nofile' ? `; it holds ${valueOf(answer, 'used')}` : ''}`,
        `will be done: prlimit --pid ${pid} --${limit}=${wanted}:${hardFor(now.hard, wanted)}`,
        'costs: what leaks has longer to leak; a program that read its limit when it started (nginx, a JVM) may not notice. Gone with the process',
        `back: prlimit --pid ${pid} --${limit}=${now.soft}:${now.hard}; what is open by then stays open`,
      ],
      before: {
        start: valueOf(answer, 'start'),
        soft: now.soft,
        hard: now.hard,
        name: valueOf(answer, 'name').slice(0, 200),
      },
    }
  },
  isBefore: (before) =>
    hasForm(before, { start: /^\d{1,15}$/, soft: LIMIT_FORM, hard: LIMIT_FORM, name: /^[^\n]{0,200}$/ }),
  act: {
    script: ([pid = '', limit = '', value = ''], { start = '', soft = '', hard = '' }) =>
      setScript(pid, limit, { start, from: `${soft} ${hard}`, to: `${value}:${hardFor(hard, Number(value))}` }),
    check: ([pid = '', limit = '']) => readScript(pid, limit),
    judge: (answer, [pid = '', limit = '', value = ''], before) =>
      judge(answer, value, `${limit} of process ${pid}`, before),
  },
  undo: {
    does: ([pid = '', limit = ''], { soft = '' }) => `set ${limit} of process ${pid} back to ${soft}`,
    script: ([pid = '', limit = '', value = ''], { start = '', soft = '', hard = '' }) =>
      setScript(pid, limit, {
        start,
        from: `${value} ${hardFor(hard, Number(value))}`,
        to: `${soft}:${hard}`,
        onlyAbove: usedScript(pid, limit),
      }),
    check: ([pid = '', limit = '']) => readScript(pid, limit),
    judge: (answer, [pid = '', limit = ''], before) =>
      judge(answer, before['soft'] ?? '', `${limit} of process ${pid}`, before),
  },
}

/** What to ask for instead: twice of what there is, or all that the kernel allows. */
function higher(pid: string, limit: string, soft: string, most: number | undefined): string {
  const next = Math.min(Number(soft) * 2, most ?? Infinity)
  return next > Number(soft) && next < 1e9 ? `raise-limit ${pid} ${limit} ${next}` : `halligan inspect BOX ${pid}`
}

function hardFor(hard: string, wanted: number): string {
  return hard === 'unlimited' || Number(hard) >= wanted ? hard : String(wanted)
}

/** Says the start time, the name, and `limit SOFT HARD`. */
function readScript(pid: string, limit: string): string {
  return `${BORN}
born ${shellQuoted(pid)}; printf 'start %s\\n' "$born"
name=; { read -r name </proc/${pid}/comm; } 2>/dev/null; printf 'name %s\\n' "$name"
${nowFunction(pid, limit)}
said=$(now); [ -z "$said" ] || printf 'limit %s\\n' "$said"`
}

/** `now` prints both limits: `1024 4096`. */
function nowFunction(pid: string, limit: string): string {
  return `now() { sed -n 's/^${LIMITS[limit] ?? 'none'}  *\\([a-z0-9]*\\)  *\\([a-z0-9]*\\).*/\\1 \\2/p' /proc/${pid}/limits 2>/dev/null; }`
}

interface LimitChange {
  readonly start: string
  readonly from: string
  readonly to: string
  /** Sets `used`: only a limit above it may be set. */
  readonly onlyAbove?: string
}

/** What counts against it: descriptors of the process, or all threads of its user (getrlimit(2)). */
function usedScript(pid: string, limit: string): string {
  if (limit === 'nofile') return `used=$(ls /proc/${pid}/fd 2>/dev/null | wc -l); used=$((used))`
  return `owner=$(sed -n 's/^Uid:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/${pid}/status 2>/dev/null)
used=$(cat /proc/[0-9]*/status 2>/dev/null | awk -v owner="$owner" '/^Uid:/ { own = $2 == owner } /^Threads:/ && own { all += $2 } END { print all + 0 }')`
}

function setScript(pid: string, limit: string, { start, from, to, onlyAbove }: LimitChange): string {
  return `${BORN}
${nowFunction(pid, limit)}
born ${shellQuoted(pid)}; [ "$born" = ${shellQuoted(start)} ] || { echo 'the process has ended'; exit ${MOVED}; }
[ "$(now)" = ${shellQuoted(from)} ] || { echo "its limit is $(now) now, and was to be "${shellQuoted(from)}; exit ${MOVED}; }${
    onlyAbove === undefined
      ? ''
      : `
${onlyAbove}
case $used in ''|0|*[!0-9]*) echo 'how much of it is in use could not be counted'; exit ${MOVED};; esac
soft=${shellQuoted(to.split(':')[0] ?? '')}
[ "$soft" = unlimited ] || [ "$used" -lt "$soft" ] || { echo "$used are in use by now, and the limit was $soft: with it nothing more could be opened or started"; exit ${MOVED}; }`
  }
prlimit --pid ${shellQuoted(pid)} --${limit}=${shellQuoted(to)} 2>&1`
}

const LIMIT_FORM = /^(?:\d{1,20}|unlimited)$/

function limitsIn(answer: Answer): { readonly soft: string; readonly hard: string } | undefined {
  const [, soft, hard] = /^(\d{1,20}|unlimited) (\d{1,20}|unlimited)$/.exec(valueOf(answer, 'limit')) ?? []
  return soft === undefined || hard === undefined ? undefined : { soft, hard }
}

function judge(answer: Answer, wanted: string, what: string, before: Before): Verdict {
  const start = valueOf(answer, 'start')
  if (start === '') return unseen('the process is not seen any more; its limit goes with it')
  if (start !== before['start']) return { worked: false, says: ['the process has ended; its limit went with it'] }
  const now = limitsIn(answer)
  if (!now) return unseen('the box did not say what the limit is now')
  return { worked: now.soft === wanted, says: [`${what} is ${now.soft}, at most ${now.hard}`] }
}
