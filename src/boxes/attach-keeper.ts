import { STOP_SIGNAL, type Attach } from './attach.ts'
import { MARKED, type GuardLimits } from './guard-script.ts'

/**
 * The keeper: what stands by a tool that is attached to a process. POSIX sh, a file of the spool, run as `sh SPOOL/attach VERB` in a session (setsid) of its own: it is
 * below nothing that ends what is below it, so that no watchdog, no closed connection and no process group takes the tool by SIGKILL.
 *
 * - `keep PID BORN`: looks at the targets, starts the tool, watches it and them until one of the limits is reached, the console says so, or the shell of the session
 *   (PID with its start time BORN) is gone; then `afterwards`.
 * - `watch`: does `afterwards` when the keeper itself was killed.
 * - `bury`: does it at once.
 *
 * `afterwards`: the tool is ended by its own signal, and by SIGKILL only as `attach.ts` says; the targets are put back into the state in which they were found (a
 * target that was stopped before is never continued); `clean` is evaluated; what is so now is written into `report`, which has had its room from the beginning, so that a full disk
 * takes nothing of it; the spool goes. A debugger that holds nothing and does not heed its signal is never killed: it is told again for as long as it is there, and the
 * report says `stuck`.
 *
 * In /proc/PID/status `t` is a stop of ptrace, `T` one by a signal; a thread that stands still is one whose context switches do not change (proc_pid_status(5)).
 */
export function keeperScript(attach: Attach, nonce: string, limits: GuardLimits): string {
  const { heartbeatSeconds, maxSeconds, maxBytes } = limits
  const targets = attach.targets.map(({ pid, startTicks }) => `${pid}:${startTicks}`).join(' ')
  return `
S=\${0%/*} N=${nonce} TARGETS='${targets}' TOOL=${attach.tool} SIGNAL=${STOP_SIGNAL[attach.tool]}
umask 077
T= T_born= W= W_born= coarse= tenths=0 frozen=0 stood= why= code=- acted= oom=
${LOOKING}
${MARKED}
${ENDING}
${PROVING}
${AFTERWARDS}
halligan_born() { look $1; }
read -r me rest </proc/self/stat; look $me; mine=$born
{ echo -1000 >/proc/self/oom_score_adj; } 2>/dev/null
{ read -r oom </proc/self/oom_score_adj; } 2>/dev/null
second() {
  beat=; { read -r beat <"$S/beat"; } 2>/dev/null
  if [ "$beat" = "$last" ]; then missed=$((missed + 1)); else missed=0 last=$beat; fi
  [ $missed -lt ${heartbeatSeconds} ] || { why=heartbeat; return; }
  [ $((tenths / 10)) -lt ${maxSeconds} ] || { why=max-time; return; }
  [ $(wc -c <"$S/out") -le ${maxBytes} ] || { why=max-bytes; return; }
  { printf x >"$S/room$odd"; } 2>/dev/null && [ -s "$S/room$odd" ] || { why=spool; return; }
  odd=$((1 - odd)); rm -f "$S/room$odd"
  stops=$(standing)
  if [ -n "$stops" ] && [ "$stops" = "$stood" ]; then frozen=$((frozen + 1)); else frozen=0 stood=$stops; fi
  [ $frozen -lt ${attach.freezeSeconds} ] || { why=frozen; return; }
  if there; then absent=0; else absent=$((absent + 1)); fi
  [ $absent -lt 3 ] || { why=target-gone; return; }
  alive $W $W_born || stand_by
}
stand_by() { setsid sh "$S/attach" watch </dev/null >/dev/null 2>&1 & W=$!; look $W; W_born=$born; printf '%s %s\\n' $W $W_born >"$S/watcher"; }
case $1 in
keep)
  front=$2 front_born=$3
  printf '%s %s\\n' $me $mine >"$S/keeper"
  refusal=; before; [ -z "$refusal" ] || { why=refused; report; rm -rf "$S"; exit; }
  stand_by
  trap 'why=signal' HUP INT TERM
  ( trap - HUP INT TERM; HALLIGAN_GUARD=$N; export HALLIGAN_GUARD; exec sh "$S/command" ) >"$S/out" 2>&1 </dev/null & T=$!
  look $T; T_born=$born; printf '%s %s\\n' $T $T_born >"$S/tool"
  checked=0 missed=0 last=none odd=0 absent=0
  while [ -z "$why" ]; do
    alive $T $T_born || { why=exited; break; }
    word=; { read -r word <"$S/word"; } 2>/dev/null; [ -z "$word" ] || { why=$word; break; }
    alive $front $front_born || { why=console-gone; break; }
    [ $((tenths - checked)) -lt 10 ] || { checked=$tenths; second; [ -z "$why" ] || break; }
    if [ $tenths -lt 30 ]; then nap 1; else nap 5; fi
  done
  trap '' HUP INT TERM
  afterwards
  alive $W $W_born && kill -KILL $W
  ;;
watch | bury)
  trap '' HUP INT TERM
  keeper= since=; { read -r keeper since <"$S/keeper"; } 2>/dev/null; mine=\${since:-$mine}
  [ $1 = bury ] || while [ -n "$keeper" ] && alive $keeper $since; do sleep 1; done
  [ -d "$S" ] || exit
  # Between its fork and its exec the tool has no mark yet.
  [ -e "$S/tool" ] || sleep 1
  { read -r T T_born <"$S/tool"; } 2>/dev/null
  { read -r was && read -r programs; } 2>/dev/null <"$S/states" && why=guard-killed && afterwards
  rm -rf "$S"
  ;;
esac
`
}

const LOOKING = `
look() { born= state=; { read -r line </proc/$1/stat; } 2>/dev/null || return 1; set -- \${line##*") "}; state=$1 born=\${20-}; }
alive() { look "$1" && [ "$born" = "$2" ] && [ "$state" != Z ]; }
nap() {
  if [ -z "$coarse" ] && sleep 0.$1 2>/dev/null; then tenths=$((tenths + $1)); else coarse=1; sleep 1; tenths=$((tenths + 10)); fi
}
below() { for kid in $(cat /proc/$1/task/*/children 2>/dev/null); do echo $kid; below $kid; done; }
ours() {
  ours=
  for pid in $(if alive "$T" "$T_born"; then echo $T; below $T; fi; marked); do
    case " $ours " in *" $pid "*) continue;; esac
    look $pid && [ "$state" != Z ] && ours="$ours $pid"
  done
  [ -n "$ours" ]
}
there() { for target in $TARGETS; do alive \${target%:*} \${target#*:} && return 0; done; return 1; }
# Who traces a thread of it, if anybody does.
tracer_of() { sed -n 's/^TracerPid:[^0-9]*\\([1-9][0-9]*\\)$/\\1/p' /proc/$1/task/*/status 2>/dev/null | head -n 1; }
# The threads that stand in a stop that was not there before us, with their switches.
standing() {
  for target in $TARGETS; do
    alive \${target%:*} \${target#*:} || continue
    case " $was " in *" \${target%:*}:T "*) stops='t';; *) stops='[tT]';; esac
    grep -shE '^(State|Pid|voluntary_ctxt_switches|nonvoluntary_ctxt_switches):' /proc/\${target%:*}/task/*/status | awk -v stops="^$stops$" '/^State:/ { on = $2 ~ stops } on && n++ < 600'
  done
}
# All threads of all targets that are there are in a stop of ptrace.
held() {
  there || return 1
  for target in $TARGETS; do
    alive \${target%:*} \${target#*:} || continue
    ! grep -sh '^State:' /proc/\${target%:*}/task/*/status | grep -qv '^State:[^a-zA-Z]*[tZX] ' || return 1
  done
}`

/** `end_tool`: gives 1 when a debugger is still there. Tenths of a second: told again each 3 s, patience of 3 s, given up on (for the report) after 10. */
const ENDING = `
end_tool() {
  begun=$tenths told= still=$((tenths - frozen * 10))
  while ours; do
    past=$((tenths - begun))
    if [ -z "$told" ] || [ $((past - told)) -ge 30 ]; then
      told=$past
      for pid in $ours; do kill -$SIGNAL $pid; look $pid; [ "$state" != T ] || kill -CONT $pid; done 2>/dev/null
    fi
    if [ $TOOL = tracer ]; then
      [ $past -lt 30 ] || for pid in $ours; do kill -KILL $pid; done 2>/dev/null
    else
      stops=$(standing); [ -n "$stops" ] && [ "$stops" = "$stood" ] || { still=$tenths stood=$stops; }
      [ $past -lt 30 ] || [ $((tenths - still)) -lt 20 ] || kill_while_held
      # Its target has gone: there is nothing left that its end could hurt.
      [ $past -lt 30 ] || there || for pid in $ours; do kill -KILL $pid; done 2>/dev/null
    fi
    [ $past -lt 100 ] || return 1
    nap 2
  done
}
# Nothing may change between the look and the kill: first it is halted itself.
kill_while_held() {
  for pid in $ours; do kill -STOP $pid; done 2>/dev/null
  if held; then for pid in $ours; do kill -KILL $pid; done; else for pid in $ours; do kill -CONT $pid; done; fi 2>/dev/null
}`

const PROVING = `
# What there must be nothing new of: ports on which a target listens, probes of the kernel.
things() {
  echo things
  for target in $TARGETS; do
    pid=\${target%:*} sockets=" $(ls -l /proc/$pid/fd 2>/dev/null | sed -n 's/.*socket:\\[\\([0-9]*\\)\\]$/\\1/p' | tr '\\n' ' ')"
    for file in tcp tcp6; do
      # Those that listen come first.
      { awk 'NR > 1 && $4 != "0A" { exit } NR > 1 { print $2, $10 }' </proc/$pid/net/$file; } 2>/dev/null | while read -r port inode; do
        case $sockets in *" $inode "*) echo "port $pid $port";; esac
      done
    done
  done
  for folder in /sys/kernel/tracing /sys/kernel/debug/tracing; do
    [ ! -r $folder/uprobe_events ] || { sed 's/^/probe /' $folder/uprobe_events $folder/kprobe_events 2>/dev/null; break; }
  done
}
refuse() { [ -n "$refusal" ] || refusal=$*; }
program_of() { readlink /proc/$1/exe 2>/dev/null | cksum | tr ' ' -; }
before() {
  was= programs=
  for target in $TARGETS; do
    pid=\${target%:*} tries=0
    look $pid || { refuse gone $pid; continue; }
    [ "$born" = "\${target#*:}" ] || { refuse reused $pid; continue; }
    while [ "$state" = D ] && [ $tries -lt 5 ]; do nap 1; tries=$((tries + 1)); look $pid; done
    case $state in Z|X) refuse zombie $pid;; D) refuse uninterruptible $pid;; esac
    by=$(tracer_of $pid); [ -z "$by" ] || refuse traced $pid $by
    case $state in T) ;; *) state=S;; esac
    was="$was $pid:$state" programs="$programs $pid:$(program_of $pid)"
  done
  { things >"$S/things" && printf '%s\\n%s\\n' "$was" "$programs" >"$S/states" && [ -s "$S/states" ]; } 2>/dev/null || refuse no-room
}
proof() {
  printf '\\n%s proof\\n' $N
  [ -z "$refusal" ] || printf '%s refused %s\\n' $N "$refusal"
  for target in $TARGETS; do
    pid=\${target%:*} after=gone by=0 exec=no
    if alive $pid \${target#*:}; then
      after=$state by=$(tracer_of $pid)
      case " $programs " in *" $pid:$(program_of $pid) "*) ;; *) exec=yes;; esac
    fi
    case " $was " in *" $pid:T "*) found=T;; *) found=S;; esac
    case " $acted " in *" $pid:continued "*) did=continued;; *" $pid:stopped "*) did=stopped;; *) did=nothing;; esac
    printf '%s target %s %s found=%s after=%s tracer=%s did=%s exec=%s\\n' $N $pid \${target#*:} $found $after "\${by:-0}" $did $exec
  done
  if ours; then for pid in $ours; do printf '%s left process %s\\n' $N $pid; done; printf '%s tool stuck %s\\n' $N "$oom"; else printf '%s tool gone %s\\n' $N "$oom"; fi
  { things | grep -vxFf "$S/things"; [ ! -s "$S/residue" ] || bounded residue; } 2>/dev/null | head -n 20 | cut -c 1-200 | tr -cd '\\040-\\176\\n' | while read -r line; do printf '%s left %s\\n' $N "$line"; done
  printf '%s ended %s %s\\n' $N $why $code
}`

const AFTERWARDS = `
# The state in which each was found: continued only if it was not stopped before, and stopped again if it was. A stop that a tool which is gone has asked for may
# still be on its way (bit 19 of the pending signals).
restore() {
  for round in 1 2 3 4 5; do
    quiet=1
    for target in $TARGETS; do
      pid=\${target%:*}; alive $pid \${target#*:} || continue
      case " $was " in
        *" $pid:T "*) case $state in T|t) ;; *) kill -STOP $pid; acted="$acted $pid:stopped" quiet=;; esac;;
        *)
          if [ "$state" = T ] || grep -qsE '^(SigPnd|ShdPnd):.*[4-7c-f][0-9a-f]{4}$' /proc/$pid/task/*/status; then
            [ -n "$(tracer_of $pid)" ] || { kill -CONT $pid; acted="$acted $pid:continued"; }
            quiet=
          fi
          [ "$state" != t ] || quiet=;;
      esac 2>/dev/null
    done
    [ -n "$quiet" ] && { [ $why = exited ] || [ $round -ge 2 ]; } && break
    nap 1
  done
}
bounded() {
  sh "$S/$1" </dev/null & bound=$! ended=$((tenths + 50)); look $bound; bound_born=$born
  while alive $bound "$bound_born"; do [ $tenths -lt $ended ] || { kill -KILL $bound; break; }; nap 1; done
}
# Over what was there, without needing a new block.
report() { proof 1<>"$S/report"; }
afterwards() {
  refusal=
  if end_tool; then stuck=; else stuck=1; fi
  [ -z "$stuck" ] || {
    report; mv "$S/report" "$S/stuck"
    until end_tool; do :; done
  }
  # ksh93 says 256 and more of a signal.
  [ -z "$T" ] || [ $why = guard-killed ] || { wait $T; code=$?; [ $code -le 255 ] || code=$((code - 128)); } 2>/dev/null
  restore
  [ ! -s "$S/clean" ] || bounded clean >/dev/null 2>&1
  [ -n "$stuck" ] || report
  rm -rf "$S"
}`
