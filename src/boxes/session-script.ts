/**
 * The shell text that turns `sh` on a box into a session. POSIX sh: dash, bash, busybox ash, mksh and ksh93 run it.
 *
 * - `halligan_reap PID` ends a process and everything below it (`/proc/PID/task/PID/children`, else a walk over /proc).
 * - `halligan_dog SECONDS` re-arms the watchdog: a session that is told nothing for so long ends itself, so that a cable
 *   that is cut silently leaves no shell behind (sshd's own keep-alive takes over two hours by default).
 *   It checks the shell's start time first, so that a process that has since taken its number is never touched.
 * - The trap on EXIT takes the watchdog along when standard input closes.
 *
 * Source for the fields of /proc/PID/stat: proc_pid_stat(5).
 */
export function prologue(boundary: string): string {
  return `
halligan_k=${boundary}
LC_ALL=C PATH=$PATH:/usr/sbin:/sbin:/usr/bin:/bin; export LC_ALL PATH
umask 077
halligan_born() { born=; { read -r born </proc/$1/stat; } 2>/dev/null; born=\${born##*) }; set -- $born; born=\${20}; }
halligan_kids() {
  kids=
  if [ -r /proc/$1/task/$1/children ]; then { read -r kids </proc/$1/task/$1/children; } 2>/dev/null; return; fi
  for stat in /proc/[0-9]*/stat; do
    line=; { read -r line <$stat; } 2>/dev/null; pid=\${line%% *}; line=\${line##*) }; line=\${line#* }
    [ "\${line%% *}" = "$1" ] && kids="$kids $pid"
  done
}
halligan_reap() { halligan_kids $1; kill -KILL $1 2>/dev/null; for kid in $kids; do [ "$kid" = "$halligan_me" ] || halligan_reap $kid; done; }
halligan_dog() {
  [ -z "$halligan_dog" ] || kill $halligan_dog 2>/dev/null
  ( trap 'kill $nap; exit' TERM; left=$1; read -r halligan_me _ </proc/self/stat
    while [ $left -gt 0 ]; do
      sleep 2 & nap=$!; wait $nap; left=$((left - 2))
      halligan_born $$; [ "$born" = "$halligan_born" ] || exit
    done
    halligan_reap $$ ) </dev/null >/dev/null 2>&1 & halligan_dog=$!
}
halligan_dog= halligan_me=; halligan_born $$; halligan_born=$born
trap '[ -z "$halligan_dog" ] || kill $halligan_dog 2>/dev/null' EXIT
`
}

/**
 * One request: read whole before any of it runs (a script that is cut off in transit is a syntax error and runs nothing),
 * in a subshell of its own, its end marked with its exit code.
 */
export function requestText(request: {
  readonly boundary: string
  readonly sequence: number
  readonly script: string
  readonly limitSeconds: number
  /** The script reads what follows on the session's standard input (heartbeats of a guard); else it reads nothing. */
  readonly takesInput: boolean
}): string {
  const { boundary, sequence, script, limitSeconds, takesInput } = request
  return `
{ halligan_dog ${limitSeconds + IDLE_SECONDS}
printf '\\n%s begin %s\\n' ${boundary} ${sequence}
(
${script}
)${takesInput ? '' : ' </dev/null'}
printf '\\n%s end %s %s\\n' ${boundary} ${sequence} $?
}
`
}

/** A session that is told nothing for this long after its last request ends itself. Seconds. */
const IDLE_SECONDS = 15

export const closingLine = 'exit 0\n'
