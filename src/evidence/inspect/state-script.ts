import { identity } from '../probes/identity.ts'
import { findScript } from './find-script.ts'
import type { Subject } from './subject.ts'

/** Threads that are read one by one. A process of more is told by these and by its count. */
const THREADS_READ = 5_000
/** Between the two samples of CPU time. Milliseconds. */
const WINDOW_MS = 300
/** Above it the sums of its memory are left to the counters of the kernel: smaps_rollup walks all of it under the lock of its map. KiB. */
const ROLLUP_KIB = 8 * 1024 * 1024
const LIMITS = {
  commandBytes: 64 * 1024,
  environmentBytes: 256 * 1024,
  mapBytes: 1024 * 1024,
  descriptorBytes: 2 * 1024 * 1024,
  lockBytes: 256 * 1024,
  elfBytes: 4096,
  /** The table of sections stands at the end of what the GNU linker and lld write. */
  elfEndBytes: 16 * 1024,
  relatives: 100,
  /** Locks whose owner is looked up; others are told by their waiters. */
  futexes: 12,
  /** Threads that poll(2): their lists are read, up to so many descriptors of each; who waits for more waits for work. */
  polls: 12,
  polled: 16,
  changedFiles: 200,
} as const

/**
 * One POSIX sh script (busybox tools suffice) that finds a process and reads all that /proc says of it, without attaching and without writing: price
 * `free`. Its answer is cut into sections (sections.ts).
 *
 * What takes the lock of the process's memory map (cmdline, environ, maps, smaps_rollup, mem) is read last: whoever is stuck while holding it makes
 * those reads hang, and by then all else has been told. `cd /proc/PID` holds on to that process: when it ends and another takes its number,
 * relative names fail instead of reading the other one.
 *
 * Sources: proc(5) and its pages proc_pid_stat, proc_pid_status, proc_pid_syscall, proc_pid_wchan, proc_pid_fd, proc_pid_maps, proc_pid_smaps,
 * proc_locks; Documentation/scheduler/sched-stats.rst (schedstat).
 *
 * @param tools names that `command -v` is asked for
 */
export function stateScript(subject: Subject, boundary: string, tools: readonly string[]): string {
  return `
k=${boundary}
section() { printf '\\n%s %s\\n' $k "$1"; }
put() { printf '%s\\n' "$1"; }
cd /proc || exit 1
section identity
( ${identity.script} )
${boxScript(tools)}
${findScript(subject)}
section stat; cat $pid/stat 2>/dev/null
cd $pid 2>/dev/null || { section end; exit 0; }
${threadsScript('first')}
${quickScript}
${relativesScript}
${locksScript}
passed=0; now
while [ $passed -lt ${WINDOW_MS / 10} ]; do sleep 0.1 2>/dev/null || sleep 1; now; done
${threadsScript('last')}
section again; cat /proc/$pid/stat 2>/dev/null
${memoryScript}
section still; cat /proc/$pid/stat 2>/dev/null
section end
`
}

function boxScript(tools: readonly string[]): string {
  return `section box
uptime() { read -r up _ </proc/uptime; up=\${up%.*}\${up#*.}; }
now() { uptime; passed=$((up - began)); }
while read -r word value _; do case $word in btime) put "btime $value"; break;; esac; done <stat
printf 'ticks %s\\n' "$(getconf CLK_TCK 2>/dev/null || echo 100)"
[ ! -r sys/kernel/yama/ptrace_scope ] || { read -r value <sys/kernel/yama/ptrace_scope; put "ptrace-scope $value"; }
[ ! -r sys/kernel/perf_event_paranoid ] || { read -r value <sys/kernel/perf_event_paranoid; put "perf-paranoid $value"; }
for file in /etc/os-release /usr/lib/os-release; do
  [ -r $file ] || continue
  while IFS= read -r line; do case $line in ID=*|ID_LIKE=*) put "$line";; esac; done <$file; break
done
for tool in ${tools.join(' ')}; do command -v $tool >/dev/null 2>&1 && put "tool $tool"; done
QUOTING_STYLE=escape TIME_STYLE=+ ls -ld self/ns/pid self/ns/mnt self/ns/net 2>/dev/null`
}

/** Few are all read; of many a list of names is made, and no argument list is too long. */
function threadsScript(moment: 'first' | 'last'): string {
  const files = moment === 'first' ? ['schedstat', 'stat'] : ['stat', 'schedstat', 'wchan', 'syscall']
  const globs = files.map((file) => `task/[0-9]*/${file}`).join(' ')
  // Each begins with the number again, which `h` has put away.
  const names = `h; ${files.map((file) => `s|.*|task/&/${file}|p`).join('; g; ')}`
  const begin =
    moment === 'first'
      ? `set -- task/[0-9]*; threads=$#; uptime; began=$up
section threads-first; put "$up $threads"`
      : `uptime; section threads-last; put "$up $threads"
[ -e task/$pid/syscall ] || put no-syscall`
  return `${begin}
${moment === 'last' ? 'last=$(' : ''}if [ $threads -le ${THREADS_READ} ]; then grep -asH '' ${globs}
else { echo $pid; ls task | grep -vx $pid | head -n ${THREADS_READ - 1}; } | sed -n '${names}' | xargs grep -asH ''
fi${moment === 'last' ? `)\nput "$last"` : ''}`
}

/** What it has open, with both ends of its sockets; in its folder of /proc, with `put` and `section` defined (descriptors.ts reads it). */
export const openScript = `section descriptors
set -- fd/*; open=$#; [ -e "$1" ] || [ -h "$1" ] || open=0
if [ -r fd ] && [ -x fd ]; then
  put "open $open"; listed=$(QUOTING_STYLE=escape TIME_STYLE=+ ls -ln fd 2>/dev/null | head -c ${LIMITS.descriptorBytes}); put "$listed"
  case $listed in *socket:*)
    section sockets
    { put "$listed"; echo =tcp; cat net/tcp net/tcp6 2>/dev/null; echo =udp; cat net/udp net/udp6 2>/dev/null; echo =unix; cat net/unix 2>/dev/null; } | awk '
      /^=(tcp|udp|unix)$/ { part = substr($0, 2); next }
      part == "" { if (match($0, /socket:\\[[0-9]+\\]$/)) asked[substr($0, RSTART + 8, RLENGTH - 9)] = 1; next }
      part == "unix" { if ($7 in asked) print part, $7, $6, $5, $8; next }
      ($10 in asked) { print part, $10, $2, $3, $4, $5 }';;
  esac
else put denied; fi`

/** None of these takes a lock that the process may hold. */
const quickScript = `section status; cat status 2>/dev/null
rss=0 uid= tracer=0 nested=; { while read -r word value more; do case $word in VmRSS:) rss=$value;; Uid:) uid=$value;; TracerPid:) tracer=$value;; NSpid:) nested=$more;; esac; done <status; } 2>/dev/null
[ -z "$nested" ] || { section own-numbers; grep -asH '^NSpid:' task/[0-9]*/status; }
section user; while IFS=: read -r name _ id _; do [ "$id" != "$uid" ] || { put "$name"; break; }; done </etc/passwd
section links; QUOTING_STYLE=escape TIME_STYLE=+ ls -ld exe cwd root ns/pid ns/mnt ns/net 2>&1
section limits; cat limits 2>/dev/null
section cgroup; cat cgroup 2>/dev/null
${openScript}`

const relativesScript = `section relatives
kids=$(cat task/[0-9]*/children 2>/dev/null) || kids=
[ -e task/$pid/children ] || put no-children
up=$pid names=; steps=0
while [ "\${up:-0}" -gt 0 ] && [ $steps -lt 12 ]; do steps=$((steps + 1)); next=
  { while read -r word value _; do case $word in PPid:) next=$value; break;; esac; done <../$up/status; } 2>/dev/null
  up=$next; [ "\${up:-0}" -eq 0 ] || { put "above $up"; names="$names $up/stat"; }
done
set -- $kids; put "children $#"; shown=0
for kid; do shown=$((shown + 1)); [ $shown -le ${LIMITS.relatives} ] || break; put "child $kid"; names="$names $kid/stat"; done
[ $tracer -eq 0 ] || names="$names $tracer/stat"
[ -z "$names" ] || ( cd /proc && grep -asH '' $names )`

const locksScript = `locks=$(head -c ${LIMITS.lockBytes} ../locks 2>/dev/null)
section locks; [ -r ../locks ] || put no-locks
case $locks in *'-> '*)
  put "$locks"
  section inodes; stat -L -c '%i %n' fd/* 2>/dev/null | head -c ${LIMITS.descriptorBytes}
  holders=$(put "$locks" | awk -v me=$pid '$2 == "->" && $6 == me { want[$1] = 1 } $2 != "->" { held[$1] = $5 } END { for (id in want) print held[id] "/stat" }' | sort -u | head -n 20)
  section holders; [ -z "$holders" ] || ( cd /proc && grep -asH '' $holders );;
esac`

/**
 * A lock of the C library says who has it beside the word that its waiters wait for: 16 bytes of memory are read for each such word (lock-owners.ts). What
 * poll(2) waits for is a list in memory too: 8 bytes a descriptor.
 */
const memoryScript = `
case $(uname -m) in x86_64) futex=202;; aarch64) futex=98;; *) futex=none;; esac
for address in $(put "$last" | awk -v call=$futex '{ sub(/^[^:]*\\/syscall:/, "") } $1 == call { waiters[$2]++ } END { for (each in waiters) print waiters[each], each }' | sort -rn | head -n ${LIMITS.futexes} | sed 's/.* //'); do
  section word:$address; dd if=mem bs=4 skip=$((address / 4)) count=4 2>/dev/null
done
case $(uname -m) in x86_64) polls=' 7 271 ';; aarch64) polls=' 73 ';; *) polls=none;; esac
put "$last" | awk -v calls="$polls" '{ sub(/^[^:]*\\/syscall:/, "") } index(calls, " " $1 " ") && ++asked <= ${LIMITS.polls} { print $2, $3 }' | while read -r address count; do
  count=$((count)); { [ $count -ge 1 ] && [ $count -le ${LIMITS.polled} ]; } || continue
  section polled:$address; dd if=mem bs=4 skip=$((address / 4)) count=$((count * 2)) 2>/dev/null
done
section command; head -c ${LIMITS.commandBytes} cmdline 2>/dev/null
section environment; { head -c ${LIMITS.environmentBytes} environ || put denied >&2; } 2>&1
section map; map=$(head -c ${LIMITS.mapBytes} maps 2>&1); put "$map"
section sums; if [ $rss -le ${ROLLUP_KIB} ]; then cat smaps_rollup 2>&1; else put large; fi
section program; head -c ${LIMITS.elfBytes} exe 2>/dev/null
section program-end; tail -c ${LIMITS.elfEndBytes} exe 2>/dev/null
section files
{ put "$map" | awk '$2 ~ /x/ && $6 ~ /^\\// && !/ \\(deleted\\)$/ { sub(/^([^ ]+ +)(([^ ]+ +)(([^ ]+ +)(([^ ]+ +)([^ ]+ +)))) */, ""); if (!said[$0]++) print "root" $0 }'
  tr '\\000' '\\n' <cmdline 2>/dev/null | head -n 20 | while IFS= read -r word; do
    case $word in -*|'') ;; /*) [ ! -f "root$word" ] || put "root$word";; *) [ ! -f "cwd/$word" ] || put "cwd/$word";; esac
  done; } | head -n ${LIMITS.changedFiles} | { set --; while IFS= read -r file; do set -- "$@" "$file"; done; [ $# -eq 0 ] || stat -L -c '%Z %Y %n' "$@" 2>/dev/null; }
`
