import { shellQuoted } from '../base/shell-quoted.ts'

export interface GuardLimits {
  /** Without a heartbeat for so long, what runs is ended. Whole seconds. */
  readonly heartbeatSeconds: number
  /** Wall-clock limit. Whole seconds. */
  readonly maxSeconds: number
  /** Limit of output, looked at once a second. Bytes. */
  readonly maxBytes: number
  /** What ends the command in good order: TERM for most, HUP for gdb (kill(1) names without SIG). */
  readonly stopSignal: 'TERM' | 'HUP' | 'INT'
  /** Time between that signal and SIGKILL. Whole seconds. */
  readonly graceSeconds: number
}

/**
 * The guard: a supervisor in POSIX sh around one command that may outlive a round trip. Runs as a script of a side session
 * (the functions `halligan_born`, `halligan_kids`, `halligan_reap` are the session's), with the console's words on standard input:
 * `h` is a heartbeat, `q` means stop, the end of input means that nobody listens any more.
 *
 * - Output goes to a spool in a private folder (the only thing ever written on a box) and is pumped from there, so that a link that
 *   stalls never blocks the command.
 *   When the spool can no longer grow, what runs is ended: its output would be lost in silence.
 * - The command and all below it are ended: by the stop signal, then by SIGKILL; what made itself independent (setsid, double fork) is found
 *   by the mark in its environment. A process is signalled only while it has the start time that it had.
 * - A guard of the guard does the clean-up if the supervisor itself is killed; it is there before anything else is, and goes last. Only when all of
 *   them are killed at once does the spool stay; the next guard on that box sweeps it.
 * - The last line, after all output, says how it ended: `\n<nonce> ended <why> <exit code or ->\n`.
 *
 * Exit 97: no spool could be made, nothing was started.
 */
export function guardScript(command: string, nonce: string, limits: GuardLimits): string {
  const { heartbeatSeconds, maxSeconds, maxBytes, stopSignal, graceSeconds } = limits
  return `
N=${nonce}
umask 077
trap '' PIPE
read -r me rest </proc/self/stat; halligan_born $me; mine=$born
sweep() {
  for spool in /dev/shm/.halligan-guard.* /run/.halligan-guard.* /tmp/.halligan-guard.*; do
    # Only our own: in a folder of somebody else lies in wait what they like, a pipe or a link.
    [ -d "$spool" ] && [ ! -h "$spool" ] && [ -O "$spool" ] || continue
    owner= since=; { read -r owner since <"$spool/owner"; } 2>/dev/null
    case $owner in ''|*[!0-9]*) continue;; esac
    halligan_born $owner; [ "$born" = "$since" ] || rm -rf "$spool"
  done
}
alive() { halligan_born $1; [ -n "$born" ] && [ "$born" = "$2" ] && { read -r line </proc/$1/stat; } 2>/dev/null && { line=\${line##*") "}; [ "\${line%% *}" != Z ]; }; }
${MARKED}
below() { halligan_kids $1; for kid in $kids; do printf '%s ' $kid; below $kid; done; }
end_all() {
  for pid in $T $([ -z "$T" ] || below $T) $(marked); do kill -${stopSignal} $pid 2>/dev/null; done
  waited=0
  while [ $waited -lt ${graceSeconds * 5} ]; do
    alive $T $T_born || [ -n "$(marked)" ] || break
    sleep 0.2 2>/dev/null || { sleep 1; waited=$((waited + 4)); }
    waited=$((waited + 1))
  done
  for round in 1 2 3; do
    left=$(marked); alive $T $T_born && halligan_reap $T
    [ -n "$left" ] || break
    for pid in $left; do halligan_reap $pid; done
  done
}
guard_the_guard() {
  ( exec 3<&- >/dev/null 2>&1; trap '' HUP INT TERM
    while halligan_born $me; [ "$born" = "$mine" ]; do sleep 1; done
    [ -n "$T" ] || sleep 1
    end_all; [ -z "$U" ] || kill -KILL $R $U; sweep ) & G=$!
  halligan_born $G; G_born=$born
}
exec 3<&0 </dev/null
T= T_born= R= U=
guard_the_guard; first=$G
sweep
S=; for folder in /dev/shm /run /tmp; do
  S=$(mktemp -d $folder/.halligan-guard.XXXXXX 2>/dev/null) && { printf '%s %s\\n' $me $mine >"$S/owner"; } 2>/dev/null && : >"$S/out" && break
  [ -z "$S" ] || rm -rf "$S"; S=
done
[ -n "$S" ] || { kill -KILL $first; printf '\\n%s ended spool -\\n' $N; exit 97; }
( HALLIGAN_GUARD=$N; export HALLIGAN_GUARD; exec sh -c ${shellQuoted(command)} ) >"$S/out" 2>&1 </dev/null 3<&- & T=$!
halligan_born $T; T_born=$born
( beats=0; while IFS= read -r word <&3; do
    [ -d "$S" ] || exit
    case $word in q) echo stopped >"$S/word"; exit;; esac
    beats=$((beats + 1)); echo $beats >"$S/beat"
  done; echo console-gone >"$S/word" ) 2>/dev/null & R=$!
( exec 3<&- 4<"$S/out"; while halligan_born $me; [ "$born" = "$mine" ]; do
    cat <&4 || exit 0
    [ ! -e "$S/end" ] || { cat <&4; cat "$S/end"; exit 0; }
    sleep 0.2 2>/dev/null || sleep 1
  done ) 2>/dev/null & U=$!
guard_the_guard; kill -KILL $first
exec 3<&-
why= seconds=0 missed=0 last=none; trap 'why=signal' HUP INT TERM
while [ -z "$why" ]; do
  alive $T $T_born || { why=exited; break; }
  word=; { read -r word <"$S/word"; } 2>/dev/null; [ -z "$word" ] || { why=$word; break; }
  beat=; { read -r beat <"$S/beat"; } 2>/dev/null
  if [ "$beat" = "$last" ]; then missed=$((missed + 1)); else missed=0 last=$beat; fi
  [ $missed -lt ${heartbeatSeconds} ] || { why=heartbeat; break; }
  [ $seconds -lt ${maxSeconds} ] || { why=max-time; break; }
  [ $(wc -c <"$S/out") -le ${maxBytes} ] || { why=max-bytes; break; }
  { printf x >"$S/room$((seconds % 2))"; } 2>/dev/null && [ -s "$S/room$((seconds % 2))" ] || { why=spool; break; }
  rm -f "$S/room$((1 - seconds % 2))"
  alive $G $G_born || guard_the_guard
  sleep 1; seconds=$((seconds + 1))
done
trap '' HUP INT TERM
end_all 2>/dev/null
wait $T 2>/dev/null; code=$?
kill -KILL $R 2>/dev/null
printf '\\n%s ended %s %s\\n' $N $why $code >"$S/end" 2>/dev/null || { kill -KILL $U; rm -rf "$S"; kill -KILL $G; printf '\\n%s ended %s %s\\n' $N $why $code; exit 0; } 2>/dev/null
halligan_born $U; U_born=$born waited=0
while alive $U $U_born && [ $waited -lt ${PUMP_SECONDS * 5} ]; do sleep 0.2 2>/dev/null || { sleep 1; waited=$((waited + 4)); }; waited=$((waited + 1)); done
kill -KILL $U 2>/dev/null; rm -rf "$S"; kill -KILL $G 2>/dev/null
`
}

/** What the link has not taken by then is lost: the box comes first. Seconds. */
const PUMP_SECONDS = 3

/**
 * `marked` prints the processes that have the mark of this guard in their environment. Takes the nonce in `N`, the start time of the guard in `mine`, and
 * `halligan_born`. busybox grep sees of a line what comes before its first NUL; there each process that is younger than the guard is looked at by itself.
 */
export const MARKED = `
if printf 'a\\000b' | grep -qaF b; then
  marked() { printf 'HALLIGAN_GUARD=%s' $N | grep -lsaF -f - /proc/[0-9]*/environ 2>/dev/null | sed 's|/proc/\\([0-9]*\\)/.*|\\1|'; }
else
  marked() {
    for each in /proc/[0-9]*; do
      each=\${each#/proc/}; halligan_born $each; [ -n "$born" ] && [ "$born" -ge "$mine" ] || continue
      case "
$(tr '\\000' '\\n' </proc/$each/environ 2>/dev/null)
" in *"
HALLIGAN_GUARD=$N
"*) printf '%s\\n' $each;; esac
    done
  }
fi`
