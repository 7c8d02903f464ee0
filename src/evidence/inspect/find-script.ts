import { shellQuoted } from '../../base/shell-quoted.ts'
import type { Subject } from './subject.ts'

/** As many are described; who has more names it better. Processes. */
const CANDIDATES = 40
/** Of each command line. Bytes. */
const COMMAND_BYTES = 300
/** comm(5): longer names are cut there. Bytes. */
const COMM_BYTES = 15

/**
 * Shell text that finds which processes are meant, with /proc as its folder. It sets `pids`, and describes them when they are not just one; then it
 * ends the script. Lines of the section `find`: `tid N` the number was a thread's; `port-held INODE` something listens, but its process was not ours
 * to see; `as unit NAME` found by that.
 *
 * What is found by its arguments is never the session itself, nor what started it: the console's own command line names what it seeks.
 */
export function findScript(subject: Subject): string {
  return `
section find; pids=
${seek(subject)}
set -- $pids
[ $# -eq 1 ] || {
  printf 'found %s\\n' $#
  names=; shown=0; for pid; do shown=$((shown + 1)); [ $shown -le ${CANDIDATES} ] || break; names="$names $pid/stat"; done
  section candidates; [ -z "$names" ] || grep -asH '' $names
  shown=0; for pid; do shown=$((shown + 1)); [ $shown -le ${CANDIDATES} ] || break
    section command:$pid; head -c ${COMMAND_BYTES} $pid/cmdline 2>/dev/null; done
  section end; exit 0
}
pid=$1`
}

function seek(subject: Subject): string {
  switch (subject.by) {
    case 'pid':
      return `{ while read -r word value _; do case $word in Tgid:) pids=$value; break;; esac; done <${subject.pid}/status; } 2>/dev/null
[ -z "$pids" ] || [ "$pids" = ${subject.pid} ] || echo 'tid ${subject.pid}'`
    case 'name':
      return `${byName(subject.name)}\n[ -n "$pids" ] || { ${byUnit(`${subject.name}.service`)}
[ -z "$pids" ] || echo 'as unit'; }`
    case 'unit':
      return byUnit(subject.unit)
    case 'port':
      return byPort(subject.port)
  }
}

/** Those that have ended and are not collected (zombies) only where there is no other one. First whose name it is, then who has a word of its command line whose last part it is (`app.jar`, `/srv/app.py` for app), then who has it anywhere in there. */
function byName(name: string): string {
  const quoted = shellQuoted(name)
  const isComm = Buffer.byteLength(name) <= COMM_BYTES && !name.includes('/')
  const comm = isComm ? `pids=$(grep -lsxF -e ${quoted} [0-9]*/comm | still_there)` : ':'
  return `
still_there() { while IFS=/ read -r pid _; do [ ! -d "$pid" ] || echo "$pid"; done; }
above=' '; pid=$$
while [ "\${pid:-0}" -gt 1 ]; do above="$above$pid "; up=
  { while read -r word value _; do case $word in PPid:) up=$value; break;; esac; done <$pid/status; } 2>/dev/null; pid=$up; done
not_us() { while read -r pid; do case $above in *" $pid "*) ;; *) echo "$pid";; esac; done; }
${comm}
[ -n "$pids" ] || {
  anywhere=$(printf '%s\\n' ${quoted} | grep -lsF -f /dev/stdin [0-9]*/cmdline | still_there | not_us)
  tried=0; for pid in $anywhere; do tried=$((tried + 1)); [ $tried -le ${CANDIDATES} ] || break
    tr '\\000' '\\n' <$pid/cmdline 2>/dev/null | grep -qxE -e ${shellQuoted(wordPattern(name))} && pids="$pids $pid"
  done
  pids=\${pids:-$anywhere}
}
alive=; for pid in $pids; do
  { while read -r word value _; do case $word in State:) [ $value = Z ] || alive="$alive $pid"; break;; esac; done <$pid/status; } 2>/dev/null
done
pids=\${alive:-$pids}`
}

function wordPattern(name: string): string {
  return `(.*/)?${extended(name)}(\\.[a-z]+)?`
}

/** A text as an extended regular expression for just that (POSIX 9.4). */
function extended(text: string): string {
  return text.replaceAll(/[.*+?^$()[\]{}|\\]/g, String.raw`\$&`)
}

function byUnit(unit: string): string {
  return `pids=$(grep -lsE -e ${shellQuoted(`/${extended(unit)}(/|$)`)} [0-9]*/cgroup | while IFS=/ read -r pid _; do [ ! -d "$pid" ] || echo "$pid"; done)`
}

/** The socket by the tables of the kernel, then whoever holds a descriptor of it. */
function byPort(port: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return `
sockets=$(cat net/tcp net/tcp6 2>/dev/null | awk '$4 == "0A" && $2 ~ /:${hex}$/ { print $10 }')
[ -n "$sockets" ] || sockets=$(cat net/udp net/udp6 2>/dev/null | awk '$2 ~ /:${hex}$/ { print $10 }')
[ -z "$sockets" ] || {
  pids=$({ echo $sockets; QUOTING_STYLE=escape TIME_STYLE=+ ls -ln [0-9]*/fd 2>/dev/null; } | awk '
    NR == 1 { for (at = 1; at <= NF; at++) asked["socket:[" $at "]"] = 1; next }
    /^[0-9]+\\/fd:$/ { pid = $0; sub(/\\/.*/, "", pid); next }
    ($NF in asked) && !(pid in said) { said[pid] = 1; print pid }')
  [ -n "$pids" ] || { set -- $sockets; printf 'port-held %s\\n' "$1"; }
}`
}
