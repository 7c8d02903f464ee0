/**
 * The shell text that turns `sh` on a box into a session. POSIX sh: dash, bash, busybox ash, mksh and ksh93 run it.
 *
 * While a script runs, something reads the session's standard input line by line: heartbeats of the console, the word to
 * stop, and the end of input, which says that the console or the connection is gone. So nothing waits for a script that
 * nobody listens to any more.
 *
 * - `halligan_reap PID` ends a process and everything below it (`/proc/PID/task/TID/children`, else a walk over /proc).
 * - `halligan_arm` sets the watchdog anew: a session that hears nothing for its limit ends itself, so that a cable that is
 *   cut silently leaves no shell behind (sshd's own keep-alive takes over two hours by default). It compares the shell's
 *   start time first, so that a process that has since taken its number is never touched; when the shell itself was killed,
 *   it ends the script that the shell had started.
 *   It is ended by SIGKILL, with its sleep: mksh loses a SIGTERM that comes right after a fork.
 * - `halligan_umask`, `halligan_path` and `halligan_locale` (`LC_ALL=…`, or empty) keep what the user has, for the user's own commands (`command-script.ts`).
 * - What a login shell exported is undone where it would change what we read: options (SHELLOPTS), functions (bash hands them to
 *   an `sh` that is bash, as on RHEL), variables that change the output of tools.
 * - The trap on EXIT takes the watchdog along when standard input closes.
 *
 * Source for the fields of /proc/PID/stat and for `children`: proc_pid_stat(5), proc_pid_task(5).
 */
export function prologue(boundary: string): string {
  return `
halligan_k=${boundary}
set +aefuvxC; halligan_umask=$(umask) halligan_path=\${PATH-} halligan_locale=\${LC_ALL+LC_ALL=$LC_ALL}; unset IFS GREP_OPTIONS GREP_COLOR GREP_COLORS QUOTING_STYLE TIME_STYLE BLOCK_SIZE LS_BLOCK_SIZE GZIP ZSTD_CLEVEL SYSTEMD_LOG_LEVEL
unset -f ${TOOLS.join(' ')} 2>/dev/null
LC_ALL=C PATH=\${PATH:+$PATH:}/usr/sbin:/sbin:/usr/bin:/bin; export LC_ALL PATH
umask 077
halligan_born() { born=; { read -r born </proc/$1/stat; } 2>/dev/null; born=\${born##*") "}; set -- $born; born=\${20}; }
halligan_kids() {
  kids=
  if [ -r /proc/$1/task/$1/children ]; then
    for thread in /proc/$1/task/*/children; do line=; { read -r line <$thread; } 2>/dev/null; kids="$kids $line"; done
    return
  fi
  for stat in /proc/[0-9]*/stat; do
    line=; { read -r line <$stat; } 2>/dev/null; pid=\${line%% *}; line=\${line##*") "}; line=\${line#* }
    [ "\${line%% *}" = "$1" ] && kids="$kids $pid"
  done
}
halligan_reap() { halligan_kids $1; kill -KILL $1 2>/dev/null; for kid in $kids; do [ "$kid" = "$halligan_me" ] || halligan_reap $kid; done; }
halligan_disarm() { [ -z "$halligan_dog" ] || { halligan_reap $halligan_dog; wait $halligan_dog; } 2>/dev/null; halligan_dog=; }
halligan_arm() {
  halligan_disarm
  job_born=; [ -z "$halligan_job" ] || { halligan_born $halligan_job; job_born=$born; }
  ( trap - EXIT; left=$halligan_limit; read -r halligan_me rest </proc/self/stat
    while [ $left -gt 0 ]; do
      sleep 2; left=$((left - 2))
      halligan_born $$; [ "$born" = "$halligan_shell" ] || {
        [ -z "$job_born" ] || { halligan_born $halligan_job; [ "$born" != "$job_born" ] || halligan_reap $halligan_job; }
        exit 0
      }
    done
    halligan_reap $$ ) </dev/null >/dev/null 2>&1 & halligan_dog=$!
}
halligan_alive() { halligan_arm; }
halligan_done() { :; }
halligan_stop() { :; }
halligan_end_input() { :; }
halligan_listen() {
  while IFS= read -r halligan_line; do
    case $halligan_line in
      "halligan_alive $halligan_k") halligan_arm;;
      "halligan_done $halligan_k $1") { wait $halligan_job; } 2>/dev/null; halligan_job=; return 0;;
      "halligan_stop $halligan_k $1")
        { halligan_reap $halligan_job; wait $halligan_job; } 2>/dev/null
        printf '\\n%s end %s stopped\\n' $halligan_k $1 >&2
        printf '\\n%s end %s stopped\\n' $halligan_k $1;;
    esac
  done
  { halligan_reap $halligan_job; wait $halligan_job; } 2>/dev/null
  exit 0
}
halligan_feed() {
  while IFS= read -r halligan_line; do
    case $halligan_line in
      "halligan_alive $halligan_k") halligan_arm;;
      "halligan_end_input $halligan_k $1") halligan_disarm; exit ${INPUT_ENDED};;
      "halligan_done $halligan_k $1") halligan_disarm; exit 0;;
      *) printf '%s\\n' "$halligan_line" 2>/dev/null;;
    esac
  done
  [ -n "$2" ] || halligan_reap $$
  exit 0
}
halligan_limit=${IDLE_SECONDS} halligan_dog= halligan_job= halligan_me=; halligan_born $$; halligan_shell=$born
trap 'halligan_disarm' EXIT
`
}

/** What our scripts call: a function of that name that the user exported would be called in its place. */
const TOOLS = (
  'awk cat cd command cut date df dmesg echo getconf grep gzip head id kill ls mktemp printf read rm sed sleep sort ss stat systemctl ' +
  'tail test tr true uname uniq wait wc zstd'
).split(' ')

export interface RequestText {
  readonly boundary: string
  readonly sequence: number
  readonly script: string
  /** The script reads what follows on the session's standard input (heartbeats of a guard); else it reads nothing. */
  readonly takesInput: boolean
  /** With input: when that ends the script is left to end itself until the watchdog comes; else it is killed at once. */
  readonly guarded: boolean
  /** Standard error begins with a mark too, for who reads it byte for byte. */
  readonly marksErrors?: boolean
}

/**
 * One request: read whole before any of it runs (a script that is cut off in transit is a syntax error and runs nothing),
 * in a subshell of its own, its end marked with its exit code, or `stopped`. Standard error, which comes by a way of its own, has a mark of its own.
 */
export function requestText({
  boundary,
  sequence,
  script,
  takesInput,
  guarded,
  marksErrors = false,
}: RequestText): string {
  const begin = `${marksErrors ? `printf '\\n%s begin %s\\n' ${boundary} ${sequence} >&2; ` : ''}printf '\\n%s begin %s\\n' ${boundary} ${sequence}`
  const end = `halligan_code=$?; printf '\\n%s end %s %s\\n' ${boundary} ${sequence} $halligan_code >&2
printf '\\n%s end %s %s\\n' ${boundary} ${sequence} $halligan_code`
  const mode = guarded ? 'guarded' : "''"
  // mksh keeps the pipe open behind `exec >/dev/null`, and so does every child: there nobody listens once the input has ended.
  // Korn shells go on when the last part of a pipeline has ended, and would read what the part that feeds it should read; with pipefail they wait for all.
  const body = takesInput
    ? `halligan_limit=${guarded ? GUARDED_SECONDS : IDLE_SECONDS}; halligan_arm; ${begin}
case \${KSH_VERSION-} in ?*) set -o pipefail;; esac
( trap '' PIPE; trap - EXIT; read -r halligan_me rest </proc/self/stat
( halligan_feed ${sequence} ${mode} )
[ $? = ${INPUT_ENDED} ] || exit 0
halligan_dog=
case \${KSH_VERSION-} in *MIRBSD*) exit 0;; esac
exec >/dev/null; halligan_arm; halligan_feed ${sequence} ${mode} ) | (
(
case \${KSH_VERSION-} in ?*) set +o pipefail;; esac
${script}
)
${end}
)
halligan_dog=; halligan_arm`
    : `${begin}
(
(
${script}
) </dev/null
${end}
) & halligan_job=$!
halligan_arm; halligan_listen ${sequence}`
  return `\n{ ${body}\n}\n`
}

/** Lines of the console while a script runs; between two scripts they are calls of functions of the same names. */
export const controlLine = {
  alive: (boundary: string) => `halligan_alive ${boundary}\n`,
  done: (boundary: string, sequence: number) => `halligan_done ${boundary} ${sequence}\n`,
  stop: (boundary: string, sequence: number) => `halligan_stop ${boundary} ${sequence}\n`,
  endInput: (boundary: string, sequence: number) => `halligan_end_input ${boundary} ${sequence}\n`,
} as const

/**
 * A session that hears no heartbeat (one each 3 s) for this long ends itself: three lost ones and a slow link are borne,
 * and what ran is gone well within the 20 s that are promised. Seconds.
 */
const IDLE_SECONDS = 10
/** A guard notices missing heartbeats by itself and needs some seconds to let go of what it holds. Seconds. */
const GUARDED_SECONDS = 16

/** How the part that feeds a script says that only the input has ended, not the session. Any exit code beyond 0. */
const INPUT_ENDED = 7

export const HEARTBEAT_MS = 3_000
