import { shellQuoted } from '../../../base/shell-quoted.ts'
import { GDB_COMMAND } from '../../gdb/gdb.ts'
import { gdbAlone } from '../../gdb/gdb-alone.ts'
import { gdbExpression } from '../../gdb/gdb-expression.ts'
import { location } from './gdb-snapshot-script.ts'
import type { Target } from '../../inspect/inspector.ts'
import { proveTarget } from '../../inspect/prove-target.ts'
import type { SnapshotRequest } from '../../inspect/snapshot.ts'
import { kernelFilter } from './uprobe-definition.ts'
import { UPROBE_PLACES } from './uprobe-places.ts'

/** Of memory that may be read; what lies in none of these is not told where the kernel gives zeros. */
const MOST_RANGES = 3_000
/** The kernel takes 128 arguments of an event (MAX_TRACE_ARGS); a person reads so many. */
const MOST_VALUES = 24
/** Runs a second above which the statement is given up: each costs 25 to 50 µs where they are far apart (bench/README.md): half of one CPU at the most. */
export const MOST_RUNS_A_SECOND = 10_000
/** All events of Halligan are of this group of the kernel; each has a name of its own. */
const GROUP = 'halligan'

/** PROC_PID_INIT_INO, include/linux/proc_ns.h. */
const FIRST_NAMESPACE = 'pid:[4026531836]'

/** The spool of the guard has 128 random bits in its name: they name the probe, the instance of the tracer, and what is cleaned up. */
const NAMES = `
folder=\${0%/*}
event=h$(printf %s "\${folder##*.}" | tr -cd 'a-z0-9' | cut -c 1-32)
for trace in /sys/kernel/tracing /sys/kernel/debug/tracing; do [ ! -e $trace/uprobe_events ] || break; done
take_out() {
  [ ! -d $trace/instances/$event ] || { echo 0 >$trace/instances/$event/events/${GROUP}/$event/enable; rmdir $trace/instances/$event; }
  ! grep -q "^p:${GROUP}/$event " $trace/uprobe_events || echo "-:${GROUP}/$event" >>$trace/uprobe_events
}`

/** What the guard does once all is over, whoever ended it: the kernel keeps probes for ever otherwise. */
export const UPROBE_CLEAN_UP = `${NAMES}
exec 2>/dev/null
for try in 1 2 3 4 5 6 7 8 9 10; do
  take_out
  [ -d $trace/instances/$event ] || grep -q "^p:${GROUP}/$event " $trace/uprobe_events || break
  sleep 0.2 2>/dev/null || sleep 1
done
`

/**
 * gdb looks at the binary alone and tells where the values lie; then the shell sets the probe, in an instance of the tracer of its own, for the threads of this process and those that
 * it starts, and reads so many events. Every tenth of a second it looks how often the statement ran.
 *
 *     @@ statement …, @@ value …          <- uprobe-places.ts
 *     @@ began 74656.38                   <- seconds since boot
 *     @@ mapped 55d0c7a5e000-55d0c7a60000 …  <- what memory of the process may be read; once more at the end
 *     @@ hit            cart-24485   [001] ..... 74656.391: h5d…: (0x55d0c7a5e180) b0=0x7ffd10 v0=-8 v1="AXE"
 *     @@ ran 840                          <- in all processes of that binary
 *     @@ ended hits                       <- hits, time, hot, process, stopped (the console asked for the end)
 */
export function uprobeSnapshotScript({ process }: Target, at: SnapshotRequest): string {
  const { pid } = process
  const filter = at.when && kernelFilter(at.when)
  const wanted = at.print.map((each) => gdbExpression(each))
  const refusal = [filter, ...wanted].find((each) => each && !each.ok)
  if (refusal && !refusal.ok) return `printf '%s\\n' ${shellQuoted(`@@ refused ${refusal.why} (${refusal.hint})`)}\n`
  const asked = filter?.ok ? filter.variables : []
  const python = [
    `location = ${JSON.stringify(location(at))}`,
    `line = ${at.line ?? 0}`,
    `binary = "/proc/${pid}/exe"`,
    `wanted = ${JSON.stringify(wanted.flatMap((each) => (each.ok ? [each.text] : [])))}`,
    `asked = ${JSON.stringify(asked)}`,
    `condition = ${JSON.stringify(filter?.ok ? filter.filter : '')}`,
    `MOST = ${MOST_VALUES}`,
    UPROBE_PLACES,
  ].join('\n')
  return `${proveTarget(process)}
export LC_ALL=C
${NAMES}
# The kernel knows threads by the numbers of the first namespace: in a container each would be that of another one, and no hit would come.
case $(readlink /proc/self/ns/pid) in '' | '${FIRST_NAMESPACE}') ;; *) echo '@@ namespace'; exit 0;; esac
[ -w $trace/uprobe_events ] || { echo '@@ no-uprobes'; exit 0; }
cat >"$folder/places.py" <<'HALLIGAN_PLACES' || { echo '@@ no-room'; exit 0; }
${python}
HALLIGAN_PLACES
places=$(${gdbAlone(`${GDB_COMMAND} -x "$folder/places.py" /proc/${pid}/exe`)} | cut -b 1-4000)
printf '%s\\n' "$places"
case $places in *'@@ placed'*) ;; *) echo '@@ unplaced'; exit 0;; esac
offset=$(printf '%s\\n' "$places" | sed -n 's/^@@ offset \\(0x[0-9a-f]*\\)$/\\1/p' | head -n 1)
# The pointers come first, where no text can stand before them.
arguments=$({ printf '%s\\n' "$places" | sed -n 's/^@@ base \\(b[0-9]*\\) \\([^ ]*\\)$/\\1=\\2/p'; printf '%s\\n' "$places" | sed -n 's/^@@ value \\([vw][0-9]*\\) [^ ]* [^ ]* \\([^ ]*\\)$/\\1=\\2/p'; } | tr '\\n' ' ')
halligan_proved
file=$(readlink /proc/${pid}/exe)
[ "/proc/${pid}/exe" -ef "$file" ] || { echo '@@ other-file'; exit 0; }
# The kernel takes each line for a definition, and a blank for the end of the path: a program may lie at a path that is made for that.
case $file in *[[:space:][:cntrl:]]*|*\\\\*) echo '@@ odd-path'; exit 0;; esac
say() { sed 's/^/@@ said /' | cut -b 1-300 | head -n 3; }
{ printf 'p:%s/%s %s:%s %s\\n' ${GROUP} "$event" "$file" "$offset" "$arguments" >>$trace/uprobe_events; } 2>&1 | say
grep -q "^p:${GROUP}/$event " $trace/uprobe_events || { tail -n 3 $trace/error_log 2>/dev/null | say; echo '@@ not-set'; exit 0; }
mkdir $trace/instances/$event && own=$trace/instances/$event || { echo '@@ not-set'; take_out; exit 0; }
{ echo boot >$own/trace_clock; echo 1 >$own/options/event-fork; } 2>/dev/null
ls /proc/${pid}/task >$own/set_event_pid
${
  filter?.ok
    ? `filter=$(printf '%s\\n' "$places" | sed -n 's/^@@ filter //p' | head -n 1)
[ -n "$filter" ] && { echo "$filter" >$own/events/${GROUP}/$event/filter; } 2>/dev/null || { say <$own/events/${GROUP}/$event/filter; echo '@@ not-set'; take_out; exit 0; }`
    : ''
}
head -n ${at.hits} <$own/trace_pipe | sed 's/^/@@ hit /' & reader=$!
ran() { awk -v event=$event '$2 == event { print $3 }' $trace/uprobe_profile; }
mapped() { awk '{ split($1, ends, "-"); if ($2 !~ /^r/) next; if (ends[1] == last) { last = ends[2]; next }; if (last != "") printf " %s-%s", first, last; first = ends[1]; last = ends[2]; if (++count == ${MOST_RANGES}) exit } END { if (last != "" && count < ${MOST_RANGES}) printf " %s-%s", first, last }' /proc/${pid}/maps 2>/dev/null; }
echo "@@ mapped$(mapped)"
read -r up rest </proc/uptime; echo "@@ began $up"
echo 1 >$own/events/${GROUP}/$event/enable
ended= tenths=0 before=0
while [ -z "$ended" ]; do
  if sleep 0.1 2>/dev/null; then tenths=$((tenths + 1)); else sleep 1; tenths=$((tenths + 10)); fi
  now=$(ran)
  if ! kill -0 $reader 2>/dev/null; then ended=hits
  elif [ ! -e /proc/${pid}/exe ]; then ended=process
  elif [ -e "$folder/ask-stop" ]; then ended=stopped
  elif [ $tenths -ge ${Math.max(1, Math.round(at.forMs / 100))} ]; then ended=time
  elif [ $((\${now:-0} - before)) -gt ${MOST_RUNS_A_SECOND} ] || [ $((\${now:-0} / (1 + tenths / 10))) -gt ${MOST_RUNS_A_SECOND} ]; then ended=hot
  fi
  before=\${now:-0}
done
echo 0 >$own/events/${GROUP}/$event/enable
read -r up rest </proc/uptime
now=$(ran)
for try in 1 2 3; do kill -0 $reader 2>/dev/null && sleep 0.1 2>/dev/null; done
kill $reader $(cat /proc/$$/task/$$/children 2>/dev/null) 2>/dev/null
wait $reader 2>/dev/null
echo "@@ mapped$(mapped)"
take_out
echo "@@ ran \${now:-0}"
echo "@@ over $up"
echo "@@ ended $ended"
halligan_proved
`
}
